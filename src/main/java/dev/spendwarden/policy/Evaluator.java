package dev.spendwarden.policy;

import dev.spendwarden.burn.DayUse;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment.Contributor;
import dev.spendwarden.policy.Assessment.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Judges one budget at one instant: what it had spent, of what, how fast, and what each rule makes
/// of it. A pure function of the ledger, the policy and `now`; the very code that runs, tests and
/// back-tests.
public final class Evaluator {

  private final Ledger ledger;
  private final Map<String, SourceTerms> terms;
  private final Outlook outlook;

  /// @param terms by source name; a source without terms never goes stale
  public Evaluator(Ledger ledger, Map<String, SourceTerms> terms) {
    this.ledger = ledger;
    this.outlook = new Outlook(ledger);
    this.terms = Map.copyOf(terms);
  }

  /// The assessment of a budget in `period` at `now`.
  ///
  /// @param budget of `policy` and `series`; working out its id anew in every look would cost more
  ///   than the arithmetic
  public Assessment assess(
      Policy policy, Budget budget, BudgetSeries series, Period period, Instant now) {
    Measure measure = measure(policy, series, period, now);
    Optional<Instant> dataAsOf = dataAsOf(policy);
    SeriesFacts facts = facts(policy, series, period, measure, dataAsOf, now);
    List<Verdict> verdicts =
        policy.rules().stream()
            .map(rule -> new Verdict(rule.name(), rule.when().test(facts)))
            .toList();
    return new Assessment(
        budget,
        now,
        period,
        measure.unit(),
        measure.spent(),
        measure.limit(),
        known(facts.used()),
        known(facts.elapsed()),
        burns(policy, facts),
        forecast(facts),
        known(facts.runway()),
        dataAsOf,
        dataState(policy, series, period, now),
        measure.unknown(),
        verdicts,
        contributors(policy, series, period, measure.unit()));
  }

  /// The facts behind [#assess], for explanations and summaries.
  public Facts facts(Policy policy, BudgetSeries series, Period period, Instant now) {
    return facts(
        policy, series, period, measure(policy, series, period, now), dataAsOf(policy), now);
  }

  /// What the forecast of a budget rests on; empty where there is none.
  public Optional<DayUse.Basis> forecastBasis(
      Policy policy, BudgetSeries series, Period period, Instant now) {
    Measure measure = measure(policy, series, period, now);
    Optional<Instant> dataAsOf = dataAsOf(policy);
    boolean endless = policy.period() instanceof PeriodSpec.None;
    if (endless || measure.unknown().isPresent() || dataAsOf.isEmpty()) {
      return Optional.empty();
    }
    return measure
        .unit()
        .flatMap(unit ->
            measure
                .spent()
                .map(spent ->
                    outlook.basis(
                        policy, series, period, dataAsOf.get(), unit, spent.doubleValue())));
  }

  private SeriesFacts facts(
      Policy policy,
      BudgetSeries series,
      Period period,
      Measure measure,
      Optional<Instant> dataAsOf,
      Instant now) {
    return new SeriesFacts(
        policy,
        series,
        period,
        now,
        dataAsOf,
        measure.unknown().isPresent() ? Optional.empty() : measure.unit(),
        measure.spent(),
        measure.limit(),
        reportFacts(policy, series, period, now),
        outlook);
  }

  /// When the newest data of the source that lags most was asked for; empty while one of them never
  /// answered.
  private Optional<Instant> dataAsOf(Policy policy) {
    Instant oldest = Instant.MAX;
    for (String source : policy.selection().sources()) {
      Optional<Instant> asOf = ledger.status(source).dataAsOf();
      if (asOf.isEmpty()) {
        return Optional.empty();
      }
      oldest = asOf.get().isBefore(oldest) ? asOf.get() : oldest;
    }
    return oldest.equals(Instant.MAX) ? Optional.empty() : Optional.of(oldest);
  }

  private DataState dataState(Policy policy, BudgetSeries series, Period period, Instant now) {
    DataState state = DataState.FRESH;
    for (String source : policy.selection().sources()) {
      SourceStatus status = ledger.status(source);
      if (status.failure().isPresent()) {
        return DataState.ERROR;
      }
      if (status.dataAsOf().isEmpty()) {
        state = DataState.MISSING;
      } else if (!now.isBefore(staleAt(policy, status))
          || isOfFormerPeriod(policy, status.dataAsOf().get(), period)) {
        state = state == DataState.MISSING ? state : DataState.STALE;
      }
    }
    return state == DataState.FRESH ? series.completeness(period.span()) : state;
  }

  /// What was asked for before the period began says nothing about it: a counter still shows the
  /// period before.
  private static boolean isOfFormerPeriod(Policy policy, Instant dataAsOf, Period period) {
    return switch (policy.period()) {
      case PeriodSpec.Calendar _, PeriodSpec.Anchored _ -> dataAsOf.isBefore(period.start());
      case PeriodSpec.Rolling _, PeriodSpec.None _ -> false;
    };
  }

  /// When the budget's data goes stale if no further reading comes; empty when it never does.
  public Optional<Instant> staleAt(Policy policy) {
    return policy.selection().sources().stream()
        .map(ledger::status)
        .filter(status -> status.dataAsOf().isPresent())
        .map(status -> staleAt(policy, status))
        .min(Instant::compareTo);
  }

  /// How old data of a source may be for this policy; empty when it never goes stale.
  public Optional<Duration> freshWithin(Policy policy, String source) {
    return policy
        .freshWithin()
        .or(() -> Optional.ofNullable(terms.get(source)).map(SourceTerms::maxAge));
  }

