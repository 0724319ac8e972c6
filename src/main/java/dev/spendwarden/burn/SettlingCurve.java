package dev.spendwarden.burn;

import java.util.Arrays;
import java.util.Collection;

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

  private final double[] shares;

  private SettlingCurve(double[] shares) {
    this.shares = shares;
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
        double share = (counts[age] * median + DOUBT) / (counts[age] + DOUBT);
        older = Math.min(older, share);
      }
      curve[age] = older;
    }
    return oldest < 0 ? IDENTITY : new SettlingCurve(curve);
  }

  /// The share of a day's final amount that is known at `age` days; from 0 to 1.
  public double share(int age) {
    return age >= 0 && age < shares.length ? shares[age] : 1;
  }

  @Override
  public String toString() {
    return "SettlingCurve" + Arrays.toString(shares);
  }
}
