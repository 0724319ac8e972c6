package dev.spendwarden.policy.cel;

import dev.spendwarden.policy.BudgetShape;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.policy.UnknownFacts;
import dev.spendwarden.policy.cel.Node.Bool;
import dev.spendwarden.policy.cel.Node.Num;
import dev.spendwarden.policy.cel.Node.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// In which ways a condition can be true, told from its text alone: alternatives, each of them a
/// range for some of its numbers and a yes or no for its other parts.
///
/// It never says that something is impossible which is not. What it does not understand (a choice,
/// a part that CEL evaluates, the relation between two numbers) it takes to be possible.
final class Possible {

  /// Alternatives multiply; beyond this many everything counts as possible.
  private static final int MOST = 64;

  private static final Set<String> NEED_LIMIT =
      Set.of("limit", "left", "used", "prob_over", "runway");

  private static final Set<String> NEED_END =
      Set.of("elapsed", "prob_over", "forecast.p10", "forecast.p50", "forecast.p90");

  /// What may be known though a part of it is not.
  private static final Set<String> ABSORB = Set.of("_?_:_", "_&&_", "_||_");

  private static final Pattern LABEL = Pattern.compile("labels\\.([A-Za-z_][A-Za-z0-9_]*)");

  /// One way to be true.
  ///
  /// @param ranges by the text of a number or duration (in seconds)
  /// @param parts what other parts must be, by their text
  record Way(Map<String, Range> ranges, Map<String, Boolean> parts) {

    static final Way ANY = new Way(Map.of(), Map.of());

    /// Whether everything that `other` demands is demanded here, too.
    boolean implies(Way other) {
      return parts.entrySet().containsAll(other.parts.entrySet())
          && other.ranges.entrySet().stream()
              .allMatch(e -> ranges.getOrDefault(e.getKey(), Range.ALL).isWithin(e.getValue()));
    }
  }

  private final Optional<BudgetShape> shape;

  /// Why a way was ruled out, in the order of the text.
  private final List<String> reasons = new ArrayList<>();

  private boolean givenUp;

  private Possible(Optional<BudgetShape> shape) {
    this.shape = shape;
  }

