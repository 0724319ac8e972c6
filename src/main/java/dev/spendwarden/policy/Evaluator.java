package dev.spendwarden.policy;

import dev.spendwarden.burn.DayUse;
import dev.spendwarden.burn.SettlingCurve;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment.Contributor;
import dev.spendwarden.policy.Assessment.Verdict;
import dev.spendwarden.policy.Recall.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Judges one budget at one instant: what it had spent, of what, how fast, and what each rule makes
/// of it. A pure function of the ledger, the policy and `now`; the very code that runs, tests and
/// back-tests.
public final class Evaluator {

  private final Ledger ledger;
  private final Map<String, SourceTerms> terms;
  private final Settling settling;

  /// @param terms by source name; a source without terms never goes stale
  public Evaluator(Ledger ledger, Map<String, SourceTerms> terms) {
    this.ledger = ledger;
    this.settling = new Settling(ledger);
    this.terms = Map.copyOf(terms);
  }

  /// The assessment of a budget in `period` at `now`: judged and described.
  public Assessment assess(
      Policy policy,
      Budget budget,
      BudgetSeries series,
      Period period,
      Instant now,
      Recall recall) {
    return describe(policy, judge(policy, budget, series, period, now, recall), series, recall);
  }

  /// What decides: the figures and each rule's verdict. What only people and metrics see (burn,
  /// forecast, runway, the largest parts) is left for [#describe], which costs more and can wait.
  ///
  /// @param budget of `policy` and `series`; working out its id anew in every look would cost more
  ///   than the arithmetic
  public Assessment judge(
      Policy policy,
      Budget budget,
      BudgetSeries series,
      Period period,
      Instant now,
      Recall recall) {
    Known known = known(policy, series, period, now, recall);
    Optional<Instant> dataAsOf = dataAsOf(policy);
    SeriesFacts facts = facts(policy, series, period, known.measure(), dataAsOf, now, recall);
    var verdicts = new Verdict[policy.rules().size()];
    for (int i = 0; i < verdicts.length; i++) {
      Rule rule = policy.rules().get(i);
      verdicts[i] = new Verdict(rule.name(), rule.when().test(facts));
    }
    return judged(policy, budget, period, known, dataAsOf, now, List.of(verdicts));
  }

  /// What was spent of what, without asking any rule: for periods that nobody is to be told of.
  public Assessment measure(
      Policy policy, Budget budget, BudgetSeries series, Period period, Instant now) {
    Known known = known(policy, series, period, now, new Recall());
    return judged(policy, budget, period, known, dataAsOf(policy), now, List.of());
  }

  private Assessment judged(
      Policy policy,
      Budget budget,
      Period period,
      Known known,
      Optional<Instant> dataAsOf,
      Instant now,
      List<Verdict> verdicts) {
    DataState sources = sourcesState(policy, period, now);
    return Assessment.judged(
        budget,
        now,
        period,
        known.measure(),
        dataAsOf,
        sources == DataState.FRESH ? known.completeness() : sources,
        verdicts);
  }

  /// What was judged with all that people and metrics see, as of the instant and the data it was
  /// judged on. The figures of `series` must still be those.
  public Assessment describe(Policy policy, Assessment judged, BudgetSeries series, Recall recall) {
    SeriesFacts facts = factsBehind(judged, policy, series, recall);
    return judged.described(
        known(facts.elapsed()),
        burns(policy, facts),
        forecast(facts),
        known(facts.runway()),
        contributors(policy, series, judged, recall));
  }

  /// The forecast alone of [#describe].
  public Optional<Assessment.Forecast> forecast(
      Policy policy, Assessment judged, BudgetSeries series, Recall recall) {
    return forecast(factsBehind(judged, policy, series, recall));
  }

  private SeriesFacts factsBehind(
      Assessment judged, Policy policy, BudgetSeries series, Recall recall) {
    Measure measure =
        new Measure(
            judged.unit(),
            judged.spent(),
            judged.limit(),
            judged.unknown(),
            judged.used().orElse(Double.NaN));
    return facts(policy, series, judged.period(), measure, judged.dataAsOf(), judged.at(), recall);
  }

