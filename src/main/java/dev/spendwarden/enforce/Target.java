package dev.spendwarden.enforce;

import java.util.Locale;

/// One thing an action acts on.
///
/// @param id the provider's
/// @param former its state before, as the lever wrote it: what undo goes back to
/// @param wanted the state the action gives it, as the lever wrote it
public record Target(String id, String former, String wanted, Mark mark) {

  /// What became of it.
  public enum Mark {
    PLANNED,
    /// Left out when the action ran: over the cap.
    CAPPED,
    DONE,
    /// It no longer was there, or no longer could be acted on.
    GONE,
    /// Somebody else had changed it; it was left as it is.
    CHANGED,
    FAILED,
    UNDONE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Target of(String id, String former, String wanted) {
    return new Target(id, former, wanted, Mark.PLANNED);
  }

  public Target marked(Mark now) {
    return new Target(id, former, wanted, now);
  }
}
