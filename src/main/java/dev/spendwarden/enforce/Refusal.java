package dev.spendwarden.enforce;

import java.util.Locale;

/// Why an action does not run now.
///
/// @param detail for people
public record Refusal(Reason reason, String detail) {

  public enum Reason {
    /// The kill switch.
    DISABLED,
    /// No credential of its own.
    INERT,
    STALE,
    PARTIAL,
    MISSING,
    ERROR,
    UNKNOWN,
    /// A jump beyond `max_jump`.
    SUSPICIOUS,
    PERIOD_CLOSED,
    /// The rule no longer holds, or the budget is gone.
    RECOVERED,
    CAPPED,
    NOTHING_TO_DO,
    /// Somebody has changed back what was done.
    CHANGED_BACK;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Whether it may pass while the breach lasts, so that waiting makes sense.
    public boolean mayPass() {
      return switch (this) {
        case DISABLED, STALE, PARTIAL, MISSING, ERROR, UNKNOWN, CAPPED -> true;
        case INERT, SUSPICIOUS, PERIOD_CLOSED, RECOVERED, NOTHING_TO_DO, CHANGED_BACK -> false;
      };
    }
  }
}
