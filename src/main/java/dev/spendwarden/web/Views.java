package dev.spendwarden.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BudgetHistory;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Payload;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.sources.SourceHealth;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How each thing looks in JSON. The names are the contract's.
final class Views {

  /// A forecast is no better than this; more digits would only look exact.
  private static final MathContext FORECAST = new MathContext(12, RoundingMode.HALF_EVEN);

  private Views() {}

  static void budget(
      JsonGenerator out, BudgetView view, Snapshot snapshot, Predicate<Alert> silenced)
      throws IOException {
    out.writeStartObject();
    budgetFields(out, view, snapshot, silenced);
    out.writeEndObject();
  }

  /// The budget with what it spent on each of the last days, for a spark line.
  static void budget(
      JsonGenerator out,
      BudgetView view,
      Snapshot snapshot,
      Predicate<Alert> silenced,
      Optional<BudgetHistory> history)
      throws IOException {
    out.writeStartObject();
    budgetFields(out, view, snapshot, silenced);
    out.writeArrayFieldStart("spark");
    for (var day : history.map(BudgetHistory::days).orElse(List.of())) {
      out.writeString(Amount.plain(day.spent()));
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void budgetFields(
      JsonGenerator out, BudgetView view, Snapshot snapshot, Predicate<Alert> silenced)
      throws IOException {
    Assessment a = view.assessment();
    out.writeStringField("id", a.budget().id());
    out.writeStringField("policy", a.budget().policy());
    Json.texts(out, "labels", a.budget().labels().asWords());
    Json.text(out, "unit", a.unit().map(Unit::code));
    Json.text(out, "limit", a.limit().map(Amount::plain));
    Json.text(out, "spent", a.spent().map(Amount::plain));
    Json.number(out, "used", a.used());
    period(out, a);
    out.writeObjectFieldStart("burn");
    for (var burn : a.burn().entrySet()) {
      Json.number(out, burn.getKey(), burn.getValue());
    }
    out.writeEndObject();
    forecast(out, a);
    Json.number(out, "runway_seconds", a.runwaySeconds());
    Json.time(out, "data_as_of", a.dataAsOf());
    out.writeStringField("data_state", a.dataState().word());
    if (!a.unknownRules().isEmpty()) {
      Json.texts(out, "unknown_rules", a.unknownRules());
    }
    out.writeFieldName("alert");
    if (view.alert().isPresent()) {
      alert(out, view.alert().get(), snapshot, silenced);
    } else {
      out.writeNull();
    }
  }

  static void period(JsonGenerator out, Assessment a) throws IOException {
    out.writeObjectFieldStart("period");
    Json.time(out, "start", a.period().start());
    Json.time(out, "end", a.period().end());
    out.writeStringField("zone", zone(a.period().zone()));
    out.writeEndObject();
  }

  static void forecast(JsonGenerator out, Assessment a) throws IOException {
    if (a.forecast().isEmpty()) {
      out.writeNullField("forecast");
      return;
    }
    var forecast = a.forecast().get();
    out.writeObjectFieldStart("forecast");
    expected(out, "p10", forecast.p10());
    expected(out, "p50", forecast.p50());
    expected(out, "p90", forecast.p90());
    Json.number(out, "prob_over", forecast.probOver());
    out.writeEndObject();
  }

  private static void expected(JsonGenerator out, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      out.writeStringField(name, Amount.plain(new BigDecimal(value, FORECAST)));
    } else {
      out.writeNullField(name);
    }
  }

  static void alert(JsonGenerator out, Alert alert, Snapshot snapshot, Predicate<Alert> silenced)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("id", alert.id());
    out.writeStringField("policy", alert.policy());
    out.writeStringField("budget_id", alert.budgetId());
    Json.texts(out, "labels", labels(alert, snapshot));
    out.writeStringField("state", alert.state().word());
    out.writeStringField("severity", alert.severity().word());
    Json.texts(out, "rules", rules(alert));
    Json.time(out, "started_at", alert.startedAt());
    Json.time(out, "ended_at", alert.endedAt());
    Json.text(out, "reason", alert.reason().map(Alert.Reason::word));
    out.writeNumberField("sequence", alert.ordinal());
    out.writeBooleanField("silenced", silenced.test(alert));
    Json.text(out, "acked_by", alert.ackedBy());
    out.writeEndObject();
  }

