package dev.spendwarden.sources.anthropic;

import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tokens by the hour since yesterday's start, page by page, under the dimensions the cost report
/// has for them. Gathers what it is given; not thread-safe.
final class UsageReport {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final List<String> PLAIN =
      List.of("uncached_input_tokens", "cache_read_input_tokens", "output_tokens");
  private static final List<String> WRITTEN =
      List.of("ephemeral_1h_input_tokens", "ephemeral_5m_input_tokens");
  private static final String CACHE_CREATION = "cache_creation";

  // Yesterday for its prices, and an hour more: shortly after midnight, a window of just under a
  // day
  // begins before yesterday did.
  private static final Duration BACK = Duration.ofHours(25);

  // Usage is there after five minutes, usually. An hour that still grows would look like a pause.
  private static final Duration SETTLING = Duration.ofMinutes(15);

  private final Instant now;
  private final Instant first;
  private final Buckets buckets;
  private final Map<Key, BigDecimal> tokens = new LinkedHashMap<>();

  /// Tokens of one kind in one hour.
  record Key(ChargePeriod hour, Dimensions dimensions) {}

  UsageReport(Instant now) {
    this.now = now;
    this.first = now.truncatedTo(ChronoUnit.DAYS).minus(BACK);
    this.buckets = new Buckets(first, HOUR, now);
  }

  /// Path and query of the report, up to a week of hours a page.
  String query() {
    return "usage_report/messages?starting_at="
        + first
        + "&bucket_width=1h"
        + AdminApi.BY_WORKSPACE
        + "&group_by%5B%5D=model&group_by%5B%5D=service_tier&limit=168";
  }

  void add(JsonField page) throws MalformedAnswer {
    for (JsonField bucket : page.field("data").items()) {
      ChargePeriod hour = buckets.add(bucket);
      for (JsonField row : bucket.field("results").items()) {
        add(hour, row);
      }
    }
  }

  private void add(ChargePeriod hour, JsonField row) throws MalformedAnswer {
    var of = new EnumMap<Dimension, String>(Dimension.class);
    of.put(Dimension.WORKSPACE, Rows.workspace(row));
    of.put(Dimension.COST_TYPE, CostReport.TOKENS);
    Rows.nullable(row.field("model")).ifPresent(model -> of.put(Dimension.MODEL, model));
    Rows.nullable(row.field("service_tier")).ifPresent(t -> of.put(Dimension.SERVICE_TIER, t));
    Dimensions dimensions = Dimensions.of(of);
    for (String type : PLAIN) {
      add(hour, dimensions, type, row.field(type));
    }
    JsonField written = row.field(CACHE_CREATION);
    for (String type : WRITTEN) {
      // The cost report calls them by their whole path.
      add(hour, dimensions, CACHE_CREATION + "." + type, written.field(type));
    }
  }

  private void add(ChargePeriod hour, Dimensions dimensions, String type, JsonField count)
      throws MalformedAnswer {
    BigDecimal number = count.number();
    if (number.signum() < 0) {
      throw count.malformed("a count below zero");
    }
    if (number.signum() > 0) {
      tokens.merge(
          new Key(hour, dimensions.with(Dimension.TOKEN_TYPE, type)), number, BigDecimal::add);
    }
  }

  /// What the report lacks, for people; empty when it is whole.
  Optional<String> gap() {
    return buckets.gap();
  }

  /// The hours that have ended and are not growing any more.
  ChargePeriod settled() {
    return new ChargePeriod(first, now.minus(SETTLING).truncatedTo(ChronoUnit.HOURS));
  }

  Map<Key, BigDecimal> tokens() {
    return tokens;
  }
}
