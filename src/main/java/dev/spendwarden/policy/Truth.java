package dev.spendwarden.policy;

/// Three-valued logic of CEL: `true || unknown` is true, `false || unknown` is unknown.
public enum Truth {
  TRUE,
  FALSE,
  /// Something the expression needs is not known. Never read as false.
  UNKNOWN;

  public static Truth of(boolean value) {
    return value ? TRUE : FALSE;
  }
}
