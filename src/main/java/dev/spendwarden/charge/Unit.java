package dev.spendwarden.charge;

import java.util.regex.Pattern;

/// What an amount counts: a currency by its ISO 4217 code (`USD`) or a named quantity in
/// `snake_case` (`quota`, `ai_credits`, `minutes`). Amounts of different units never meet.
public record Unit(String code) implements Comparable<Unit> {

  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final Pattern QUANTITY = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  public static final Unit USD = new Unit("USD");

  /// A provider's own counter whose unit it does not state.
  public static final Unit QUOTA = new Unit("quota");

  public Unit {
    if (!isValid(code)) {
      throw new IllegalArgumentException(
          "a unit is a currency such as USD or a quantity such as ai_credits, not '" + code + "'");
    }
  }

  public static Unit of(String code) {
    return code.equals("USD") ? USD : new Unit(code);
  }

  /// Whether `code` names a unit: three capitals, or `snake_case` of up to 64 characters.
  public static boolean isValid(String code) {
    return CURRENCY.matcher(code).matches() || QUANTITY.matcher(code).matches();
  }

  public boolean isCurrency() {
    return code.length() == 3 && Character.isUpperCase(code.charAt(0));
  }

  @Override
  public int compareTo(Unit other) {
    return code.compareTo(other.code);
  }

  @Override
  public String toString() {
    return code;
  }
}
