package dev.spendwarden.policy.cel;

import dev.spendwarden.policy.Truth;
import dev.spendwarden.policy.cel.Node.Bool;
import dev.spendwarden.policy.cel.Node.Num;
import dev.spendwarden.policy.cel.Node.Span;
import dev.spendwarden.policy.cel.Node.Text;
import dev.spendwarden.policy.cel.Node.Value;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// CEL's operators over closures. Unknown operands give unknown results, except where the other
/// operand of `&&` or `||` settles the matter alone.
final class Operators {

  private Operators() {}

  /// The closure of an operator or function; null when there is none for these operands.
  static @Nullable Value apply(String function, List<Node> operands) {
    return switch (operands.size()) {
      case 1 -> unary(function, operands.getFirst().value());
      case 2 -> binary(function, operands.getFirst().value(), operands.getLast().value());
      case 3 -> function.equals("_?_:_") ? conditional(operands) : null;
      default -> null;
    };
  }

  private static @Nullable Value unary(String function, Value operand) {
    Double unit = Names.DURATIONS.get(function);
    return switch (operand) {
      case Num number when unit != null -> {
        double seconds = unit;
        yield (Span) facts -> Names.seconds(number.of(facts), seconds);
      }
      case Num number when function.equals("-_") -> (Num) facts -> -number.of(facts);
      case Num number when function.equals("double") -> number;
      case Bool bool when function.equals("!_") ->
          (Bool)
              facts ->
                  switch (bool.test(facts)) {
                    case TRUE -> Truth.FALSE;
                    case FALSE -> Truth.TRUE;
                    case UNKNOWN -> Truth.UNKNOWN;
                  };
      default -> null;
    };
  }

  private static @Nullable Value binary(String function, Value left, Value right) {
    if (left instanceof Bool a && right instanceof Bool b) {
      return logic(function, a, b);
    }
    if (left instanceof Num a && right instanceof Num b) {
      var arithmetic = arithmetic(function, a, b);
      return arithmetic != null ? arithmetic : comparison(function, a, b);
    }
    if (left instanceof Span a && right instanceof Span b) {
      return switch (function) {
        case "_+_" -> (Span) facts -> a.seconds(facts) + b.seconds(facts);
        case "_-_" -> (Span) facts -> a.seconds(facts) - b.seconds(facts);
        default -> comparison(function, a::seconds, b::seconds);
      };
    }
    if (left instanceof Text a && right instanceof Text b) {
      return text(function, a, b);
    }
    return null;
  }

  private static @Nullable Bool logic(String function, Bool left, Bool right) {
    return switch (function) {
      case "_&&_" ->
          facts -> {
            Truth a = left.test(facts);
            if (a == Truth.FALSE) {
              return Truth.FALSE;
            }
            Truth b = right.test(facts);
            return b == Truth.FALSE || a == Truth.TRUE ? b : Truth.UNKNOWN;
          };
      case "_||_" ->
          facts -> {
            Truth a = left.test(facts);
            if (a == Truth.TRUE) {
              return Truth.TRUE;
            }
            Truth b = right.test(facts);
            return b == Truth.TRUE || a == Truth.FALSE ? b : Truth.UNKNOWN;
          };
      case "_==_" -> facts -> same(left.test(facts), right.test(facts), Truth.TRUE);
      case "_!=_" -> facts -> same(left.test(facts), right.test(facts), Truth.FALSE);
      default -> null;
    };
  }

  private static Truth same(Truth a, Truth b, Truth whenSame) {
    if (a == Truth.UNKNOWN || b == Truth.UNKNOWN) {
      return Truth.UNKNOWN;
    }
    return Truth.of((a == b) == (whenSame == Truth.TRUE));
  }

  private static @Nullable Num arithmetic(String function, Num left, Num right) {
    return switch (function) {
      case "_+_" -> facts -> left.of(facts) + right.of(facts);
      case "_-_" -> facts -> left.of(facts) - right.of(facts);
      case "_*_" -> facts -> left.of(facts) * right.of(facts);
      case "_/_" ->
          facts -> {
            double divisor = right.of(facts);
            return divisor == 0 ? Double.NaN : left.of(facts) / divisor;
          };
      default -> null;
    };
  }

  /// With NaN on a side neither a comparison nor its opposite holds: unknown.
  private static @Nullable Bool comparison(String function, Num left, Num right) {
    return switch (function) {
      case "_<_" ->
          facts -> {
            double a = left.of(facts);
            double b = right.of(facts);
            return a < b ? Truth.TRUE : a >= b ? Truth.FALSE : Truth.UNKNOWN;
          };
      case "_<=_" ->
          facts -> {
            double a = left.of(facts);
            double b = right.of(facts);
            return a <= b ? Truth.TRUE : a > b ? Truth.FALSE : Truth.UNKNOWN;
          };
      case "_>_" -> comparison("_<_", right, left);
      case "_>=_" -> comparison("_<=_", right, left);
      case "_==_" ->
          facts -> {
            double a = left.of(facts);
            double b = right.of(facts);
            return a == b ? Truth.TRUE : a < b || a > b ? Truth.FALSE : Truth.UNKNOWN;
          };
      case "_!=_" ->
          facts -> {
            double a = left.of(facts);
            double b = right.of(facts);
            return a == b ? Truth.FALSE : a < b || a > b ? Truth.TRUE : Truth.UNKNOWN;
          };
      default -> null;
    };
  }

  private static @Nullable Value text(String function, Text left, Text right) {
    return switch (function) {
      case "_+_" ->
          (Text)
              facts -> {
                String a = left.of(facts);
                String b = right.of(facts);
                return a == null || b == null ? null : a + b;
              };
      case "_==_" -> relation(left, right, String::equals);
      case "_!=_" -> relation(left, right, (a, b) -> !a.equals(b));
      case "startsWith" -> relation(left, right, String::startsWith);
      case "endsWith" -> relation(left, right, String::endsWith);
      case "contains" -> relation(left, right, String::contains);
      default -> null;
    };
  }

  private static Bool relation(Text left, Text right, BiPredicate<String, String> holds) {
    return facts -> {
      String a = left.of(facts);
      String b = right.of(facts);
      return a == null || b == null ? Truth.UNKNOWN : Truth.of(holds.test(a, b));
    };
  }

  private static @Nullable Value conditional(List<Node> operands) {
    var yes = operands.get(1).value();
    var no = operands.get(2).value();
    if (!(operands.getFirst().value() instanceof Bool condition)) {
      return null;
    }
    if (yes instanceof Bool a && no instanceof Bool b) {
      return (Bool)
          facts ->
              switch (condition.test(facts)) {
                case TRUE -> a.test(facts);
                case FALSE -> b.test(facts);
                case UNKNOWN -> Truth.UNKNOWN;
              };
    }
    if (yes instanceof Num a && no instanceof Num b) {
      return choice(condition, a, b);
    }
    if (yes instanceof Span a && no instanceof Span b) {
      var seconds = choice(condition, a::seconds, b::seconds);
      return (Span) seconds::of;
    }
    if (yes instanceof Text a && no instanceof Text b) {
      return (Text)
          facts ->
              switch (condition.test(facts)) {
                case TRUE -> a.of(facts);
                case FALSE -> b.of(facts);
                case UNKNOWN -> null;
              };
    }
    return null;
  }

  private static Num choice(Bool condition, Num yes, Num no) {
    return facts ->
        switch (condition.test(facts)) {
          case TRUE -> yes.of(facts);
          case FALSE -> no.of(facts);
          case UNKNOWN -> Double.NaN;
        };
  }
}
