package dev.spendwarden.alert;

import dev.spendwarden.burn.ForecastRecord;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Assessment.Forecast;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The forecasts of one budget that wait to be scored, and how good the former ones were. Bounded:
/// ten for a period, and those of a period for five weeks after it. Owned by [Evaluation].
final class KeptForecasts {

  /// A period whose end could not be judged for so long is not scored any more.
  static final Duration LONGEST_WAIT = Duration.ofDays(35);

  private final List<ForecastRecord> open = new ArrayList<>();
  private ForecastScore score = ForecastScore.NONE;

  /// Nothing is kept before; what was kept last says when.
  private Instant dueAt = Instant.MIN;

  ForecastScore score() {
    return score;
  }

  void restore(ForecastRecord forecast) {
    open.add(forecast);
    dueAt = nextAfter(forecast);
  }

  /// Whether the next forecast may be one to keep.
  boolean isDue(Instant now) {
    return !now.isBefore(dueAt);
  }

  /// The next tenth of its period that is on another day, or the next period.
  private static Instant nextAfter(ForecastRecord kept) {
    Instant start = kept.periodStart();
    Duration length = Duration.between(start, kept.periodEnd());
    Instant tenth =
        start.plus(length.multipliedBy(kept.tenth() + 1L).dividedBy(ForecastRecord.TENTHS));
    Instant day = day(kept.at()).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant next = tenth.isAfter(day) ? tenth : day;
    return next.isBefore(kept.periodEnd()) ? next : kept.periodEnd();
  }

  void restore(ForecastScore tally) {
    score = tally;
  }

  /// Keeps the forecast when it is the first good one in its tenth of the period and on its day.
  /// What rests on old or incomplete data is no forecast to be judged by.
  Optional<ForecastRecord> keep(Assessment assessment, Optional<Forecast> made) {
    if (assessment.held() || made.isEmpty() || assessment.unit().isEmpty()) {
      return Optional.empty();
    }
    Instant start = assessment.period().start();
    Instant end = assessment.period().end();
    Instant at = assessment.at();
    int tenth = ForecastRecord.tenthOf(at, start, end);
    if (!open.isEmpty()) {
      ForecastRecord last = open.getLast();
      boolean samePeriod = last.periodStart().equals(start);
      if (samePeriod && (last.tenth() >= tenth || day(last.at()).equals(day(at)))) {
        return Optional.empty();
      }
    }
    Forecast forecast = made.get();
    var kept =
        new ForecastRecord(
            assessment.budget().id(),
            start,
            end,
            tenth,
            at,
            assessment.unit().get().code(),
            forecast.p10(),
            forecast.p50(),
            forecast.p90());
    open.add(kept);
    dueAt = nextAfter(kept);
    return Optional.of(kept);
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  /// The oldest forecast that waits to be scored.
  Optional<ForecastRecord> oldest() {
    return open.isEmpty() ? Optional.empty() : Optional.of(open.getFirst());
  }

  /// What a period came to.
  record Came(BigDecimal amount, String unit) {}

  /// Scores the oldest period that waits.
  ///
  /// @param came asked with a forecast of it what it came to; empty: that cannot be said yet
  Optional<ScoredPeriod> scoreOldest(Function<ForecastRecord, Optional<Came>> came) {
    ForecastRecord oldest = open.getFirst();
    Optional<Came> found = came.apply(oldest);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    double amount = found.get().amount().doubleValue();
    for (ForecastRecord kept : open) {
      if (kept.periodStart().equals(oldest.periodStart())
          && kept.unit().equals(found.get().unit())) {
        score = score.with(kept, amount);
      }
    }
    open.removeIf(kept -> kept.periodStart().equals(oldest.periodStart()));
    return Optional.of(
        new ScoredPeriod(
            oldest.budgetId(),
            oldest.periodStart(),
            oldest.periodEnd(),
            found.get().amount(),
            score));
  }

  /// Gives up those of periods that ended at or before `end`.
  void forgetEndedBy(Instant end) {
    open.removeIf(kept -> !kept.periodEnd().isAfter(end));
  }
}
