package dev.spendwarden.policy;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.Selection;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What was spent of what, in which unit, or why that cannot be said.
///
/// @param used see [#used]; NaN while spent or limit are not known
record Measure(
    Optional<Unit> unit,
    Optional<BigDecimal> spent,
    Optional<BigDecimal> limit,
    Optional<String> unknown,
    double used) {

  /// Whole numbers of so many digits are exact doubles.
  private static final int EXACT_DIGITS = 15;

  private static final Measure NONE =
      of(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static Measure of(
      Optional<Unit> unit,
      Optional<BigDecimal> spent,
      Optional<BigDecimal> limit,
      Optional<String> unknown) {
    double used =
        spent.isPresent() && limit.isPresent() ? used(spent.get(), limit.get()) : Double.NaN;
    return new Measure(unit, spent, limit, unknown, used);
  }

  /// The nearest double to `spent / limit`, and at least 1 exactly when spent has reached the
  /// limit. Of a limit of zero nothing spent is 0 and anything else infinite.
  static double used(BigDecimal spent, BigDecimal limit) {
    if (limit.signum() == 0) {
      return spent.signum() > 0 ? Double.POSITIVE_INFINITY : 0;
    }
    double ratio = ratio(spent, limit);
    boolean reached = spent.compareTo(limit) >= 0;
    if (reached) {
      return Math.max(1, ratio);
    }
    return ratio < 1 ? ratio : Math.nextDown(1.0);
  }

  /// Doubles divide to the nearest double. Where both amounts, in the smaller unit of the two, are
  /// whole numbers that a double holds exactly, that is all there is to do; it is a tenth of the
  /// work.
  private static double ratio(BigDecimal spent, BigDecimal limit) {
    int scale = Math.max(0, Math.max(spent.scale(), limit.scale()));
    boolean exact =
        spent.precision() - spent.scale() + scale <= EXACT_DIGITS
            && limit.precision() - limit.scale() + scale <= EXACT_DIGITS;
    return exact
        ? units(spent, scale) / units(limit, scale)
        : spent.divide(limit, MathContext.DECIMAL128).doubleValue();
  }

  private static double units(BigDecimal amount, int scale) {
    return amount.setScale(scale).unscaledValue().longValue();
  }

  static Measure of(Policy policy, BudgetSeries series, Period period, Instant now) {
    if (policy.selection().kind() == Selection.Kind.REPORTS) {
      return NONE;
    }
    Set<Unit> held = series.units(period.span());
    return switch (policy.limit()) {
      case Limit.Fixed(Amount amount) ->
          of(
              policy,
              series,
              period,
              amount.unit(),
              held,
              Optional.of(raised(policy, series.labels(), amount, now)));
      case Limit.Quota() -> of(policy, series, period, held, quota(policy, series, held, now));
      case Limit.None() -> of(policy, series, period, held, Optional.empty());
    };
  }

  private static Measure of(
      Policy policy,
      BudgetSeries series,
      Period period,
      Set<Unit> held,
      Optional<BigDecimal> limit) {
    Unit chosen = null;
    for (Unit candidate : held) {
      // In the order of their codes, and a currency before any quantity.
      if (chosen == null || candidate.isCurrency() && !chosen.isCurrency()) {
        chosen = candidate;
      }
    }
    return chosen == null
        ? of(Optional.empty(), Optional.empty(), limit, Optional.empty())
        : of(policy, series, period, chosen, held, limit);
  }

  private static Measure of(
      Policy policy,
      BudgetSeries series,
      Period period,
      Unit unit,
      Set<Unit> held,
      Optional<BigDecimal> limit) {
    // Quantities (minutes, credits) ride beside the money of the same usage; they do not compete
    // with a currency.
    var foreign = new TreeSet<Unit>();
    for (Unit other : held) {
      if (!other.equals(unit)
          && (other.isCurrency() == unit.isCurrency() || !held.contains(unit))) {
        foreign.add(other);
      }
    }
    if (!foreign.isEmpty()) {
      String why =
          "holds charges in %s beside %s, which cannot be added; choose one with where: { currency: … }"
              .formatted(foreign.stream().map(Unit::code).collect(Collectors.joining(", ")), unit);
      return of(Optional.of(unit), Optional.empty(), limit, Optional.of(why));
    }
    BigDecimal spent = series.spent(period.span(), unit, policy.gross());
    return of(Optional.of(unit), Optional.of(spent), limit, Optional.empty());
  }

  private static Optional<BigDecimal> quota(
      Policy policy, BudgetSeries series, Set<Unit> held, Instant now) {
    Optional<BigDecimal> limit = series.quotaLimit();
    if (limit.isEmpty() || held.size() != 1) {
      return limit;
    }
    Amount amount = new Amount(limit.get(), held.iterator().next());
    return Optional.of(raised(policy, series.labels(), amount, now));
  }

  /// The limit with the raises of waivers that have not expired.
  private static BigDecimal raised(Policy policy, Dimensions budget, Amount limit, Instant now) {
    BigDecimal sum = limit.value();
    for (Policy.Waiver waiver : policy.waivers()) {
      if (waiver.covers(budget, now)
          && waiver.raise().map(raise -> raise.unit().equals(limit.unit())).orElse(false)) {
        sum = sum.add(waiver.raise().orElseThrow().value());
      }
    }
    return sum;
  }
}
