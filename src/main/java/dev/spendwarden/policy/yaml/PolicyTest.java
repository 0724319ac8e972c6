package dev.spendwarden.policy.yaml;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One case of a policy test file: what the sources say when, and what must come of it.
///
/// @param policies of all files the test names, checked and compiled
/// @param now where the clock starts
/// @param maxAge what makes data of a source stale, unless [#maxAges] says otherwise
/// @param repeatInterval empty: a firing alert is never told again
/// @param maxAges by source
/// @param given in the order of time
/// @param expect in the order of time
public record PolicyTest(
    String name,
    Place place,
    List<Policy> policies,
    Instant now,
    Duration pollInterval,
    Duration maxAge,
    Optional<Duration> repeatInterval,
    Map<String, Duration> maxAges,
    List<Given> given,
    List<Expectation> expect) {

  public PolicyTest {
    policies = List.copyOf(policies);
    maxAges = Map.copyOf(maxAges);
    given = List.copyOf(given);
    expect = List.copyOf(expect);
  }

  /// Something that becomes so at an instant.
  public sealed interface Given {

    Instant at();

    /// A provider's counter; replaces what was given for the same user and unit.
    record Quota(Instant at, QuotaReading reading) implements Given {}

    /// A charge; replaces what was given for the same day, dimensions and unit.
    record Spend(Instant at, Charge charge) implements Given {}

    /// A report task.
    ///
    /// @param id empty: the newest task of its type while that is pending, otherwise a new one
    record Report(
        Instant at,
        String source,
        String type,
        Optional<String> id,
        ReportStatus.State state,
        boolean degraded)
        implements Given {}

    /// Every poll of the source fails in `[at, at + length)`.
    record Failure(Instant at, String source, Duration length) implements Given {}

    /// Alerts with all of these labels send nothing in `[at, at + length)`.
    record Silenced(Instant at, Map<String, Set<String>> match, Duration length) implements Given {}
  }

  /// What must be so at an instant; what is empty is not looked at.
  ///
  /// @param policy whose budget is looked at, and whose notifications are counted; empty: all
  ///   notifications are
  /// @param budget the labels of the budget; empty: the policy's only one
  /// @param rules exactly those that are firing (pending, while the alert is)
  /// @param notifications how many were sent from the start up to then
  /// @param types of all that was sent, in order
  public record Expectation(
      Place place,
      Instant at,
      Optional<String> policy,
      Optional<Dimensions> budget,
      Optional<State> state,
      Optional<Severity> severity,
      Optional<Set<String>> rules,
      Optional<DataState> dataState,
      Optional<Alert.Reason> reason,
      Optional<Integer> notifications,
      Optional<List<String>> types) {}

  /// The state of a budget's newest alert.
  public enum State {
    /// There was no alert.
    NONE,
    PENDING,
    FIRING,
    RESOLVED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static State of(Alert alert) {
      return switch (alert.state()) {
        case PENDING -> PENDING;
        case FIRING -> FIRING;
        case RESOLVED -> RESOLVED;
      };
    }
  }
}
