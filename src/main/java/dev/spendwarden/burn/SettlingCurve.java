package dev.spendwarden.burn;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How complete a source's figure for a day is, by the day's age: 0 for the day that is running, 1
/// for the day before it, and so on. Learned from the revisions of days that have since settled.
/// Immutable.
public final class SettlingCurve {

  /// Every figure is final at once. What a source gets before anything is known of it.
  public static final SettlingCurve IDENTITY = new SettlingCurve(new double[0]);

  /// Figures still move a week or two after the day at the slowest known sources; nothing older is
  /// completed.
  private static final int OLDEST_AGE = 30;

  /// Weight of the assumption that a figure is final, in observations: one odd day does not bend
  /// the curve much.
  private static final double DOUBT = 1;

  /// Shares are told in steps of this: a curve that hardly moves stays the same curve, and
  /// forecasts made with it need not be made anew.
  private static final double STEP = 0.005;

  private final double[] shares;

  private SettlingCurve(double[] shares) {
    this.shares = shares;
  }

  private static SettlingCurve of(double[] shares) {
    int length = shares.length;
    while (length > 0 && shares[length - 1] == 1) {
      length--;
    }
    return length == 0 ? IDENTITY : new SettlingCurve(Arrays.copyOf(shares, length));
  }

  /// What was known of a day's final amount when the day was `age` days old.
  ///
  /// @param share known amount ÷ final amount
  public record Observation(int age, double share) {}

  /// The curve through the median share of each age, drawn towards 1 where there are few
  /// observations, never falling with age. A figure that was later lowered counts as complete: less
  /// than what is already there is not expected. Observations that are not finite (a final amount
  /// of zero) are left out.
  public static SettlingCurve learn(Collection<Observation> observations) {
    var byAge = new double[OLDEST_AGE + 1][];
    var counts = new int[OLDEST_AGE + 1];
    int oldest = -1;
    for (Observation seen : observations) {
      if (seen.age() < 0 || seen.age() > OLDEST_AGE || !Double.isFinite(seen.share())) {
        continue;
      }
      int age = seen.age();
      double[] shares = byAge[age] == null ? new double[8] : byAge[age];
      if (counts[age] == shares.length) {
        shares = Arrays.copyOf(shares, 2 * shares.length);
      }
      shares[counts[age]++] = Math.clamp(seen.share(), 0, 1);
      byAge[age] = shares;
      oldest = Math.max(oldest, age);
    }
    var curve = new double[oldest + 1];
    double older = 1;
    for (int age = oldest; age >= 0; age--) {
      if (counts[age] > 0) {
        double median = Robust.median(byAge[age], counts[age]);
        double share = rounded((counts[age] * median + DOUBT) / (counts[age] + DOUBT));
        older = Math.min(older, share);
      }
      curve[age] = older;
    }
    return of(curve);
  }

  private static double rounded(double share) {
    return Math.rint(share / STEP) * STEP;
  }

  /// The curve of a budget that several sources make up.
  ///
  /// @param weights of the curves, by what each source's days come to; not below zero
  public static SettlingCurve blend(Map<SettlingCurve, Double> weights) {
    double total = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    int length = weights.keySet().stream().mapToInt(curve -> curve.shares.length).max().orElse(0);
    if (!(total > 0) || length == 0) {
      return IDENTITY;
    }
    var blended = new double[length];
    weights.forEach((curve, weight) -> {
      for (int age = 0; age < length; age++) {
        blended[age] += curve.share(age) * weight / total;
      }
    });
    for (int age = 0; age < length; age++) {
      blended[age] = Math.min(1, rounded(blended[age]));
    }
    return of(blended);
  }

  /// The share of a day's final amount that is known at `age` days; from 0 to 1.
  public double share(int age) {
    return age >= 0 && age < shares.length ? shares[age] : 1;
  }

  /// After so many days every figure is final.
  public int settledAfter() {
    return shares.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SettlingCurve curve && Arrays.equals(shares, curve.shares);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(shares);
  }

  @Override
  public String toString() {
    return "SettlingCurve" + Arrays.toString(shares);
  }
}
