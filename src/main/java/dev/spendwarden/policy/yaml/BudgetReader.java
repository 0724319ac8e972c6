package dev.spendwarden.policy.yaml;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.PeriodSpec.Every;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Reads `budget` of a policy: limit, period, zone, net or gross.
final class BudgetReader {

  static final ZoneId UTC = ZoneId.of("UTC");

  private static final Set<String> CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> SAME_AS_UTC =
      Set.of("UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT", "Universal", "Etc/Universal");

  /// @param quotaLimit where `limit: quota` is written out
  /// @param foreignZone where a zone whose days are not UTC's is written
  record Read(
      Limit limit,
      PeriodSpec period,
      ZoneId zone,
      boolean gross,
      Optional<Place> quotaLimit,
      Optional<Place> foreignZone) {}

  private BudgetReader() {}

  static Read read(YamlMapping policy, Selection.Kind kind) {
    // The provider's counter comes with its limit; charges come without one.
    Limit limit = kind == Selection.Kind.QUOTA ? new Limit.Quota() : new Limit.None();
    PeriodSpec period = new PeriodSpec.Calendar(Every.MONTH);
    Optional<YamlMapping> found = policy.mapping("budget");
    if (found.isEmpty()) {
      return new Read(limit, period, UTC, false, Optional.empty(), Optional.empty());
    }
    YamlMapping budget = found.get();
    Optional<YamlValue> limitValue = budget.find("limit");
    if (limitValue.isPresent() && kind == Selection.Kind.REPORTS) {
      limitValue.get().error("'limit' has no meaning where the kind is reports");
    } else if (limitValue.isPresent()) {
      limit = readLimit(limitValue.get()).orElse(limit);
    }
    period = budget.find("period").flatMap(BudgetReader::readPeriod).orElse(period);
    Optional<YamlValue> zoneValue = budget.find("zone");
    ZoneId zone = zoneValue.flatMap(BudgetReader::readZone).orElse(UTC);
    boolean gross = budget.choice("amount", Vocabulary.either("net", "gross"), false);
    budget.finish();
    return new Read(
        limit,
        period,
        zone,
        gross,
        limitValue.filter(v -> v.isWord("quota")).map(YamlValue::place),
        SAME_AS_UTC.contains(zone.getId()) ? Optional.empty() : zoneValue.map(YamlValue::place));
  }

  private static Optional<Limit> readLimit(YamlValue value) {
    if (value.isWord("quota")) {
      return Optional.of(new Limit.Quota());
    }
    Optional<Amount> amount =
        readAmount(value, "'quota', or an amount with its unit such as 4000 USD");
    if (amount.isPresent() && amount.get().value().signum() < 0) {
      return value.wrong("0 or more");
    }
    return amount.map(Limit.Fixed::new);
  }

  /// `4000 USD`, `500 premium_requests`.
  static Optional<Amount> readAmount(YamlValue value, String expected) {
    Optional<String> text = value.scalar();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = text.get().strip().split(" +", -1);
    if (parts.length != 2) {
      return value.wrong(expected);
    }
    Optional<BigDecimal> number = YamlValue.parseDecimal(parts[0]);
    if (number.isEmpty()) {
      return value.wrong(expected);
    }
    String code = parts[1];
    String upper = code.toUpperCase(Locale.ROOT);
    if (!CURRENCIES.contains(code) && CURRENCIES.contains(upper)) {
      value.error("unknown unit " + YamlValue.quote(code) + "; did you mean '" + upper + "'?");
      return Optional.empty();
    }
    if (!Unit.isValid(code)) {
      value.error(
          "unknown unit "
              + YamlValue.quote(code)
              + "; a unit is a currency such as USD or a quantity such as premium_requests");
      return Optional.empty();
    }
    Unit unit = Unit.of(code);
    if (unit.isCurrency() && !CURRENCIES.contains(code)) {
      value.error(
          "unknown currency "
              + YamlValue.quote(code)
              + " (ISO 4217)"
              + Suggestion.text(code, new TreeSet<>(CURRENCIES)));
      return Optional.empty();
    }
    return Optional.of(new Amount(number.get(), unit));
  }

  private static String beyondWhatIsKept() {
    return "what quotas and monthly totals grew by is remembered for "
        + Durations.format(Ledger.GROWTH_KEPT)
        + ": over a longer rolling period they are told too low; daily charges are not";
  }

  private static Optional<PeriodSpec> readPeriod(YamlValue value) {
    if (value.isWord("none")) {
      return Optional.of(new PeriodSpec.None());
    }
    if (!value.isMapping()) {
      Map<String, PeriodSpec> words = new LinkedHashMap<>();
      Vocabulary.of(Every.class)
          .forEach((word, every) -> words.put(word, new PeriodSpec.Calendar(every)));
      words.put("none", new PeriodSpec.None());
      return value.choice(words);
    }
    YamlMapping mapping = value.mapping().orElseThrow();
    if (mapping.has("rolling")) {
      Optional<Duration> window =
          mapping.duration("rolling", Duration.ofMinutes(1), Durations.LONGEST);
      mapping.finish();
      window
          .filter(longer -> longer.compareTo(Ledger.GROWTH_KEPT) > 0)
          .ifPresent(
              longer -> mapping.problems().warning(mapping.placeOf("rolling"), beyondWhatIsKept()));
      return window.map(PeriodSpec.Rolling::new);
    }
    Optional<Every> every =
        mapping.require("every").flatMap(v -> v.choice(Vocabulary.of(Every.class)));
    int from = mapping.integer("from", 1, 1, every.map(BudgetReader::lastFrom).orElse(31));
    if (every.isPresent() && every.get() == Every.DAY && mapping.has("from")) {
      mapping
          .problems()
          .error(mapping.placeOf("from"), "'from' has no meaning where the period is a day");
    }
    mapping.finish();
    return every.map(e -> plainOrAnchored(e, mapping.has("from"), from));
  }

  private static PeriodSpec plainOrAnchored(Every every, boolean anchored, int from) {
    return anchored ? new PeriodSpec.Anchored(every, from) : new PeriodSpec.Calendar(every);
  }

  private static int lastFrom(Every every) {
    return every == Every.WEEK ? 7 : 31;
  }

  private static Optional<ZoneId> readZone(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Set<String> known = ZoneId.getAvailableZoneIds();
    if (known.contains(text.get())) {
      return Optional.of(ZoneId.of(text.get()));
    }
    value.error(
        "unknown zone "
            + YamlValue.quote(text.get())
            + "; it must be a name such as UTC or Europe/Berlin"
            + Suggestion.text(text.get(), new TreeSet<>(known)));
    return Optional.empty();
  }
}
