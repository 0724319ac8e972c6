package dev.spendwarden.policy;

import dev.spendwarden.charge.ChargePeriod;
import java.time.Instant;
import java.time.ZoneId;

/// One budget period: the half-open span `[start, end)` and the zone its days are counted in.
public record Period(Instant start, Instant end, ZoneId zone) {

  /// Stand-ins for "without an end" that every edge can still print and store.
  public static final Instant FAR_PAST = Instant.parse("1970-01-01T00:00:00Z");

  public static final Instant FAR_FUTURE = Instant.parse("9999-12-31T00:00:00Z");

  public ChargePeriod span() {
    return new ChargePeriod(start, end);
  }
}
