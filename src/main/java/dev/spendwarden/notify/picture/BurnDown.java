package dev.spendwarden.notify.picture;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// What a burn-down picture shows: the spend so far, the limit, and where the period may end.
///
/// @param title for people; may hold foreign text
/// @param unit of all amounts
/// @param spent the sum at the end of each day, in order, from the start of the period on; the last
///   is now
/// @param forecast at the period's end; empty where the period has none
public record BurnDown(
    String title,
    String unit,
    ZoneId zone,
    Instant start,
    Instant end,
    List<Point> spent,
    Optional<BigDecimal> limit,
    Optional<Forecast> forecast) {

  public BurnDown {
    spent = List.copyOf(spent);
    if (spent.isEmpty()) {
      throw new IllegalArgumentException("a picture needs a point");
    }
  }

  public record Point(Instant at, BigDecimal spent) {}

  public record Forecast(double p10, double p50, double p90) {
    /// Whether it can be drawn.
    public boolean isFinite() {
      return Double.isFinite(p10) && Double.isFinite(p50) && Double.isFinite(p90);
    }
  }
}
