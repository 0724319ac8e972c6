package dev.spendwarden.policy;

import java.time.Duration;
import java.util.Map;

/// What a rule's expression may ask of a budget. Numbers are the nearest doubles; **NaN means not
/// known**, and a comparison with it is [Truth#UNKNOWN]. Durations are in seconds.
public interface Facts {

  double spent();

  double limit();

  double left();

  /// `spent / limit`; at least 1 exactly when spent has reached the limit.
  double used();

  /// Share of the period gone, 0 to 1.
  double elapsed();

  double burn(Duration window);

  /// Units an hour.
  double rate(Duration window);

  double increase(Duration window);

  /// [#rate] over `window` ÷ the rate over the `base` before it, minus 1.
  double change(Duration window, Duration base);

  /// @param percentile 10, 50 or 90
  double forecast(int percentile);

  double probOver();

  /// Seconds until the limit at the present pace; infinite when nothing is being spent.
  double runway();

  /// Seconds since the newest good data.
  double age();

  Map<String, String> labels();

  ReportFacts reports();

  /// Counts in the last budget period, and the seconds since the newest completed report; NaN where
  /// not known.
  record ReportFacts(double failed, double pending, double degraded, double newestAge) {
    public static final ReportFacts UNKNOWN =
        new ReportFacts(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }
}
