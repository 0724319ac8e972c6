package dev.spendwarden.sources.gcore;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Expense rows mapped to charges. Pure.
///
/// Every row is booked on the day it is `for_date`, whatever `period_range` says. For the daily
/// rows that is the same. A row over a month (an overcommit, which appears when the month is over)
/// is one amount booked on one day: as a charge of a month's length the ledger would take it for a
/// running total. And the list is filtered by `for_date`: only by the same date is a row that was
/// withdrawn known to be missing from the window that was read.
final class GcoreExpenses {

  /// The days that are read.
  ///
  /// @param first included
  /// @param last included
  record Window(LocalDate first, LocalDate last) {

    boolean contains(LocalDate day) {
      return !day.isBefore(first) && !day.isAfter(last);
    }

    ChargePeriod span() {
      return new ChargePeriod(
          first.atStartOfDay(ZoneOffset.UTC).toInstant(),
          last.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }
  }

  private record Key(LocalDate day, Dimensions dimensions, Unit unit) {}

  private GcoreExpenses() {}

  /// The charges of the rows: rows of one day, one set of dimensions and one currency are summed.
  static List<Charge> charges(String source, List<JsonField> rows, Window window)
      throws MalformedAnswer {
    Map<Key, BigDecimal> sums = new LinkedHashMap<>();
    for (JsonField row : rows) {
      LocalDate day = GcoreFields.day(row.field("for_date"));
      BigDecimal money = GcoreFields.decimal(row.field("money_value"));
      Unit unit = currency(row.field("currency").field("char_code"));
      boolean deleted = row.field("deleted").optionalBoolean().orElse(false);
      // Both are filtered by the query; a server that overlooks a filter adds nothing to the books.
      if (!deleted && window.contains(day)) {
        sums.merge(new Key(day, dimensions(row), unit), money, BigDecimal::add);
      }
    }
    List<Charge> charges = new ArrayList<>(sums.size());
    sums.forEach((key, money) ->
        charges.add(
            new Charge(
                source,
                ChargePeriod.ofUtcDay(key.day()),
                key.dimensions(),
                key.unit(),
                money,
                Optional.empty())));
    return charges;
  }

  private static Unit currency(JsonField code) throws MalformedAnswer {
    String upper = code.text().toUpperCase(Locale.ROOT);
    if (!upper.matches("[A-Z]{3}")) {
      throw code.malformed("not a currency of three letters");
    }
    return Unit.of(upper);
  }

  // Nested objects are documented as required, and null all the same.
  private static Dimensions dimensions(JsonField row) throws MalformedAnswer {
    var values = new EnumMap<Dimension, String>(Dimension.class);
    Optional<String> client = GcoreFields.optionalId(row.field("client_id"));
    if (client.isEmpty()) {
      client = GcoreFields.optionalId(GcoreFields.inside(row.field("client"), "id"));
    }
    put(values, Dimension.ACCOUNT, GcoreFields.optionalId(row.field("payer_id")));
    put(values, Dimension.CLIENT, client);
    put(values, Dimension.PRODUCT, name(row.field("product")));
    put(values, Dimension.SKU, row.field("metric_ext_name").optionalText());
    put(values, Dimension.REGION, name(row.field("region")));
    return Dimensions.of(values);
  }

  private static Optional<String> name(JsonField object) throws MalformedAnswer {
    return GcoreFields.inside(object, "name").optionalText();
  }

  private static void put(
      Map<Dimension, String> values, Dimension dimension, Optional<String> value) {
    value.filter(text -> !text.isBlank()).ifPresent(text -> values.put(dimension, text));
  }
}
