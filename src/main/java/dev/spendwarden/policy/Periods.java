package dev.spendwarden.policy;

import java.time.Instant;
import java.time.ZoneId;

/// Stand-in until merged.
public final class Periods {
  private Periods() {}

  public static Period current(PeriodSpec spec, ZoneId zone, Instant now) {
    throw new UnsupportedOperationException();
  }

  public static Period previous(PeriodSpec spec, ZoneId zone, Period p) {
    throw new UnsupportedOperationException();
  }
}
