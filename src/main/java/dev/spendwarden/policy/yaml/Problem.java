package dev.spendwarden.policy.yaml;

/// Something wrong with a file, for people.
///
/// @param message what was found and what is allowed; never a secret
public record Problem(Place place, Severity severity, String message) {

  public enum Severity {
    /// The file cannot be used.
    ERROR,
    /// The file can be used, but hardly means what was wanted.
    WARNING
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /// `file:line:column: message`, with `warning: ` before the message of a warning.
  @Override
  public String toString() {
    return place + ": " + (isError() ? "" : "warning: ") + message;
  }
}
