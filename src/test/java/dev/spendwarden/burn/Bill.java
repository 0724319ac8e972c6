package dev.spendwarden.burn;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// A made-up daily bill, as it ended and as it looked on earlier mornings.
///
/// @param finals what each day cost in the end
/// @param known `known[day][age]`: what the source said of a day when it was `age` days old (1: the
///   morning after); beyond the row's end the final amount
record Bill(String family, LocalDate first, double[] finals, double[][] known) {

  private static final LocalDate FIRST = LocalDate.of(2027, 1, 1);

  /// January to September, not all of it.
  private static final int DAYS = 273;

  enum Family {
    STEADY,
    WEEKDAY,
    GROWTH,
    LAUNCH_SPIKE,
    LATE_DATA,
    RESTATEMENT,
    LEVEL_SHIFT,
    BURSTY
  }

  static Bill of(Family family, long seed) {
    var random = new Random(seed * 31 + family.ordinal());
    double base = Math.exp(random.nextDouble() * 7);
    double noise = 0.08 + 0.22 * random.nextDouble();
    double weekend =
        switch (family) {
          case WEEKDAY -> 0.6 * random.nextDouble() * (random.nextInt(3) == 0 ? 0 : 1);
          case STEADY, BURSTY -> 1;
          default -> random.nextBoolean() ? 1 : 0.4 + 0.5 * random.nextDouble();
        };
    double growth = family == Family.GROWTH ? Math.log(1.05 + 0.4 * random.nextDouble()) / 30 : 0;
    var finals = new double[DAYS];
    double drift = 0;
    for (int day = 0; day < DAYS; day++) {
      drift = 0.98 * drift + 0.02 * random.nextGaussian();
      int weekday = FIRST.plusDays(day).getDayOfWeek().getValue();
      double shape = weekday >= 6 ? weekend : 1;
      finals[day] =
          base
              * shape
              * Math.exp(growth * day + drift + noise * random.nextGaussian() - noise * noise / 2);
    }
    switch (family) {
      case LAUNCH_SPIKE -> spikes(finals, random);
      case LEVEL_SHIFT -> shift(finals, random);
      case BURSTY -> {
        double often = 0.15 + 0.5 * random.nextDouble();
        for (int day = 0; day < DAYS; day++) {
          finals[day] =
              random.nextDouble() < often ? finals[day] * Math.exp(0.8 * random.nextGaussian()) : 0;
        }
      }
      default -> {}
    }
    return new Bill(family.name(), FIRST, finals, known(family, finals, random));
  }

  private static void spikes(double[] finals, Random random) {
    int launches = 2 + random.nextInt(4);
    for (int i = 0; i < launches; i++) {
      int start = 5 + random.nextInt(DAYS - 10);
      int length = 1 + random.nextInt(6);
      double height = 2 + 6 * random.nextDouble();
      for (int day = start; day < Math.min(DAYS, start + length); day++) {
        finals[day] *= 1 + height * Math.pow(0.7, day - start);
      }
    }
  }

  private static void shift(double[] finals, Random random) {
    int shifts = 1 + random.nextInt(3);
    for (int i = 0; i < shifts; i++) {
      int start = 20 + random.nextInt(DAYS - 20);
      double factor =
          random.nextBoolean() ? 1.4 + random.nextDouble() : 0.4 + 0.3 * random.nextDouble();
      for (int day = start; day < DAYS; day++) {
        finals[day] *= factor;
      }
    }
  }

  private static double[][] known(Family family, double[] finals, Random random) {
    var known = new double[finals.length][0];
    double first = 0.2 + 0.6 * random.nextDouble();
    for (int day = 0; day < finals.length; day++) {
      if (family == Family.LATE_DATA) {
        known[day] = new double[6];
        double missing = 1 - first;
        for (int age = 1; age < 6; age++) {
          known[day][age] = finals[day] * (1 - missing * (0.8 + 0.4 * random.nextDouble()) / 1.2);
          missing *= 0.45;
        }
        for (int age = 4; age >= 1; age--) {
          known[day][age] = Math.min(known[day][age], known[day][age + 1]);
        }
      } else if (family == Family.RESTATEMENT && random.nextInt(4) == 0) {
        int age = 2 + random.nextInt(8);
        double was = finals[day] * (1 + 0.25 * random.nextGaussian());
        known[day] = new double[age];
        Arrays.fill(known[day], Math.max(0, was));
      }
    }
    return known;
  }

  /// What was known of `day` on the morning of `morning`.
  double knownOn(int morning, int day) {
    int age = morning - day;
    return age < known[day].length ? known[day][age] : finals[day];
  }

  double[] seenOn(int morning) {
    var seen = new double[morning];
    for (int day = 0; day < morning; day++) {
      seen[day] = knownOn(morning, day);
    }
    return seen;
  }

  /// What the daemon would have learned from revisions by that morning.
  SettlingCurve curveOn(int morning) {
    List<SettlingCurve.Observation> seen = new ArrayList<>();
    for (int day = Math.max(0, morning - 70); day < morning - 10; day++) {
      for (int age = 1; age <= 10; age++) {
        seen.add(new SettlingCurve.Observation(age, knownOn(day + age, day) / finals[day]));
      }
    }
    return SettlingCurve.learn(seen);
  }
}
