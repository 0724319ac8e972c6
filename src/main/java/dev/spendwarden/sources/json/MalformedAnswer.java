package dev.spendwarden.sources.json;

/// An answer is not what its provider documents. The message says where and what, and shows nothing
/// of the answer's text.
public final class MalformedAnswer extends Exception {

  private static final long serialVersionUID = 1;

  /// @param path `members[3].quota`; empty for the answer as a whole
  public MalformedAnswer(String path, String what) {
    super(path.isEmpty() ? what : path + ": " + what);
  }

  public String detail() {
    return String.valueOf(getMessage());
  }
}
