package dev.spendwarden.policy;

import java.util.Locale;

/// From least to worst; the order of the constants is the order of severity.
public enum Severity {
  INFO,
  WARNING,
  CRITICAL;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
