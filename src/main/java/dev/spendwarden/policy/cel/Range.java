package dev.spendwarden.policy.cel;

/// The numbers from `low` to `high`, with or without the ends themselves. Infinity is a number.
record Range(double low, boolean withLow, double high, boolean withHigh) {

  static final Range ALL =
      new Range(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, true);

  static Range between(double low, double high) {
    return new Range(low, true, high, true);
  }

  static Range below(double high) {
    return new Range(Double.NEGATIVE_INFINITY, true, high, false);
  }

  /// What `x operator bound` leaves of all numbers; [#ALL] for operators that leave no one range.
  static Range of(String operator, double bound) {
    return switch (operator) {
      case "_<_" -> below(bound);
      case "_<=_" -> new Range(Double.NEGATIVE_INFINITY, true, bound, true);
      case "_>_" -> new Range(bound, false, Double.POSITIVE_INFINITY, true);
      case "_>=_" -> new Range(bound, true, Double.POSITIVE_INFINITY, true);
      case "_==_" -> between(bound, bound);
      default -> ALL;
    };
  }

  Range and(Range other) {
    boolean lowIsMine = low > other.low || low == other.low && !withLow;
    boolean highIsMine = high < other.high || high == other.high && !withHigh;
    return new Range(
        lowIsMine ? low : other.low,
        lowIsMine ? withLow : other.withLow,
        highIsMine ? high : other.high,
        highIsMine ? withHigh : other.withHigh);
  }

  boolean isEmpty() {
    return low > high || low == high && !(withLow && withHigh);
  }

  boolean isWithin(Range outer) {
    return and(outer).equals(this);
  }
}
