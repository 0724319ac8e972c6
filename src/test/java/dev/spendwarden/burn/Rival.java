package dev.spendwarden.burn;

import java.util.Arrays;

/// The ways of projecting a month that the forecaster is measured against.
enum Rival {
  /// What is spent ÷ the share of the period that is gone.
  STRAIGHT_LINE {
    @Override
    double project(double[] seen, int periodStart, int periodEnd) {
      double spent = spent(seen, periodStart);
      int gone = seen.length - periodStart;
      return gone == 0 ? 0 : spent / gone * (periodEnd - periodStart);
    }
  },

  /// Prometheus' `predict_linear` over the period so far of the cumulative spend: least squares,
  /// from the fitted line.
  PREDICT_LINEAR {
    @Override
    double project(double[] seen, int periodStart, int periodEnd) {
      int gone = seen.length - periodStart;
      double sum = 0;
      double sx = 0, sy = 0, sxx = 0, sxy = 0;
      for (int x = 0; x <= gone; x++) {
        sx += x;
        sy += sum;
        sxx += (double) x * x;
        sxy += x * sum;
        if (x < gone) {
          sum += seen[periodStart + x];
        }
      }
      int n = gone + 1;
      double scale = n * sxx - sx * sx;
      if (scale == 0) {
        return sum;
      }
      double slope = (n * sxy - sx * sy) / scale;
      double intercept = (sy - slope * sx) / n;
      return intercept + slope * (periodEnd - periodStart);
    }
  },

  /// Additive weekly Holt-Winters over the whole history, its factors (damping included) chosen
  /// anew each time for the least squared error a week ahead; a plain mean before two weeks exist.
  HOLT_WINTERS {
    @Override
    double project(double[] seen, int periodStart, int periodEnd) {
      double spent = spent(seen, periodStart);
      int ahead = periodEnd - seen.length;
      if (seen.length < 14) {
        double mean = Arrays.stream(seen).average().orElse(0);
        return spent + mean * ahead;
      }
      double best = Double.MAX_VALUE;
      double rest = 0;
      for (double alpha : new double[] {0.02, 0.05, 0.1, 0.2, 0.4}) {
        for (double beta : new double[] {0, 0.02, 0.1}) {
          for (double gamma : new double[] {0.02, 0.1, 0.3}) {
            for (double phi : beta == 0 ? new double[] {0} : new double[] {0.9, 0.98, 1}) {
              var run = new HoltWinters(alpha, beta, gamma, phi);
              double error = run.fit(seen);
              if (error < best) {
                best = error;
                rest = run.sumAhead(seen.length, ahead);
              }
            }
          }
        }
      }
      return spent + Math.max(0, rest);
    }
  };

  String words() {
    return switch (this) {
      case STRAIGHT_LINE -> "straight line";
      case PREDICT_LINEAR -> "`predict_linear`";
      case HOLT_WINTERS -> "Holt-Winters";
    };
  }

  /// @param seen the days known that morning, all of them before it
  /// @param periodStart index of the period's first day
  /// @param periodEnd index after its last
  abstract double project(double[] seen, int periodStart, int periodEnd);

  private static double spent(double[] seen, int periodStart) {
    double sum = 0;
    for (int day = periodStart; day < seen.length; day++) {
      sum += seen[day];
    }
    return sum;
  }

  private static final class HoltWinters {
    private final double alpha;
    private final double beta;
    private final double gamma;
    private final double phi;
    private final double[] season = new double[7];
    private double level;
    private double trend;

    HoltWinters(double alpha, double beta, double gamma, double phi) {
      this.alpha = alpha;
      this.beta = beta;
      this.gamma = gamma;
      this.phi = phi;
    }

    double fit(double[] seen) {
      double first = 0, second = 0;
      for (int i = 0; i < 7; i++) {
        first += seen[i] / 7;
        second += seen[i + 7] / 7;
      }
      level = first;
      trend = phi == 0 ? 0 : (second - first) / 7;
      for (int i = 0; i < 7; i++) {
        season[i] = (seen[i] - first + seen[i + 7] - second) / 2;
      }
      double error = 0;
      for (int day = 7; day < seen.length; day++) {
        if (day + 7 <= seen.length && day >= 14) {
          double got = 0;
          for (int j = 0; j < 7; j++) {
            got += seen[day + j];
          }
          double miss = sumAhead(day, 7) - got;
          error += miss * miss;
        }
        double expected = level + phi * trend;
        double old = level;
        level = alpha * (seen[day] - season[day % 7]) + (1 - alpha) * expected;
        trend = beta * (level - old) + (1 - beta) * phi * trend;
        season[day % 7] = gamma * (seen[day] - level) + (1 - gamma) * season[day % 7];
      }
      return error;
    }

    double sumAhead(int from, int days) {
      double sum = 0;
      double damped = 0;
      double power = 1;
      for (int h = 0; h < days; h++) {
        power *= phi;
        damped += power;
        sum += level + damped * trend + season[(from + h) % 7];
      }
      return sum;
    }
  }
}
