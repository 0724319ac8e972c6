package dev.spendwarden.store;

/// The database could not be opened or could not do its work. The message says what happened and
/// what to do next.
public final class StoreException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean outcomeUnknown;

  public StoreException(String message, Throwable cause, boolean outcomeUnknown) {
    super(message, cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  public StoreException(String message) {
    super(message);
    this.outcomeUnknown = false;
  }

  /// Whether a commit may have happened although it failed: read the state before trying again.
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
