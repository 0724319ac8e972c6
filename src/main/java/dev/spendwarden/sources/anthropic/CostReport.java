package dev.spendwarden.sources.anthropic;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The cost report, page by page, mapped to one charge for each day and set of dimensions. Rows
/// that differ only in what is no dimension of ours (context window, geography, display text) are
/// added up. Pure but for what it gathers; not thread-safe.
final class CostReport {

  /// The most days Anthropic puts on a page.
  static final int DAYS_A_PAGE = 31;

  /// The `cost_type` of what was paid for tokens.
  static final String TOKENS = "tokens";

  private static final Duration DAY = Duration.ofDays(1);

  // Of a currency Java does not know.
  private static final int USUAL_MINOR_DIGITS = 2;

  private final Buckets buckets;
  private final Map<Key, BigDecimal> sums = new LinkedHashMap<>();

  private record Key(ChargePeriod day, Dimensions dimensions, Unit unit) {}

  /// @param first the first day that is asked for
  CostReport(LocalDate first, Instant now) {
    this.buckets = new Buckets(first.atStartOfDay(ZoneOffset.UTC).toInstant(), DAY, now);
  }

  /// Path and query of the report from `first` on. Without an end: days must end before it, so that
  /// an end of now would leave out today.
  static String query(LocalDate first) {
    return "cost_report?starting_at="
        + first
        + "T00:00:00Z&bucket_width=1d"
        + AdminApi.BY_WORKSPACE
        + "&group_by%5B%5D=description&limit="
        + DAYS_A_PAGE;
  }

  void add(JsonField page) throws MalformedAnswer {
    for (JsonField bucket : page.field("data").items()) {
      ChargePeriod day = buckets.add(bucket);
      for (JsonField row : bucket.field("results").items()) {
        Unit unit = unit(row.field("currency"));
        sums.merge(
            new Key(day, dimensions(row), unit),
            major(Rows.decimal(row.field("amount")), unit),
            BigDecimal::add);
      }
    }
  }

  /// What the report lacks, for people; empty when it is whole.
  Optional<String> gap() {
    return buckets.gap();
  }

  /// The days it tells of; only without a gap.
  ChargePeriod span() {
    return buckets.span();
  }

  List<Charge> charges(String source) {
    return sums.entrySet().stream()
        .map(sum ->
            new Charge(
                source,
                sum.getKey().day(),
                sum.getKey().dimensions(),
                sum.getKey().unit(),
                sum.getValue(),
                Optional.empty()))
        .toList();
  }

  private static Dimensions dimensions(JsonField row) throws MalformedAnswer {
    var values = new EnumMap<Dimension, String>(Dimension.class);
    values.put(Dimension.WORKSPACE, Rows.workspace(row));
    put(values, Dimension.COST_TYPE, row.field("cost_type"));
    put(values, Dimension.MODEL, row.field("model"));
    put(values, Dimension.TOKEN_TYPE, row.field("token_type"));
    put(values, Dimension.SERVICE_TIER, row.field("service_tier"));
    checkCut(row, values);
    return Dimensions.of(values);
  }

  // A row that lost what tells it apart, taken for the bill, would withdraw what the budgets of
  // every workspace or model were charged.
  private static void checkCut(JsonField row, Map<Dimension, String> values)
      throws MalformedAnswer {
    @Nullable String costType = values.get(Dimension.COST_TYPE);
    if (costType == null && row.field("description").isMissing()) {
      throw row.malformed("a row that is not cut by description, as was asked for");
    }
    if (TOKENS.equals(costType)
        && !(values.containsKey(Dimension.MODEL) && values.containsKey(Dimension.TOKEN_TYPE))) {
      throw row.malformed("tokens of no model or no type");
    }
  }

  private static void put(Map<Dimension, String> values, Dimension dimension, JsonField field)
      throws MalformedAnswer {
    Rows.nullable(field).ifPresent(value -> values.put(dimension, value));
  }

  private static Unit unit(JsonField currency) throws MalformedAnswer {
    String upper = currency.text().toUpperCase(Locale.ROOT);
    if (!upper.matches("[A-Z]{3}")) {
      throw currency.malformed("not a currency of three letters");
    }
    return Unit.of(upper);
  }

  /// Amounts come in the currency's smallest unit: cents of a dollar, but whole yen.
  private static BigDecimal major(BigDecimal minor, Unit unit) {
    int digits = USUAL_MINOR_DIGITS;
    try {
      digits = Math.max(Currency.getInstance(unit.code()).getDefaultFractionDigits(), 0);
    } catch (IllegalArgumentException e) {
      // Then the usual.
    }
    return minor.movePointLeft(digits);
  }
}