  private Instant staleAt(Policy policy, SourceStatus status) {
    Optional<Duration> within = freshWithin(policy, status.source());
    return within.map(age -> status.dataAsOf().orElseThrow().plus(age)).orElse(Instant.MAX);
  }

  /// What was spent of what, in which unit, or why that cannot be said.
  private record Measure(
      Optional<Unit> unit,
      Optional<BigDecimal> spent,
      Optional<BigDecimal> limit,
      Optional<String> unknown) {

    static final Measure NONE =
        new Measure(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    static Measure unknown(Optional<Unit> unit, Optional<BigDecimal> limit, String why) {
      return new Measure(unit, Optional.empty(), limit, Optional.of(why));
    }
  }

  private static Measure measure(Policy policy, BudgetSeries series, Period period, Instant now) {
    if (policy.selection().kind() == Selection.Kind.REPORTS) {
      return Measure.NONE;
    }
    Set<Unit> held = series.units(period.span());
    return switch (policy.limit()) {
      case Limit.Fixed(Amount amount) ->
          measure(
              policy,
              series,
              period,
              amount.unit(),
              held,
              Optional.of(raised(policy, series.labels(), amount, now)));
      case Limit.Quota() -> measure(policy, series, period, held, quota(policy, series, held, now));
      case Limit.None() -> measure(policy, series, period, held, Optional.empty());
    };
  }

  private static Measure measure(
      Policy policy,
      BudgetSeries series,
      Period period,
      Set<Unit> held,
      Optional<BigDecimal> limit) {
    Set<Unit> currencies =
        held.stream().filter(Unit::isCurrency).collect(Collectors.toCollection(TreeSet::new));
    Set<Unit> candidates = currencies.isEmpty() ? held : currencies;
    if (candidates.isEmpty()) {
      return new Measure(Optional.empty(), Optional.empty(), limit, Optional.empty());
    }
    return measure(policy, series, period, candidates.iterator().next(), held, limit);
  }

  private static Measure measure(
      Policy policy,
      BudgetSeries series,
      Period period,
      Unit unit,
      Set<Unit> held,
      Optional<BigDecimal> limit) {
    // Quantities (minutes, credits) ride beside the money of the same usage; they do not compete
    // with a currency.
    Set<Unit> foreign =
        held.stream()
            .filter(other -> !other.equals(unit))
            .filter(other -> other.isCurrency() == unit.isCurrency() || !held.contains(unit))
            .collect(Collectors.toCollection(TreeSet::new));
    if (!foreign.isEmpty()) {
      return Measure.unknown(
          Optional.of(unit),
          limit,
          "holds charges in %s beside %s, which cannot be added; choose one with where: { currency: … }"
              .formatted(foreign.stream().map(Unit::code).collect(Collectors.joining(", ")), unit));
    }
    BigDecimal spent = series.spent(period.span(), unit, policy.gross());
    return new Measure(Optional.of(unit), Optional.of(spent), limit, Optional.empty());
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

  private static Facts.ReportFacts reportFacts(
      Policy policy, BudgetSeries series, Period period, Instant now) {
    if (policy.selection().kind() != Selection.Kind.REPORTS) {
      return Facts.ReportFacts.UNKNOWN;
    }
    int failed = 0;
    int pending = 0;
    int degraded = 0;
    Instant newest = Instant.MIN;
    for (ReportStatus status : series.reports()) {
      boolean inPeriod = isIn(policy, period, status.createdAt());
      switch (status.state()) {
        case FAILED, CANCELLED -> failed += inPeriod ? 1 : 0;
        case PENDING -> pending += inPeriod ? 1 : 0;
        case COMPLETED -> {
          degraded += inPeriod && status.degraded() ? 1 : 0;
          newest = status.updatedAt().isAfter(newest) ? status.updatedAt() : newest;
        }
      }
    }
    double newestAge =
        newest.equals(Instant.MIN) ? Double.NaN : Duration.between(newest, now).toMillis() / 1e3;
    return new Facts.ReportFacts(failed, pending, degraded, newestAge);
  }

  private static Optional<Assessment.Forecast> forecast(Facts facts) {
    double median = facts.forecast(50);
    return Double.isNaN(median)
        ? Optional.empty()
        : Optional.of(
            new Assessment.Forecast(
                facts.forecast(10), median, facts.forecast(90), facts.probOver()));
  }

  /// A rolling period ends at the instant it is asked for, and what was created at that very
  /// instant is in it.
  private static boolean isIn(Policy policy, Period period, Instant createdAt) {
    if (policy.period() instanceof PeriodSpec.Rolling) {
      return createdAt.isAfter(period.start()) && !createdAt.isAfter(period.end());
    }
    return period.span().contains(createdAt);
  }

  private static Map<String, Double> burns(Policy policy, Facts facts) {
    var burns = new LinkedHashMap<String, Double>();
    for (Rule rule : policy.rules()) {
      for (Condition.Window window : rule.when().burnWindows()) {
        double burn = facts.burn(window.length());
        if (!Double.isNaN(burn)) {
          burns.putIfAbsent(window.text(), burn);
        }
      }
    }
    return burns;
  }

  private static List<Contributor> contributors(
      Policy policy, BudgetSeries series, Period period, Optional<Unit> unit) {
    if (unit.isEmpty()) {
      return List.of();
    }
    return series.contributions(period.span(), unit.get(), policy.gross(), Assessment.TOP).stream()
        .map(part -> new Contributor(part.dimensions(), part.spent()))
        .toList();
  }

  private static OptionalDouble known(double value) {
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
