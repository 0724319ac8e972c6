package dev.spendwarden.alert;

import dev.spendwarden.burn.ForecastRecord;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Evaluator;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps some of the forecasts that are made of each budget and holds them against what came, once
/// the period is final: charges stay open to restatement for a week, a provider's counter is what
/// it showed last before it began anew. Owned by [Evaluation].
final class ForecastKeeping {

  /// What a period came to could not be said; asked again after this.
  private static final Duration ASK_AGAIN = Duration.ofHours(1);

  private final Evaluator evaluator;
  private List<ForecastRecord> storedForecasts = List.of();
  private List<BudgetScore> storedScores = List.of();

  ForecastKeeping(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /// Takes in the forecasts that wait to be scored, oldest first, and how good former ones were.
  void restore(List<ForecastRecord> forecasts, List<BudgetScore> scores) {
    storedForecasts = List.copyOf(forecasts);
    storedScores = List.copyOf(scores);
  }

  /// Gives what was restored to its budgets; of those no longer known nothing is taken in.
  void handOut(Watches watches) {
    if (storedForecasts.isEmpty() && storedScores.isEmpty()) {
      return;
    }
    var byId = new HashMap<String, KeptForecasts>();
    for (Watch watch : watches.all()) {
      watch.scoresAt = Instant.MIN;
      for (BudgetSeries series : watch.view().series()) {
        BudgetWatch budget = watch.budget(series.labels());
        byId.put(budget.budget.id(), budget.forecasts);
      }
    }
    for (ForecastRecord forecast : storedForecasts) {
      @Nullable KeptForecasts kept = byId.get(forecast.budgetId());
      if (kept != null) {
        kept.restore(forecast);
      }
    }
    for (BudgetScore score : storedScores) {
      @Nullable KeptForecasts kept = byId.get(score.budgetId());
      if (kept != null) {
        kept.restore(score.score());
      }
    }
    storedForecasts = List.of();
    storedScores = List.of();
  }

  /// Whether a forecast of the budget should be kept now.
  boolean isDue(Watch watch, BudgetWatch budget, Instant now) {
    return watch.endsByCalendar() && budget.forecasts.isDue(now);
  }

  /// Keeps the forecast of what was just judged.
  void keep(
      Watch watch,
      BudgetWatch budget,
      BudgetSeries series,
      Assessment judged,
      Outcome.Builder outcome) {
    if (judged.held()) {
      return;
    }
    Optional<ForecastRecord> kept =
        budget.forecasts.keep(
            judged, evaluator.forecast(watch.policy(), judged, series, budget.recall));
    if (kept.isPresent()) {
      outcome.forecast(kept.get());
      Instant finalAt = finalAt(watch.policy(), kept.get());
      watch.scoresAt = finalAt.isBefore(watch.scoresAt) ? finalAt : watch.scoresAt;
    }
  }

  /// Scores the periods that have become final. Call before the figures of a new period are looked
  /// at: the last that was seen of a counter is what its period came to.
  void score(Watch watch, Instant now, Outcome.Builder outcome) {
    if (now.isBefore(watch.scoresAt)) {
      return;
    }
    Instant next = Instant.MAX;
    for (BudgetWatch budget : watch.budgets()) {
      score(watch, budget, now, outcome);
      Optional<ForecastRecord> waiting = budget.forecasts.oldest();
      if (waiting.isPresent()) {
        Instant finalAt = finalAt(watch.policy(), waiting.get());
        Instant again = finalAt.isAfter(now) ? finalAt : now.plus(ASK_AGAIN);
        next = again.isBefore(next) ? again : next;
      }
    }
    watch.scoresAt = next;
  }

  private void score(Watch watch, BudgetWatch budget, Instant now, Outcome.Builder outcome) {
    for (Optional<ForecastRecord> oldest = budget.forecasts.oldest();
        oldest.isPresent() && !finalAt(watch.policy(), oldest.get()).isAfter(now);
        oldest = budget.forecasts.oldest()) {
      Optional<ScoredPeriod> scored =
          countsUp(watch.policy())
              ? budget.forecasts.scoreOldest(kept -> lastCount(budget, kept))
              : budget.forecasts.scoreOldest(kept -> total(watch, budget, kept, now));
      scored.ifPresent(outcome::scored);
      if (scored.isEmpty()) {
        // What a counter showed then will never be known; charges may be, until it is too late.
        Instant tooLate = countsUp(watch.policy()) ? now : now.minus(KeptForecasts.LONGEST_WAIT);
        budget.forecasts.forgetEndedBy(tooLate);
        return;
      }
    }
  }

  private static boolean countsUp(Policy policy) {
    return policy.selection().kind() == Selection.Kind.QUOTA;
  }

  private static Instant finalAt(Policy policy, ForecastRecord kept) {
    return countsUp(policy)
        ? kept.periodEnd()
        : kept.periodEnd().plus(Evaluation.OPEN_TO_RESTATEMENT);
  }

  private static Optional<KeptForecasts.Came> lastCount(BudgetWatch budget, ForecastRecord kept) {
    return Optional.ofNullable(budget.judged())
        .filter(judged -> judged.period().start().equals(kept.periodStart()))
        .flatMap(ForecastKeeping::came);
  }

  private Optional<KeptForecasts.Came> total(
      Watch watch, BudgetWatch budget, ForecastRecord kept, Instant now) {
    Policy policy = watch.policy();
    var closed = new Period(kept.periodStart(), kept.periodEnd(), policy.zone());
    return watch
        .series(budget)
        .map(series -> evaluator.measure(policy, budget.budget, series, closed, now))
        .flatMap(ForecastKeeping::came);
  }

  private static Optional<KeptForecasts.Came> came(Assessment assessment) {
    return assessment.held()
        ? Optional.empty()
        : assessment
            .spentAmount()
            .map(amount -> new KeptForecasts.Came(amount.value(), amount.unit().code()));
  }

  /// How good the forecasts of all budgets of a policy were.
  static ForecastScore scoreOf(Watch watch) {
    ForecastScore sum = ForecastScore.NONE;
    for (BudgetWatch budget : watch.budgets()) {
      ForecastScore one = budget.forecasts.score();
      sum = one.forecasts() == 0 ? sum : sum.plus(one);
    }
    return sum;
  }
}
