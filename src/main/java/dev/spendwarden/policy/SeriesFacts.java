package dev.spendwarden.policy;

import dev.spendwarden.burn.Forecast;
import dev.spendwarden.burn.Runway;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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
  private final Map<String, String> labels;
  private final ReportFacts reports;
  private final Outlook outlook;
  private final Map<Duration, Double> rates = new HashMap<>();

  SeriesFacts(
      Policy policy,
      BudgetSeries series,
      Period period,
      Instant now,
      Optional<Instant> dataAsOf,
      Optional<Unit> unit,
      Optional<BigDecimal> spent,
      Optional<BigDecimal> limit,
      ReportFacts reports,
      Outlook outlook) {
    this.policy = policy;
    this.series = series;
    this.period = period;
    this.now = now;
    this.dataAsOf = dataAsOf;
    this.unit = unit;
    this.endless = policy.period() instanceof PeriodSpec.None;
    this.spent = spent.map(BigDecimal::doubleValue).orElse(Double.NaN);
    this.limit = limit.map(BigDecimal::doubleValue).orElse(Double.NaN);
    this.used =
        spent.isPresent() && limit.isPresent() ? used(spent.get(), limit.get()) : Double.NaN;
    this.labels = series.labels().asWords();
    this.reports = reports;
    this.outlook = outlook;
  }

  /// The nearest double to `spent / limit`, and at least 1 exactly when spent has reached the
  /// limit. Of a limit of zero nothing spent is 0 and anything else infinite.
  static double used(BigDecimal spent, BigDecimal limit) {
    if (limit.signum() == 0) {
      return spent.signum() > 0 ? Double.POSITIVE_INFINITY : 0;
    }
    double ratio = spent.divide(limit, MathContext.DECIMAL128).doubleValue();
    boolean reached = spent.compareTo(limit) >= 0;
    if (reached) {
      return Math.max(1, ratio);
    }
    return ratio < 1 ? ratio : Math.nextDown(1.0);
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

  @Override
  public double change(Duration window, Duration base) {
    double before = perSecond(window.plus(base)) * seconds(window.plus(base)) - increase(window);
    return perSecond(window) / (before / seconds(base)) - 1;
  }

  private double perSecond(Duration window) {
    if (unit.isEmpty() || dataAsOf.isEmpty()) {
      return Double.NaN;
    }
    return rates.computeIfAbsent(
        window, w -> series.pace(w, now, dataAsOf.get(), unit.get(), policy.gross()).perSecond());
  }

  @Override
  public double forecast(int percentile) {
    return endless ? Double.NaN : expected().map(f -> f.percentile(percentile)).orElse(Double.NaN);
  }

  @Override
  public double probOver() {
    return endless ? Double.NaN : expected().map(f -> f.probOver(limit)).orElse(Double.NaN);
  }

  @Override
  public double runway() {
    return expected().map(f -> Runway.seconds(f, limit, now)).orElse(Double.NaN);
  }

  /// What the forecaster says; empty while there is nothing to say it from.
  private Optional<Forecast> expected() {
    if (unit.isEmpty() || dataAsOf.isEmpty() || Double.isNaN(spent)) {
      return Optional.empty();
    }
    return Optional.of(outlook.forecast(policy, series, period, dataAsOf.get(), unit.get(), spent));
  }

  @Override
  public double age() {
    return dataAsOf.map(asOf -> seconds(Duration.between(asOf, now))).orElse(Double.NaN);
  }

  @Override
  public Map<String, String> labels() {
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
