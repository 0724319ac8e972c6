package dev.spendwarden.policy.cel;

import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Truth;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One sub-expression, ready to be evaluated.
///
/// @param operator CEL's name of the operator or function (`_>=_`); empty for literals and facts
/// @param constant whether it needs no fact
/// @param text as it stands in the expression
/// @param parts its operands, in the order of the text
record Node(String operator, boolean constant, String text, Value value, List<Node> parts) {

  /// What a sub-expression gives for some facts. Unknown is [Truth#UNKNOWN], NaN and null.
  sealed interface Value permits Bool, Num, Span, Text {}

  non-sealed interface Bool extends Value {
    Truth test(Facts facts);
  }

  non-sealed interface Num extends Value {
    double of(Facts facts);
  }

  /// A duration, in seconds.
  non-sealed interface Span extends Value {
    double seconds(Facts facts);
  }

  non-sealed interface Text extends Value {
    @Nullable String of(Facts facts);
  }

  /// The value for people, numbers with up to six significant digits.
  String shown(Facts facts) {
    return switch (value) {
      case Bool bool -> Shown.truth(bool.test(facts));
      case Num number -> Shown.number(number.of(facts));
      case Span span -> Shown.duration(span.seconds(facts));
      case Text text -> Shown.text(text.of(facts));
    };
  }
}
