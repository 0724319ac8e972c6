package dev.spendwarden.web;

import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.charge.Amount;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a caller with the token may change. Blocking, thread-safe; the caller has been
/// authenticated and the arguments have the right shape, no more.
public interface Commands {

  /// Loads the configuration again; a bad one is [Result.Refused] with its problems.
  Result reload();

  /// Puts a dead notification back into the queue.
  Result retry(String notificationId);

  Result acknowledge(String alertId, Note note);

  Result silence(NewSilence silence);

  Result unsilence(String silenceId);

  List<Silence> silences();

  Result waive(NewWaiver waiver);

  /// Ends a granted waiver early.
  Result unwaive(String waiverId);

  /// The granted waivers that are in force.
  List<GrantedWaiver> waivers();

  /// Sends a test notification to a receiver, through the outbox.
  Result drill(String receiver);

  /// @param by who; never empty
  record Note(String by, String comment) {}

  /// @param match label to its allowed values; never empty
  record NewSilence(
      Map<String, List<String>> match, Instant endsAt, String comment, String createdBy) {}

  /// @param labels only budgets with all of these; empty: all of the policy
  /// @param raise added to the limit; empty for a mute
  record NewWaiver(
      String policy,
      Map<String, String> labels,
      Instant until,
      Optional<Amount> raise,
      String reason,
      String by) {}

  record Silence(
      String id,
      Map<String, List<String>> match,
      Instant startsAt,
      Instant endsAt,
      String comment,
      String createdBy) {}

  /// What came of a command.
  sealed interface Result {

    /// @param id of what was made, if anything was
    record Done(Optional<String> id) implements Result {
      public static final Done NOTHING_MADE = new Done(Optional.empty());
    }

    /// A configuration was put in force.
    ///
    /// @param changes what is different from the former one, a line each
    record Loaded(List<String> changes) implements Result {}

    /// There is no such thing.
    record NotFound(String detail) implements Result {}

    /// It is not in a state in which this can be done.
    record Conflict(String detail) implements Result {}

    /// What was asked for is wrong.
    ///
    /// @param problems one line each
    record Refused(String detail, List<String> problems) implements Result {}

    /// This build cannot do it.
    record Unsupported(String detail) implements Result {}
  }
}
