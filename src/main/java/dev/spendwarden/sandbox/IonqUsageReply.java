package dev.spendwarden.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.TemporalAdjusters;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The answer of v0.4's usage: the same books as the v0.3 report, cut by day, week or month (newest
/// first) and in each by its five most expensive users, projects or jobs. The end date is exclusive
/// here.
final class IonqUsageReply {

  private static final int LISTED_GROUPS = 5;
  private static final BigDecimal MICROS_PER_UNIT = new BigDecimal("140125");
  private static final List<String> PARAMETERS =
      List.of("start_date", "end_date", "group_by", "modality");

  private final LocalDate start;
  private final LocalDate end;
  private final String groupBy;
  private final String modality;
  private final Collection<IonqTwin.Member> members;

  private IonqUsageReply(
      LocalDate start,
      LocalDate end,
      String groupBy,
      String modality,
      Collection<IonqTwin.Member> members) {
    this.start = start;
    this.end = end;
    this.groupBy = groupBy;
    this.modality = modality;
    this.members = members;
  }

  static Reply to(Call call, Collection<IonqTwin.Member> members) {
    for (String parameter : call.query().keySet()) {
      if (!PARAMETERS.contains(parameter)) {
        return IonqTwin.invalid(parameter, "is not allowed");
      }
    }
    for (String parameter : PARAMETERS) {
      if (call.query(parameter).isEmpty()) {
        return IonqTwin.invalid(parameter, "is required");
      }
    }
    Optional<LocalDate> start = date(call, "start_date");
    Optional<LocalDate> end = date(call, "end_date");
    if (start.isEmpty() || end.isEmpty() || !start.get().isBefore(end.get())) {
      return IonqTwin.invalid(
          start.isEmpty() ? "start_date" : "end_date", "must be a valid date after the start");
    }
    String groupBy = call.query("group_by").orElseThrow();
    if (!List.of("user", "project", "job").contains(groupBy)) {
      return IonqTwin.invalid("group_by", "must be one of [job, project, user]");
    }
    String modality = call.query("modality").orElseThrow();
    if (!List.of("daily", "weekly", "monthly").contains(modality)) {
      return IonqTwin.invalid("modality", "must be one of [daily, weekly, monthly]");
    }
    return Reply.json(
        new IonqUsageReply(start.get(), end.get(), groupBy, modality, members)
            .body(call.path("organization")));
  }

  private static Optional<LocalDate> date(Call call, String parameter) {
    try {
      return call.query(parameter).map(LocalDate::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private JsonObject body(String organization) {
    var slices = new JsonArray();
    BigDecimal total = BigDecimal.ZERO;
    int jobs = 0;
    for (LocalDate last = end.minusDays(1); !last.isBefore(start); ) {
      LocalDate first = later(firstOfSlice(last), start);
      JsonObject slice = slice(first, last);
      if (slice.getInteger("job_count") > 0) {
        slices.add(slice);
        total = total.add((BigDecimal) slice.getValue("amount"));
        jobs += slice.getInteger("job_count");
      }
      last = first.minusDays(1);
    }
    return new JsonObject()
        .put("organization", organization)
        .put("group_type", groupBy)
        .put("modality", modality)
        .put("usage_from", start + "T00:00:00Z")
        .put("usage_to", end + "T00:00:00Z")
        .put("usage_unit", "usd")
        .put("amount_total", Json.number(total))
        .put("job_count", jobs)
        .put("time_us_total", Json.number(total.abs().multiply(MICROS_PER_UNIT)))
        .put("usage_data", slices);
  }

  private JsonObject slice(LocalDate first, LocalDate last) {
    var amounts = new TreeMap<String, BigDecimal>();
    var jobs = new TreeMap<String, Integer>();
    BigDecimal amount = BigDecimal.ZERO;
    int count = 0;
    for (IonqTwin.Member member : members) {
      for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
        BigDecimal spent = member.on(day);
        int ran = member.jobs(day, day);
        amount = amount.add(spent);
        count += ran;
        String group = group(member, day);
        if (!group.isEmpty() && ran > 0) {
          amounts.merge(group, spent, BigDecimal::add);
          jobs.merge(group, ran, Integer::sum);
        }
      }
    }
    var groups = new JsonArray();
    amounts.entrySet().stream()
        .sorted(Map.Entry.<String, BigDecimal>comparingByValue().reversed())
        .limit(LISTED_GROUPS)
        .forEach(group ->
            groups.add(
                figures(group.getValue(), jobs.getOrDefault(group.getKey(), 0))
                    .put("group_id", group.getKey())
                    .put("group_name", groupBy.toUpperCase(Locale.ROOT) + " " + group.getKey())));
    return figures(amount, count)
        .put("from", first + "T00:00:00Z")
        .put("to", last.plusDays(1) + "T00:00:00Z")
        .put("group_usages", groups);
  }

  private String group(IonqTwin.Member member, LocalDate day) {
    return switch (groupBy) {
      case "project" -> member.project();
      case "job" -> "job-" + member.id() + "-" + day;
      default -> member.id();
    };
  }

  private LocalDate firstOfSlice(LocalDate last) {
    return switch (modality) {
      case "weekly" -> last.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case "monthly" -> last.withDayOfMonth(1);
      default -> last;
    };
  }

  private static JsonObject figures(BigDecimal amount, int jobs) {
    return new JsonObject()
        .put("amount", Json.number(amount))
        .put("job_count", jobs)
        .put("time_us", Json.number(amount.abs().multiply(MICROS_PER_UNIT)));
  }

  private static LocalDate later(LocalDate a, LocalDate b) {
    return a.isAfter(b) ? a : b;
  }
}