  /// What does not change between two looks while the figures do not.
  private static Known known(
      Policy policy, BudgetSeries series, Period period, Instant now, Recall recall) {
    @Nullable Known before = recall.known(series.revision(), policy, period);
    if (before != null && policy.waivers().isEmpty()) {
      return before;
    }
    var known =
        new Known(
            series.revision(),
            policy,
            period,
            Measure.of(policy, series, period, now),
            series.completeness(period.span()));
    recall.know(known);
    return known;
  }

  /// The facts behind [#assess], for explanations and summaries.
  public Facts facts(
      Policy policy, BudgetSeries series, Period period, Instant now, Recall recall) {
    Measure measure = Measure.of(policy, series, period, now);
    return facts(policy, series, period, measure, dataAsOf(policy), now, recall);
  }

  /// What the forecast of a budget rests on; empty where there is none.
  public Optional<DayUse.Basis> forecastBasis(
      Policy policy, BudgetSeries series, Period period, Instant now, Recall recall) {
    Measure measure = Measure.of(policy, series, period, now);
    Optional<Instant> dataAsOf = dataAsOf(policy);
    boolean endless = policy.period() instanceof PeriodSpec.None;
    if (endless
        || measure.unknown().isPresent()
        || dataAsOf.isEmpty()
        || measure.unit().isEmpty()
        || measure.spent().isEmpty()) {
      return Optional.empty();
    }
    Unit unit = measure.unit().get();
    return Optional.of(
        recall.outlook.basis(
            series,
            period,
            dataAsOf.get(),
            unit,
            policy.gross(),
            measure.spent().get().doubleValue(),
            settling.of(policy.selection().sources(), series, unit, dataAsOf.get())));
  }

  /// How days of the policy's sources are completed: that may change with every hour and with every
  /// charge of the source, whosoever's it is.
  public Completion completion(Policy policy, Optional<Instant> dataAsOf) {
    if (dataAsOf.isEmpty()) {
      return Completion.NONE;
    }
    var curves = new HashMap<String, Map<Unit, SettlingCurve>>();
    for (String source : policy.selection().sources()) {
      Map<Unit, SettlingCurve> late = settling.late(source, dataAsOf.get());
      if (!late.isEmpty()) {
        curves.put(source, late);
      }
    }
    boolean several = policy.selection().sources().size() > 1;
    return new Completion(curves, several && !curves.isEmpty());
  }

  private SeriesFacts facts(
      Policy policy,
      BudgetSeries series,
      Period period,
      Measure measure,
      Optional<Instant> dataAsOf,
      Instant now,
      Recall recall) {
    return new SeriesFacts(
        policy,
        series,
        period,
        now,
        dataAsOf,
        measure,
        reportFacts(policy, series, period, now),
        recall,
        settling);
  }

  /// When the newest data of the source that lags most was asked for; empty while one of them never
  /// answered.
  public Optional<Instant> dataAsOf(Policy policy) {
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

  /// How far the sources can be relied on, whatever they say of one budget or another.
  public DataState sourcesState(Policy policy, Period period, Instant now) {
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
    return state;
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
    if (burns.isEmpty()) {
      double burn = facts.burn(Condition.Window.USUAL.length());
      if (!Double.isNaN(burn)) {
        burns.put(Condition.Window.USUAL.text(), burn);
      }
    }
    return burns;
  }

  private static List<Contributor> contributors(
      Policy policy, BudgetSeries series, Assessment judged, Recall recall) {
    if (judged.unit().isEmpty()) {
      return List.of();
    }
    @Nullable List<Contributor> before =
        recall.known(series.revision(), policy, judged.period()) == null
            ? null
            : recall.contributors();
    if (before != null) {
      return before;
    }
    List<Contributor> parts =
        series
            .contributions(
                judged.period().span(), judged.unit().get(), policy.gross(), Assessment.TOP)
            .stream()
            .map(part -> new Contributor(part.dimensions(), part.spent()))
            .toList();
    recall.contributors(parts);
    return parts;
  }

  private static OptionalDouble known(double value) {
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
