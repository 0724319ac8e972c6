package dev.spendwarden.policy.cel;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/// Random well-typed expressions, each written twice: as people write it (whole literals, windows)
/// and as plain CEL has it, and random facts for them.
final class RandomExpression {

  record Written(String forUs, String forCel) {
    static Written of(String both) {
      return new Written(both, both);
    }
  }

  private static final String[] NUMBERS = {
    "spent", "limit", "left", "used", "elapsed", "prob_over", "forecast.p10", "forecast.p90"
  };
  private static final String[] WINDOWED = {
    "burn('1h')", "burn('2d')", "rate('30m')", "increase('1w')", "change('1h', '1d')"
  };
  private static final String[] KEYS = {"user", "qpu", "team"};
  private static final String[] WORDS = {"", "u1", "u2", "qpu.forte-1", "é"};
  private static final double[] INTERESTING = {0, 1, -1, 0.5, 0.8, 2, 3, 100, 1e9, 0.1};

  private final Random random;

  RandomExpression(Random random) {
    this.random = random;
  }

  Written bool(int depth) {
    if (depth <= 0) {
      return random.nextInt(6) == 0
          ? Written.of(String.valueOf(random.nextBoolean()))
          : join(number(0), pick(" < ", " > ", " >= "), number(0));
    }
    return switch (random.nextInt(12)) {
      case 0, 1 -> join(bool(depth - 1), " && ", bool(depth - 1));
      case 2, 3 -> join(bool(depth - 1), " || ", bool(depth - 1));
      case 4 -> around("!(", bool(depth - 1), ")");
      case 5 -> choice(bool(depth - 1), bool(depth - 1), bool(depth - 1));
      case 6 -> join(span(depth - 1), pick(" < ", " <= ", " > ", " >= ", " == ", " != "), span(0));
      case 7 -> join(text(depth - 1), pick(" == ", " != ", " < "), text(depth - 1));
      case 8 -> ofLabels();
      case 9 -> join(bool(depth - 1), pick(" == ", " != "), bool(depth - 1));
      default ->
          join(
              number(depth - 1),
              pick(" < ", " <= ", " > ", " >= ", " == ", " != "),
              number(depth - 1));
    };
  }

  private Written ofLabels() {
    String key = pick(KEYS);
    String word = "'" + pick(WORDS) + "'";
    return Written.of(
        switch (random.nextInt(7)) {
          case 0 -> "has(labels." + key + ")";
          case 1 -> "('" + key + "' in labels)";
          case 2 -> "(labels." + key + " in [" + word + ", 'u2'])";
          case 3 -> "labels." + key + ".startsWith(" + word + ")";
          case 4 -> "labels['" + key + "'].endsWith(" + word + ")";
          case 5 -> "(size(labels." + key + ") > 1)";
          default -> "labels." + key + ".matches('^(u|q).*1$')";
        });
  }

  private Written number(int depth) {
    if (depth <= 0) {
      return switch (random.nextInt(4)) {
        case 0 -> literal();
        case 1 -> Written.of(pick(WINDOWED));
        default -> Written.of(pick(NUMBERS));
      };
    }
    return switch (random.nextInt(5)) {
      case 0 -> choice(bool(depth - 1), number(depth - 1), Written.of(pick(NUMBERS)));
      case 1 -> around("-(", number(depth - 1), ")");
      case 2 -> Written.of("[" + pick(NUMBERS) + "][0]");
      // One side is a fact: two whole literals alone are CEL's whole arithmetic.
      default ->
          join(number(depth - 1), pick(" + ", " - ", " * ", " / "), Written.of(pick(NUMBERS)));
    };
  }

  private Written literal() {
    if (random.nextBoolean()) {
      return literal(4);
    }
    return Written.of(String.valueOf(INTERESTING[random.nextInt(INTERESTING.length)]));
  }

  private Written literal(int below) {
    int whole = random.nextInt(below);
    return new Written(String.valueOf(whole), whole + ".0");
  }

  private Written count() {
    return random.nextBoolean() ? literal(1_000) : Written.of(pick("0.5", "0.1", "2.25", "1e3"));
  }

  private Written span(int depth) {
    if (depth > 0 && random.nextInt(3) == 0) {
      return join(span(depth - 1), pick(" + ", " - "), span(depth - 1));
    }
    return switch (random.nextInt(5)) {
      case 0 -> Written.of("runway");
      case 1 -> Written.of("age");
      case 2 -> Written.of("duration('" + random.nextInt(100) + "h')");
      default -> around(pick("days(", "hours(", "minutes("), count(), ")");
    };
  }

  private Written text(int depth) {
    if (depth > 0 && random.nextInt(3) == 0) {
      return join(text(depth - 1), " + ", text(0));
    }
    return Written.of(random.nextBoolean() ? "labels." + pick(KEYS) : "'" + pick(WORDS) + "'");
  }

  /// Facts of which about a quarter is not known.
  SomeFacts facts() {
    Map<String, Double> numbers = new HashMap<>();
    for (String name :
        new String[] {
          "spent",
          "limit",
          "left",
          "used",
          "elapsed",
          "prob_over",
          "forecast.p10",
          "forecast.p90",
          "burn PT1H",
          "burn PT48H",
          "rate PT30M",
          "increase PT168H",
          "change PT1H PT24H"
        }) {
      if (random.nextInt(4) > 0) {
        boolean infinite = name.equals("used") && random.nextInt(8) == 0;
        double value =
            random.nextBoolean()
                ? INTERESTING[random.nextInt(INTERESTING.length)]
                : random.nextDouble() * 300;
        numbers.put(name, infinite ? Double.POSITIVE_INFINITY : value);
      }
    }
    if (random.nextInt(4) > 0) {
      numbers.put("runway", (double) random.nextInt(1_000_000));
    }
    if (random.nextInt(4) > 0) {
      numbers.put("age", 900.0 * random.nextInt(200));
    }
    Map<String, String> labels = new HashMap<>();
    for (String key : KEYS) {
      if (random.nextInt(4) > 0) {
        labels.put(key, pick(WORDS));
      }
    }
    return new SomeFacts(Map.copyOf(numbers), Map.copyOf(labels));
  }

  private Written choice(Written condition, Written yes, Written no) {
    return new Written(
        "(" + condition.forUs + " ? " + yes.forUs + " : " + no.forUs + ")",
        "(" + condition.forCel + " ? " + yes.forCel + " : " + no.forCel + ")");
  }

  private static Written join(Written left, String operator, Written right) {
    return new Written(
        "(" + left.forUs + operator + right.forUs + ")",
        "(" + left.forCel + operator + right.forCel + ")");
  }

  private static Written around(String before, Written inner, String after) {
    return new Written(before + inner.forUs + after, before + inner.forCel + after);
  }

  private String pick(String... options) {
    return options[random.nextInt(options.length)];
  }
}
