package dev.spendwarden.ledger;

import java.util.Locale;

/// Whether a budget's figures may be judged. Everything but [#FRESH] holds its alert as it is.
public enum DataState {
  FRESH,
  /// Older than `fresh_within`.
  STALE,
  /// The newest reading lacks some of the parts this budget had.
  PARTIAL,
  /// The latest poll failed.
  ERROR,
  /// The newest reading lacks all that this budget had, or there was no good reading yet.
  MISSING;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
