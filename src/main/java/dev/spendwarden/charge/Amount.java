package dev.spendwarden.charge;

import java.math.BigDecimal;

/// An exact decimal with its unit. Never passes through `double`; adding two units is a bug and
/// throws.
public record Amount(BigDecimal value, Unit unit) {

  public static Amount of(String value, Unit unit) {
    return new Amount(new BigDecimal(value), unit);
  }

  public static Amount zero(Unit unit) {
    return new Amount(BigDecimal.ZERO, unit);
  }

  public Amount plus(Amount other) {
    requireSameUnit(other);
    return new Amount(value.add(other.value), unit);
  }

  public Amount minus(Amount other) {
    requireSameUnit(other);
    return new Amount(value.subtract(other.value), unit);
  }

  /// Whether this amount has come up to `limit`; exactly at it counts.
  public boolean reaches(Amount limit) {
    requireSameUnit(limit);
    return value.compareTo(limit.value) >= 0;
  }

  /// The plain decimal as the API writes it: no exponent, no trailing zeros behind the point.
  public String plain() {
    return plain(value);
  }

  /// See [#plain()].
  public static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  private void requireSameUnit(Amount other) {
    if (!unit.equals(other.unit)) {
      throw new IllegalArgumentException("cannot combine " + unit + " with " + other.unit);
    }
  }

  @Override
  public String toString() {
    return plain() + " " + unit;
  }
}
