package dev.spendwarden.enforce;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/// The last good figure of a budget that has actions, and whether it can be trusted. Stored, so
/// that a restart does not make a suspicious figure the normal one.
///
/// @param jumpedFrom the figure before it jumped beyond `max_jump`; empty: trusted
public record Figure(
    String budgetId, Instant periodStart, BigDecimal spent, Optional<BigDecimal> jumpedFrom) {

  public boolean isSuspicious() {
    return jumpedFrom.isPresent();
  }

  /// The figure that follows in a good reading. It stays suspicious until it falls back under the
  /// factor or the period ends.
  ///
  /// @param former empty for a budget never seen
  /// @param maxJump the factor a figure may grow by from one reading to the next
  public static Figure next(
      Optional<Figure> former,
      String budgetId,
      Instant periodStart,
      BigDecimal spent,
      Optional<BigDecimal> limit,
      BigDecimal maxJump) {
    Optional<Figure> same = former.filter(figure -> figure.periodStart().equals(periodStart));
    BigDecimal base =
        same.map(figure -> figure.jumpedFrom().orElse(figure.spent())).orElse(BigDecimal.ZERO);
    boolean jumped = isJump(base, spent, limit, maxJump);
    return new Figure(budgetId, periodStart, spent, jumped ? Optional.of(base) : Optional.empty());
  }

  /// From nothing there is no factor: there the limit stands in, so that a reading of a hundred
  /// limits out of nowhere is not believed.
  private static boolean isJump(
      BigDecimal from, BigDecimal to, Optional<BigDecimal> limit, BigDecimal maxJump) {
    BigDecimal base = from.signum() > 0 ? from : limit.orElse(BigDecimal.ZERO);
    return base.signum() > 0 && to.compareTo(base.multiply(maxJump)) > 0;
  }
}
