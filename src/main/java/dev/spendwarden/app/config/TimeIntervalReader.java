package dev.spendwarden.app.config;

import dev.spendwarden.notify.Hours;
import dev.spendwarden.notify.TimeInterval;
import dev.spendwarden.notify.TimeInterval.Span;
import dev.spendwarden.notify.TimeInterval.Times;
import dev.spendwarden.policy.yaml.Suggestion;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `time_intervals` in Alertmanager's syntax.
final class TimeIntervalReader {

  private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-4]):([0-5][0-9])");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,4}");

  private static final int DAY_END = 24 * 60;

  /// From Sunday, as Alertmanager counts: `monday:friday` is a range, `saturday:monday` is not.
  private static final List<String> WEEKDAYS =
      List.of("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday");

  private static final List<String> MONTHS =
      List.of(Month.values()).stream().map(m -> m.name().toLowerCase(Locale.ROOT)).toList();

  private TimeIntervalReader() {}

  /// All of a file, by name.
  static Map<String, Hours.Named> readAll(YamlMapping file) {
    var names = new Names("time interval");
    var found = new LinkedHashMap<String, Hours.Named>();
    for (YamlMapping item : file.mappings("time_intervals")) {
      String name = names.read(item);
      var intervals = new ArrayList<TimeInterval>();
      item.require("time_intervals");
      for (YamlMapping interval : item.mappings("time_intervals")) {
        intervals.add(read(interval));
      }
      item.finish();
      found.putIfAbsent(name, new Hours.Named(name, intervals));
    }
    return found;
  }

  private static TimeInterval read(YamlMapping interval) {
    var times = new ArrayList<Times>();
    for (YamlMapping item : interval.mappings("times")) {
      readTimes(item).ifPresent(times::add);
    }
    List<Span> weekdays = readSpans(interval, "weekdays", text -> indexOf(text, WEEKDAYS, 0));
    List<Span> days = readDays(interval);
    List<Span> months =
        readSpans(
            interval,
            "months",
            text -> indexOf(text, MONTHS, 1).or(() -> number(text).filter(n -> n > 0 && n < 13)));
    List<Span> years =
        readSpans(interval, "years", text -> number(text).filter(year -> year >= 1970));
    ZoneId zone =
        interval.find("location").map(TimeIntervalReader::readZone).orElse(ZoneOffset.UTC);
    interval.finish();
    return new TimeInterval(times, asDays(weekdays), days, months, years, zone);
  }

  private static Optional<Times> readTimes(YamlMapping item) {
    Optional<Integer> start = item.require("start_time").flatMap(TimeIntervalReader::readTime);
    Optional<Integer> end = item.require("end_time").flatMap(TimeIntervalReader::readTime);
    item.finish();
    if (start.isEmpty() || end.isEmpty()) {
      return Optional.empty();
    }
    if (start.get() >= end.get()) {
      item.problems()
          .error(
              item.placeOf("end_time"),
              "'end_time' must be after 'start_time'; a night is two entries, to 24:00 and from"
                  + " 00:00");
      return Optional.empty();
    }
    return Optional.of(new Times(start.get(), end.get()));
  }

  /// Minutes of the day. YAML readers that take 09:30 for a number in base 60 are not used here.
  private static Optional<Integer> readTime(YamlValue value) {
    Optional<String> text = value.scalar();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher parts = TIME.matcher(text.get());
    if (parts.matches()) {
      int minutes = Integer.parseInt(parts.group(1)) * 60 + Integer.parseInt(parts.group(2));
      if (minutes <= DAY_END) {
        return Optional.of(minutes);
      }
    }
    return value.wrong("a time of the day from 00:00 to 24:00, such as 09:30");
  }

  @FunctionalInterface
  private interface Word {
    Optional<Integer> value(String text);
  }

  /// Ranges `first:last`, or single values.
  private static List<Span> readSpans(YamlMapping interval, String key, Word word) {
    var spans = new ArrayList<Span>();
    for (YamlValue item : interval.find(key).map(YamlValue::oneOrMore).orElse(List.of())) {
      readSpan(item, key, word)
          .filter(span -> isInOrder(item, span.first(), span.last()))
          .ifPresent(spans::add);
    }
    return spans;
  }

  private static Optional<Span> readSpan(YamlValue item, String key, Word word) {
    Optional<String> text = item.scalar();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String[] ends = text.get().toLowerCase(Locale.ROOT).split(":", -1);
    for (String end : ends) {
      if (ends.length > 2 || word.value(end.strip()).isEmpty()) {
        return item.wrong(expected(key), hint(end.strip(), key));
      }
    }
    return Optional.of(
        new Span(
            word.value(ends[0].strip()).orElseThrow(),
            word.value(ends[ends.length - 1].strip()).orElseThrow()));
  }

  private static String expected(String key) {
    return switch (key) {
      case "weekdays" -> "a weekday or a range such as monday:friday";
      case "months" -> "a month or a range such as april:june or 4:6";
      case "years" -> "a year or a range such as 2027:2029";
      default -> "a day or a range such as 1:5, or -3:-1 for the last three";
    };
  }

  private static String hint(String word, String key) {
    return switch (key) {
      case "weekdays" -> Suggestion.text(word, WEEKDAYS);
      case "months" -> Suggestion.text(word, MONTHS);
      default -> "";
    };
  }

  private static boolean isInOrder(YamlValue item, int first, int last) {
    if (first > last) {
      item.error(
          "the range "
              + YamlValue.quote(item.scalar().orElse(""))
              + " ends before it begins; write it as two (weeks begin on Sunday here)");
    }
    return first <= last;
  }

  /// Days count from the month's start, or (negative) from its end; a range may do both.
  private static List<Span> readDays(YamlMapping interval) {
    String key = "days_of_month";
    var spans = new ArrayList<Span>();
    for (YamlValue item : interval.find(key).map(YamlValue::oneOrMore).orElse(List.of())) {
      Optional<Span> span =
          readSpan(item, key, text -> number(text).filter(n -> n != 0 && Math.abs(n) <= 31));
      if (span.isEmpty()) {
        continue;
      }
      int first = span.get().first();
      int last = span.get().last();
      boolean mixed = first > 0 && last < 0;
      if (first < 0 && last > 0) {
        item.error("a range of days that begins at the month's end must end there too");
      } else if (mixed || isInOrder(item, first, last)) {
        spans.add(span.get());
      }
    }
    return spans;
  }

  private static Optional<Integer> indexOf(String text, List<String> words, int from) {
    int index = words.indexOf(text);
    return index < 0 ? Optional.empty() : Optional.of(index + from);
  }

  private static Optional<Integer> number(String text) {
    return NUMBER.matcher(text).matches() ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }

  private static Set<DayOfWeek> asDays(List<Span> spans) {
    var days = EnumSet.noneOf(DayOfWeek.class);
    for (Span span : spans) {
      for (int day = span.first(); day <= span.last(); day++) {
        days.add(day == 0 ? DayOfWeek.SUNDAY : DayOfWeek.of(day));
      }
    }
    return days;
  }

  private static ZoneId readZone(YamlValue value) {
    Optional<String> name = value.text();
    try {
      return name.map(ZoneId::of).orElse(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      value.error(
          "unknown time zone "
              + YamlValue.quote(name.orElse(""))
              + Suggestion.text(name.orElse(""), ZoneId.getAvailableZoneIds()));
      return ZoneOffset.UTC;
    }
  }
}
