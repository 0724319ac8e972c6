package dev.spendwarden.enforce;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// An action as it is configured.
///
/// @param type `ionq.cancel_jobs` and so on
/// @param targetLabel the label whose value says where to act; empty: where the type itself says
/// @param atMost targets within `per`; empty: no cap
/// @param except ids of targets that are never touched
/// @param quiet when an `auto` action does not begin
/// @param inert why it cannot act at all (no credential of its own); empty: it can
public record ActionSpec(
    String name,
    String type,
    Mode mode,
    Optional<String> targetLabel,
    Optional<Integer> atMost,
    Duration per,
    Duration grace,
    Set<String> except,
    Undo undo,
    QuietHours quiet,
    Optional<String> inert) {

  /// What `at_most` counts over when `per` is left out.
  public static final Duration PER_DEFAULT = Duration.ofHours(1);

  /// Times in which nothing begins by itself. Pure.
  @FunctionalInterface
  public interface QuietHours {
    QuietHours NONE = now -> Optional.empty();

    /// Until when they last; empty: it is not such a time now.
    Optional<Instant> until(Instant now);
  }

  public enum Mode {
    DRY_RUN,
    APPROVE,
    AUTO;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// When it is taken back. A person can take any action back whose lever knows how.
  public enum Undo {
    NEVER,
    PERIOD_END,
    /// As soon as the budget is no longer in breach because its limit was raised, and at the
    /// period's end.
    LIMIT_RAISED,
    MANUAL;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ActionSpec {
    except = Set.copyOf(except);
  }
}
