package dev.spendwarden.charge;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The one vocabulary by which charges, quotas and reports of all sources are told apart.
public enum Dimension {
  SOURCE,
  ACCOUNT,
  USER,
  WORKSPACE,
  PROJECT,
  MODEL,
  TOKEN_TYPE,
  SERVICE_TIER,
  COST_TYPE,
  QPU,
  PRODUCT,
  SKU,
  ORGANIZATION,
  REPOSITORY,
  COST_CENTER,
  CLIENT,
  REGION,
  REPORT_TYPE,
  /// Not stored with a charge: selects by the currency (or unit) the charge is in.
  CURRENCY,
  /// Not of charges: which receiver an alert about deliveries is about.
  RECEIVER,
  /// Not of charges: which policy an alert about policies is about.
  POLICY_NAME;

  private static final Map<String, Dimension> BY_WORD =
      Arrays.stream(values()).collect(Collectors.toMap(Dimension::word, Function.identity()));

  private final String word = name().toLowerCase(Locale.ROOT);

  /// The name used in YAML, JSON, metrics and the store.
  public String word() {
    return word;
  }

  /// Those by which charges can be selected, as words.
  public static List<String> selectable() {
    return Arrays.stream(values()).filter(Dimension::isOfCharges).map(Dimension::word).toList();
  }

  /// Whether a charge, quota or report can be told apart by it.
  public boolean isOfCharges() {
    return this != RECEIVER && this != POLICY_NAME;
  }

  public static Optional<Dimension> parse(String word) {
    return Optional.ofNullable(BY_WORD.get(word));
  }
}
