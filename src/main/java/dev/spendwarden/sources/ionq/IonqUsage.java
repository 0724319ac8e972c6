package dev.spendwarden.sources.ionq;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.sources.ionq.IonqUsageSource.GroupBy;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The v0.4 usage mapped to a reading. Pure.
///
/// Each day lists its five most expensive groups only; what they leave of the day's amount becomes
/// a charge of [#OTHER], so that the charges of a day sum to the day. Who is among the five changes
/// with the day's course. A group that is no longer listed keeps what was seen of it, as far as the
/// remainder holds that much: falling out of the five is not getting money back.
final class IonqUsage {

  /// The user or project of what is not broken down.
  static final String OTHER = "other";

  /// @param end exclusive, as v0.4 takes it
  record Days(LocalDate start, LocalDate end) {
    Instant from() {
      return start.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    boolean contains(LocalDate day) {
      return !day.isBefore(start) && day.isBefore(end);
    }
  }

  private final IonqSettings settings;
  private final GroupBy groupBy;
  private final Days asked;
  private final Seen before;

  private IonqUsage(IonqSettings settings, GroupBy groupBy, Days asked, Seen before) {
    this.settings = settings;
    this.groupBy = groupBy;
    this.asked = asked;
    this.before = before;
  }

  /// What each group cost on each day, as far as an answer has told.
  record Seen(Map<LocalDate, Map<String, BigDecimal>> days) {

    /// What charges tell of their groups.
    static Seen in(Collection<Charge> charges, GroupBy groupBy) {
      Map<LocalDate, Map<String, BigDecimal>> days = new HashMap<>();
      for (Charge charge : charges) {
        String group = charge.dimensions().get(dimension(groupBy)).orElse(OTHER);
        if (!group.equals(OTHER)) {
          days.computeIfAbsent(
                  LocalDate.ofInstant(charge.period().start(), ZoneOffset.UTC),
                  _ -> new TreeMap<>())
              .put(group, charge.net());
        }
      }
      return new Seen(days);
    }

    Map<String, BigDecimal> on(LocalDate day) {
      return days.getOrDefault(day, Map.of());
    }
  }

  /// @param window the configured window: the reading covers its days to come as well, for which
  ///   nothing can be charged yet
  /// @param before what the former reading told
  /// @throws MalformedAnswer when the usage is not what was asked for or lacks a figure
  static Reading read(
      byte[] body,
      IonqSettings settings,
      GroupBy groupBy,
      Days asked,
      IonqWindow.Dates window,
      Seen before,
      Instant now)
      throws MalformedAnswer {
    List<Charge> charges =
        new IonqUsage(settings, groupBy, asked, before).charges(JsonReader.read(body));
    Instant start = asked.from();
    Instant end = asked.end().atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant windowEnd = window.span().end();
    return new Reading(
        settings.name(),
        now,
        charges,
        List.of(),
        List.of(),
        List.of(new ChargePeriod(start, end.isAfter(windowEnd) ? end : windowEnd)),
        Reading.Vanished.WITHDRAWN);
  }

  /// As the query and the answer write it.
  static String word(GroupBy groupBy) {
    return groupBy.name().toLowerCase(Locale.ROOT);
  }

  private List<Charge> charges(JsonField usage) throws MalformedAnswer {
    checkEcho(usage.field("group_type"), word(groupBy));
    checkEcho(usage.field("modality"), "daily");
    Unit unit = unit(usage.field("usage_unit"));
    List<JsonField> days = usage.field("usage_data").items();
    Optional<BigDecimal> total = usage.field("amount_total").optionalNumber();
    if (days.isEmpty() && total.isPresent() && total.get().signum() != 0) {
      throw usage.field("usage_data").malformed("empty, though the total is not zero");
    }
    List<Charge> charges = new ArrayList<>();
    Set<LocalDate> seen = new HashSet<>();
    for (JsonField day : days) {
      LocalDate date = date(day.field("from"));
      if (!asked.contains(date)) {
        throw day.field("from").malformed("a day that was not asked for");
      }
      if (!seen.add(date)) {
        throw day.field("from").malformed("stands there twice");
      }
      for (var part : parts(day, before.on(date)).entrySet()) {
        charges.add(
            new Charge(
                settings.name(),
                ChargePeriod.ofUtcDay(date),
                Dimensions.of(dimension(groupBy), part.getKey()),
                unit,
                part.getValue(),
                Optional.empty()));
      }
    }
    return charges;
  }

  /// What each group cost on a day, and [#OTHER] what they leave. The remainder may be negative
  /// where IonQ rounds the groups: the sum counts.
  private static Map<String, BigDecimal> parts(JsonField day, Map<String, BigDecimal> before)
      throws MalformedAnswer {
    BigDecimal remainder = day.field("amount").number();
    Map<String, BigDecimal> parts = new LinkedHashMap<>();
    JsonField groups = day.field("group_usages");
    for (JsonField group : groups.isMissing() ? List.<JsonField>of() : groups.items()) {
      BigDecimal amount = group.field("amount").number();
      Optional<String> id = group.field("group_id").optionalText().filter(t -> !t.isBlank());
      // Jobs that belong to no project stay in the remainder.
      if (id.isPresent()) {
        if (parts.putIfAbsent(id.get(), amount) != null) {
          throw group.field("group_id").malformed("stands there twice");
        }
        remainder = remainder.subtract(amount);
      }
    }
    for (var group : before.entrySet()) {
      BigDecimal kept = group.getValue().min(remainder);
      if (!parts.containsKey(group.getKey()) && kept.signum() > 0) {
        parts.put(group.getKey(), kept);
        remainder = remainder.subtract(kept);
      }
    }
    if (remainder.signum() != 0) {
      parts.merge(OTHER, remainder, BigDecimal::add);
    }
    return parts;
  }

  private static Dimension dimension(GroupBy groupBy) {
    return switch (groupBy) {
      case USER -> Dimension.USER;
      case PROJECT -> Dimension.PROJECT;
    };
  }

  // Weeks taken for days, or projects for users, would be plausible figures, which is worse than
  // none. Other parts of the echo are not checked: IonQ's own example contradicts itself there.
  private static void checkEcho(JsonField echoed, String asked) throws MalformedAnswer {
    Optional<String> text = echoed.optionalText();
    if (text.isPresent() && !text.get().equalsIgnoreCase(asked)) {
      throw echoed.malformed("not what was asked for, " + asked);
    }
  }

  /// A currency however it is written, or a named quantity; money in US dollars where none stands.
  private static Unit unit(JsonField field) throws MalformedAnswer {
    String text = field.optionalText().filter(t -> !t.isBlank()).orElse("USD");
    String upper = text.toUpperCase(Locale.ROOT);
    if (upper.matches("[A-Z]{3}")) {
      return Unit.of(upper);
    }
    String lower = text.toLowerCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
    if (!Unit.isValid(lower)) {
      throw field.malformed("not a unit");
    }
    return Unit.of(lower);
  }

  /// The UTC day a date, or a moment with its offset, falls on.
  private static LocalDate date(JsonField field) throws MalformedAnswer {
    String text = field.text();
    try {
      return text.length() <= 10
          ? LocalDate.parse(text)
          : LocalDate.ofInstant(OffsetDateTime.parse(text).toInstant(), ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw field.malformed("expected a date");
    }
  }
}
