package dev.spendwarden.burn;

import java.time.Instant;

/// A forecast as it was made, kept until its period has ended and it can be scored.
///
/// @param budgetId whose
/// @param periodStart of the period it was about
/// @param tenth of that period in which it was made, from 0
/// @param unit code of the unit of the figures
public record ForecastRecord(
    String budgetId,
    Instant periodStart,
    Instant periodEnd,
    int tenth,
    Instant at,
    String unit,
    double p10,
    double p50,
    double p90) {

  /// So many forecasts of a period are kept and scored, spread evenly over it: enough to judge by,
  /// and a bound that does not depend on how often anybody looks.
  public static final int TENTHS = 10;

  /// In which tenth of `[start, end)` the instant lies.
  public static int tenthOf(Instant at, Instant start, Instant end) {
    double share =
        (double) (at.toEpochMilli() - start.toEpochMilli())
            / (end.toEpochMilli() - start.toEpochMilli());
    return Math.clamp((long) (share * TENTHS), 0, TENTHS - 1);
  }
}