  /// The policy's fixed labels and the budget's own, as receivers get them.
  static Map<String, String> labels(Alert alert, Snapshot snapshot) {
    var labels = new TreeMap<String, String>();
    Policy policy = snapshot.policies().get(alert.policy());
    if (policy != null) {
      labels.putAll(policy.labels());
    }
    labels.putAll(alert.budgetLabels().asWords());
    return labels;
  }

  private static Collection<String> rules(Alert alert) {
    return alert.state() == Alert.State.FIRING ? alert.firingRules() : alert.rules().keySet();
  }

  /// @param together the alerts of a group's notification, or the first of them
  static void notification(JsonGenerator out, Notification n, List<String> together)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("id", n.id());
    out.writeStringField("receiver", n.receiver());
    out.writeStringField("type", n.type());
    Json.text(out, "alert_id", n.alertId());
    Json.text(out, "budget_id", n.budgetId());
    about(out, n);
    Json.texts(out, "alerts", n.alertId().map(List::of).orElse(together));
    out.writeNumberField("alert_count", alertCount(n));
    out.writeStringField("state", n.state().word());
    out.writeNumberField("attempts", n.attempts());
    Json.text(out, "last_error", n.lastError());
    Json.time(out, "created_at", n.createdAt());
    Json.time(out, "next_attempt_at", n.nextAttemptAt());
    Json.time(out, "delivered_at", n.deliveredAt());
    out.writeEndObject();
  }

  /// The policy and labels of the one alert or action that it tells of.
  private static void about(JsonGenerator out, Notification n) throws IOException {
    if (n.budgetId().isEmpty()) {
      return;
    }
    Body body = Body.of(n);
    Body told = body.object("alert").isEmpty() ? body.object("action") : body.object("alert");
    Json.text(out, "policy", told.text("policy"));
    Json.texts(out, "labels", told.object("labels").asTexts());
  }

  /// How many alerts it tells of: one, none for a drill, or those of a group.
  private static int alertCount(Notification n) {
    if (!n.type().equals(Payload.OfGroup.TYPE)) {
      return n.alertId().isPresent() ? 1 : 0;
    }
    Body group = Body.of(n).object("group");
    return Stream.of("firing", "resolved")
        .flatMap(field -> group.number(field).stream())
        .mapToInt(BigDecimal::intValue)
        .sum();
  }

  static void source(JsonGenerator out, SourceHealth source) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", source.name());
    out.writeStringField("type", source.type());
    out.writeBooleanField("up", source.failure().isEmpty() && source.lastPoll().isPresent());
    Json.text(out, "failure", source.failure().map(reason -> reason.word()));
    out.writeStringField("detail", source.detail());
    Json.time(out, "last_success_at", source.lastSuccess());
    Json.time(out, "data_as_of", source.dataAsOf());
    Json.time(out, "last_poll_at", source.lastPoll());
    Json.time(out, "next_poll_at", source.nextPoll());
    Json.number(out, "last_poll_seconds", source.lastPollDuration().toNanos() / 1e9);
    out.writeEndObject();
  }

  static void report(JsonGenerator out, ReportStatus task) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", task.id());
    out.writeStringField("source", task.source());
    out.writeStringField("type", task.type());
    out.writeStringField("state", task.state().word());
    out.writeBooleanField("degraded", task.degraded());
    Json.time(out, "created_at", task.createdAt());
    Json.time(out, "updated_at", task.updatedAt());
    out.writeStringField("covers", task.covers());
    out.writeEndObject();
  }

  static void silence(JsonGenerator out, Commands.Silence silence) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", silence.id());
    out.writeObjectFieldStart("match");
    for (var entry : new TreeMap<>(silence.match()).entrySet()) {
      Json.texts(out, entry.getKey(), entry.getValue());
    }
    out.writeEndObject();
    Json.time(out, "starts_at", silence.startsAt());
    Json.time(out, "ends_at", silence.endsAt());
    out.writeStringField("comment", silence.comment());
    out.writeStringField("created_by", silence.createdBy());
    out.writeEndObject();
  }

  static void waiver(JsonGenerator out, GrantedWaiver granted) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", granted.id());
    out.writeStringField("policy", granted.policy());
    Json.texts(out, "labels", new TreeMap<>(granted.waiver().labels()));
    Json.time(out, "until", granted.waiver().until());
    Json.text(out, "raise", granted.waiver().raise().map(Amount::toString));
    out.writeBooleanField("mute", granted.waiver().mute());
    out.writeStringField("reason", granted.waiver().reason());
    out.writeStringField("by", granted.waiver().by());
    out.writeEndObject();
  }

  static void policy(JsonGenerator out, Policy policy) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", policy.name());
    out.writeStringField("description", policy.description());
    out.writeStringField("owner", policy.owner());
    out.writeStringField("runbook", policy.runbook());
    Json.texts(out, "labels", new TreeMap<>(policy.labels()));
    out.writeObjectFieldStart("select");
    Json.texts(out, "source", new TreeSet<>(policy.selection().sources()));
    out.writeStringField("kind", policy.selection().kind().word());
    selected(out, "where", policy.selection().where());
    selected(out, "not", policy.selection().not());
    out.writeEndObject();
    Json.texts(out, "per", policy.selection().per().stream().map(Dimension::word).toList());
    out.writeObjectFieldStart("budget");
    Json.text(out, "limit", limit(policy.limit()));
    out.writeStringField("period", period(policy.period()));
    out.writeStringField("zone", zone(policy.zone()));
    out.writeStringField("amount", policy.gross() ? "gross" : "net");
    out.writeEndObject();
    if (policy.receivers().isPresent()) {
      Json.texts(out, "notify", policy.receivers().get());
    } else {
      out.writeNullField("notify");
    }
    out.writeArrayFieldStart("rules");
    for (Rule rule : policy.rules()) {
      out.writeStartObject();
      rule(out, rule);
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /// The fields of a rule, for an object that the caller opened.
  static void rule(JsonGenerator out, Rule rule) throws IOException {
    out.writeStringField("name", rule.name());
    out.writeStringField("when", rule.when().text());
    out.writeStringField("for", duration(rule.holdFor()));
    out.writeStringField("keep_firing_for", duration(rule.keepFiringFor()));
    out.writeStringField("severity", rule.severity().word());
    out.writeStringField("summary", rule.summary());
    Json.texts(out, "actions", rule.actions());
  }

  private static void selected(JsonGenerator out, String name, Map<Dimension, Set<String>> values)
      throws IOException {
    out.writeObjectFieldStart(name);
    for (var entry : new TreeMap<>(values).entrySet()) {
      Json.texts(out, entry.getKey().word(), new TreeSet<>(entry.getValue()));
    }
    out.writeEndObject();
  }

  private static @Nullable String limit(Limit limit) {
    return switch (limit) {
      case Limit.Quota _ -> "quota";
      case Limit.Fixed fixed -> fixed.amount().toString();
      case Limit.None _ -> null;
    };
  }

  /// As the policy file has it, in words.
  private static String period(PeriodSpec period) {
    return switch (period) {
      case PeriodSpec.Calendar calendar -> word(calendar.every());
      case PeriodSpec.Anchored anchored -> word(anchored.every()) + " from " + anchored.from();
      case PeriodSpec.Rolling rolling -> "rolling " + duration(rolling.window());
      case PeriodSpec.None _ -> "none";
    };
  }

  /// Java calls the offset zero `Z`; people write `UTC`.
  private static String zone(ZoneId zone) {
    return zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
  }

  private static String word(PeriodSpec.Every every) {
    return every.name().toLowerCase(Locale.ROOT);
  }

  /// As the configuration writes durations: the largest unit that divides it.
  static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