  /// Why the condition can never hold for a budget of this shape, which is nothing where it is just
  /// written so; empty where it may.
  static Optional<String> objection(Node root, BudgetShape shape) {
    var possible = new Possible(Optional.of(shape));
    List<Way> ways = possible.ways(root, true);
    if (possible.givenUp || !ways.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(possible.reasons.isEmpty() ? "" : possible.reasons.getFirst());
  }

  /// Whether `other` is true whenever `root` is.
  static boolean implies(Node root, Node other) {
    var here = new Possible(Optional.empty());
    var there = new Possible(Optional.empty());
    List<Way> ways = here.ways(root, true);
    List<Way> others = there.ways(other, true);
    return !here.givenUp
        && !there.givenUp
        && ways.stream().allMatch(way -> others.stream().anyMatch(way::implies));
  }

  /// The ways in which `node` has the wanted value.
  private List<Way> ways(Node node, boolean wanted) {
    if (!(node.value() instanceof Bool bool)) {
      return List.of(Way.ANY);
    }
    if (node.constant()) {
      Truth always = bool.test(UnknownFacts.NONE);
      if (always == Truth.UNKNOWN) {
        reasons.add(node.text() + " has no value");
      }
      return always == Truth.of(wanted) ? List.of(Way.ANY) : List.of();
    }
    return switch (node.operator()) {
      case "!_" -> ways(node.parts().getFirst(), !wanted);
      case "_&&_" -> wanted ? both(node, true) : either(node, false);
      case "_||_" -> wanted ? either(node, true) : both(node, false);
      default -> leaf(node, wanted);
    };
  }

  private List<Way> either(Node node, boolean wanted) {
    var ways = new ArrayList<Way>();
    for (Node part : node.parts()) {
      ways.addAll(ways(part, wanted));
    }
    return ways.size() > MOST ? giveUp() : ways;
  }

  private List<Way> both(Node node, boolean wanted) {
    List<Way> left = ways(node.parts().getFirst(), wanted);
    List<Way> right = ways(node.parts().getLast(), wanted);
    if (left.size() * right.size() > MOST) {
      return giveUp();
    }
    var ways = new ArrayList<Way>();
    for (Way a : left) {
      for (Way b : right) {
        joined(a, b).ifPresent(ways::add);
      }
    }
    return ways;
  }

  private List<Way> giveUp() {
    givenUp = true;
    return List.of(Way.ANY);
  }

  private Optional<Way> joined(Way a, Way b) {
    var ranges = new TreeMap<>(a.ranges());
    for (var entry : b.ranges().entrySet()) {
      String text = entry.getKey();
      Range before = ranges.getOrDefault(text, Range.ALL);
      Range range = before.and(entry.getValue());
      if (range.isEmpty()) {
        reasons.add("no value of " + text + " meets all that is asked of it");
        return Optional.empty();
      }
      ranges.put(text, range);
    }
    var parts = new TreeMap<>(a.parts());
    for (var entry : b.parts().entrySet()) {
      Boolean before = parts.putIfAbsent(entry.getKey(), entry.getValue());
      if (before != null && !before.equals(entry.getValue())) {
        reasons.add(entry.getKey() + " would have to be both true and false");
        return Optional.empty();
      }
    }
    return Optional.of(new Way(ranges, parts));
  }

  private List<Way> leaf(Node node, boolean wanted) {
    Optional<String> missing = missing(node);
    if (missing.isPresent()) {
      reasons.add(missing.get());
      return List.of();
    }
    Node left = node.parts().isEmpty() ? node : node.parts().getFirst();
    Node right = node.parts().isEmpty() ? node : node.parts().getLast();
    if (node.parts().size() == 2 && isNumber(left) && isNumber(right)) {
      String operator = wanted ? node.operator() : opposite(node.operator());
      if (right.constant() && !left.constant()) {
        return compared(left, operator, number(right));
      }
      if (left.constant() && !right.constant()) {
        return compared(right, turned(operator), number(left));
      }
    }
    return List.of(new Way(Map.of(), Map.of(node.text(), wanted)));
  }

  private List<Way> compared(Node node, String operator, double bound) {
    Range range = Range.of(operator, bound);
    if (range.equals(Range.ALL)) {
      // `!=`, or a comparison with infinity.
      return List.of(new Way(Map.of(), Map.of(node.text() + operator + bound, true)));
    }
    Optional<Range> usual = shape.flatMap(known -> usual(node.text(), known));
    if (usual.isPresent() && usual.get().and(range).isEmpty()) {
      reasons.add(outOfRange(node.text(), usual.get()));
      return List.of();
    }
    return List.of(new Way(Map.of(node.text(), range), Map.of()));
  }

  private static String outOfRange(String text, Range usual) {
    if (text.equals("age")) {
      return "data as old as that holds the budget: age is always less than "
          + Shown.duration(usual.high());
    }
    return usual.low() == usual.high()
        ? text + " is always " + Shown.number(usual.low())
        : Double.isFinite(usual.high())
            ? text
                + " is always from "
                + Shown.number(usual.low())
                + " to "
                + Shown.number(usual.high())
            : text + " is never less than " + Shown.number(usual.low());
  }

  /// What a fact can be at all; empty where it may be anything.
  private static Optional<Range> usual(String text, BudgetShape shape) {
    return switch (text) {
      case "elapsed" -> Optional.of(Range.between(shape.rolling() ? 1 : 0, 1));
      case "prob_over" -> Optional.of(Range.between(0, 1));
      case "age" -> shape.oldest().map(oldest -> Range.below(oldest.toMillis() / 1e3));
      case "limit", "reports.failed", "reports.pending", "reports.degraded", "reports.newest_age" ->
          Optional.of(Range.between(0, Double.POSITIVE_INFINITY));
      default -> Optional.empty();
    };
  }

  /// Why the part is unknown whatever the figures.
  private Optional<String> missing(Node node) {
    if (shape.isEmpty() || ABSORB.contains(node.operator())) {
      return Optional.empty();
    }
    String text = node.text();
    boolean burn = node.operator().equals("burn");
    if (!shape.get().limited() && (burn || node.parts().isEmpty() && NEED_LIMIT.contains(text))) {
      return Optional.of(text + " is never known: the budget has no limit");
    }
    if (!shape.get().ends() && (burn || node.parts().isEmpty() && NEED_END.contains(text))) {
      return Optional.of(text + " is never known: the budget's period has no end");
    }
    var label = LABEL.matcher(text);
    if (node.parts().isEmpty() && label.matches()) {
      return shape.get().labels().contains(label.group(1))
          ? Optional.empty()
          : Optional.of(text + " is never known: 'per' does not name " + label.group(1));
    }
    return node.parts().stream().flatMap(part -> missing(part).stream()).findFirst();
  }

  private static boolean isNumber(Node node) {
    return node.value() instanceof Num || node.value() instanceof Span;
  }

  private static double number(Node node) {
    return switch (node.value()) {
      case Num number -> number.of(UnknownFacts.NONE);
      case Span span -> span.seconds(UnknownFacts.NONE);
      case Bool _, Node.Text _ -> Double.NaN;
    };
  }

  /// What holds exactly when the comparison is known not to.
  private static String opposite(String operator) {
    return switch (operator) {
      case "_<_" -> "_>=_";
      case "_<=_" -> "_>_";
      case "_>_" -> "_<=_";
      case "_>=_" -> "_<_";
      case "_==_" -> "_!=_";
      case "_!=_" -> "_==_";
      default -> "";
    };
  }

  /// The comparison with its sides swapped.
  private static String turned(String operator) {
    return switch (operator) {
      case "_<_" -> "_>_";
      case "_<=_" -> "_>=_";
      case "_>_" -> "_<_";
      case "_>=_" -> "_<=_";
      default -> operator;
    };
  }
}
