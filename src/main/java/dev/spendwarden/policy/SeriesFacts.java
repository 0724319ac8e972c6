package dev.spendwarden.policy;

import dev.spendwarden.burn.Forecast;
import dev.spendwarden.burn.Runway;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.BudgetSeries.Pace;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The facts of one budget at one instant, each worked out when a rule first asks for it.
final class SeriesFacts implements Facts {

  private final Policy policy;
  private final BudgetSeries series;
  private final Period period;
  private final Instant now;
  private final Optional<Instant> dataAsOf;
  private final Optional<Unit> unit;
  private final boolean endless;
  private final double spent;
  private final double limit;
  private final double used;
  private final ReportFacts reports;
  private final Recall recall;
  private final Settling settling;

  private @Nullable Map<String, String> labels;
  private @Nullable Forecast expected;

  SeriesFacts(
      Policy policy,
      BudgetSeries series,
      Period period,
      Instant now,
      Optional<Instant> dataAsOf,
      Measure measure,
      ReportFacts reports,
      Recall recall,
      Settling settling) {
    this.policy = policy;
    this.series = series;
    this.period = period;
    this.now = now;
    this.dataAsOf = dataAsOf;
    this.unit = measure.unknown().isPresent() ? Optional.empty() : measure.unit();
    this.endless = policy.period() instanceof PeriodSpec.None;
    this.spent = number(measure.spent());
    this.limit = number(measure.limit());
    this.used = measure.used();
    this.reports = reports;
    this.recall = recall;
    this.settling = settling;
  }

  private static double number(Optional<BigDecimal> amount) {
    return amount.isPresent() ? amount.get().doubleValue() : Double.NaN;
  }

  @Override
  public double spent() {
    return spent;
  }

  @Override
  public double limit() {
    return limit;
  }

  @Override
  public double left() {
    return limit - spent;
  }

  @Override
  public double used() {
    return used;
  }

  @Override
  public double elapsed() {
    if (endless) {
      return Double.NaN;
    }
    double share = seconds(Duration.between(period.start(), now)) / periodSeconds();
    return Math.clamp(share, 0, 1);
  }

  @Override
  public double burn(Duration window) {
    if (endless) {
      return Double.NaN;
    }
    double evenPace = limit / periodSeconds();
    return perSecond(window) / evenPace;
  }

  @Override
  public double rate(Duration window) {
    return perSecond(window) * Duration.ofHours(1).toSeconds();
  }

  @Override
  public double increase(Duration window) {
    return perSecond(window) * seconds(window);
  }

  /// The base ends where the window begins; where the window is measured over whole buckets, where
  /// those begin, so that no day counts on both sides.
  @Override
  public double change(Duration window, Duration base) {
    if (unit.isEmpty() || dataAsOf.isEmpty()) {
      return Double.NaN;
    }
    Pace newest = series.pace(window, now, dataAsOf.get(), unit.get(), policy.gross());
    Duration back = newest.buckets().map(ChargePeriod::length).orElse(window);
    Pace before =
        series.pace(base, now.minus(back), dataAsOf.get().minus(back), unit.get(), policy.gross());
    return newest.perSecond() / before.perSecond() - 1;
  }

  private double perSecond(Duration window) {
    if (unit.isEmpty() || dataAsOf.isEmpty()) {
      return Double.NaN;
    }
    return recall.perSecond(series, window, now, dataAsOf.get(), unit.get(), policy.gross());
  }

  @Override
  public double forecast(int percentile) {
    @Nullable Forecast forecast = endless ? null : expected();
    return forecast == null ? Double.NaN : forecast.percentile(percentile);
  }

  @Override
  public double probOver() {
    @Nullable Forecast forecast = endless ? null : expected();
    return forecast == null ? Double.NaN : forecast.probOver(limit);
  }

  @Override
  public double runway() {
    @Nullable Forecast forecast = expected();
    return forecast == null ? Double.NaN : Runway.seconds(forecast, limit, now);
  }

  /// What the forecaster says; null while there is nothing to say it from.
  private @Nullable Forecast expected() {
    if (unit.isEmpty() || dataAsOf.isEmpty() || Double.isNaN(spent)) {
      return null;
    }
    if (expected == null) {
      var curve = settling.of(policy.selection().sources(), series, unit.get(), dataAsOf.get());
      expected =
          recall.outlook.forecast(
              series, period, dataAsOf.get(), unit.get(), policy.gross(), spent, curve);
    }
    return expected;
  }

  @Override
  public double age() {
    return dataAsOf.map(asOf -> seconds(Duration.between(asOf, now))).orElse(Double.NaN);
  }

  @Override
  public Map<String, String> labels() {
    if (labels == null) {
      labels = series.labels().asWords();
    }
    return labels;
  }

  @Override
  public ReportFacts reports() {
    return reports;
  }

  private double periodSeconds() {
    return seconds(Duration.between(period.start(), period.end()));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
