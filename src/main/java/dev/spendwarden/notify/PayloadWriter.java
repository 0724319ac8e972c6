package dev.spendwarden.notify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes a [Payload] as JSON: fields in the order of CONTRACT section 6, amounts as plain decimal
/// strings, ratios as numbers, times in UTC, null for what is not known.
final class PayloadWriter {

  private static final JsonFactory JSON = new JsonFactory();

  /// A forecast is an estimate: four decimals say all it knows.
  private static final int FORECAST_DECIMALS = 4;

  /// How much of others' text goes in. Tried from the widest on until the body is small enough; the
  /// last one always is: at most 3 bytes of UTF-8 for each character, about 13 kB in all.
  private static final List<Bounds> BOUNDS =
      List.of(
          new Bounds(500, 256, 32, 5, 50),
          new Bounds(300, 100, 24, 3, 20),
          new Bounds(200, 48, 16, 0, 8));

  private final JsonGenerator json;
  private final Bounds bounds;

  private PayloadWriter(JsonGenerator json, Bounds bounds) {
    this.json = json;
    this.bounds = bounds;
  }

  /// @param text characters of a sentence or address
  /// @param name characters of a name, a label or its value
  /// @param labels labels of one set
  /// @param top contributors
  /// @param list entries of any other list
  private record Bounds(int text, int name, int labels, int top, int list) {}

  static String write(Payload payload) {
    String body = "";
    for (Bounds bounds : BOUNDS) {
      body = write(payload, bounds);
      if (isShorter(body, Payload.MAX_BYTES)) {
        return body;
      }
    }
    return body;
  }

  /// See [Payload.OfAlert#part].
  static String writePart(Payload.OfAlert payload) {
    String part = "";
    for (Bounds bounds : BOUNDS) {
      part = writePart(payload, bounds);
      if (isShorter(part, Payload.MAX_BYTES - GroupWriter.ROOM)) {
        return part;
      }
    }
    return part;
  }

  /// In UTF-8, of which a character of Java's is at most three bytes: most are short enough for
  /// that without being encoded.
  private static boolean isShorter(String text, int bytes) {
    return text.length() * 3 < bytes || text.getBytes(StandardCharsets.UTF_8).length < bytes;
  }

  private static String writePart(Payload.OfAlert payload, Bounds bounds) {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      new PayloadWriter(json, bounds).alert(payload);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }

  private static String write(Payload payload, Bounds bounds) {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      var writer = new PayloadWriter(json, bounds);
      json.writeStartObject();
      writer.envelope(payload.envelope());
      switch (payload) {
        case Payload.OfAlert alert -> writer.alert(alert);
        case Payload.OfPart part -> new GroupWriter(json).part(part);
        case Payload.OfGroup group -> new GroupWriter(json).group(group);
        case Payload.Drill drill -> writer.drill(drill);
        case Payload.Heartbeat heartbeat -> writer.heartbeat(heartbeat);
        case Payload.OfAction action -> writer.action(action);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }

  private void envelope(Payload.Envelope envelope) throws IOException {
    json.writeStringField("id", envelope.id());
    json.writeStringField("type", envelope.type());
    time("time", envelope.time());
    json.writeNumberField("sequence", envelope.sequence());
    name("receiver", envelope.receiver());
  }

  private void alert(Payload.OfAlert payload) throws IOException {
    Transition transition = payload.transition();
    Assessment assessment = transition.assessment();
    json.writeObjectFieldStart("alert");
    alertFields(transition, payload.summary());
    json.writeEndObject();
    json.writeObjectFieldStart("budget");
    budgetFields(assessment, transition.policy().waivers());
    json.writeEndObject();
    top(assessment, payload);
    links(payload.externalUrl(), Optional.of(assessment.budget().id()));
  }

  private void alertFields(Transition transition, String summary) throws IOException {
    Alert alert = transition.alert();
    name("id", alert.id());
    name("policy", alert.policy());
    json.writeStringField("severity", alert.severity().word());
    text("former_severity", transition.formerSeverity().map(Severity::word).orElse(null));
    json.writeStringField("state", alert.state().word());
    names("rules", List.copyOf(alert.firingRules()));
    json.writeFieldName("labels");
    labels(labelsOf(transition));
    text("summary", summary);
    address("runbook", transition.policy().runbook());
    time("started_at", alert.startedAt());
    time("ended_at", alert.endedAt().orElse(null));
    text("reason", alert.reason().map(Alert.Reason::word).orElse(null));
  }

  /// The budget's labels in vocabulary order, then the policy's by name. A budget's label wins over
  /// a policy's of the same name: it tells budgets apart.
  private static Map<String, String> labelsOf(Transition transition) {
    Map<String, String> all = transition.alert().budgetLabels().asWords();
    new TreeMap<>(transition.policy().labels()).forEach(all::putIfAbsent);
    return all;
  }

  private void budgetFields(Assessment assessment, List<Policy.Waiver> waivers) throws IOException {
    name("id", assessment.budget().id());
    text("unit", assessment.unit().map(unit -> unit.code()).orElse(null));
    amount("limit", assessment.limit().orElse(null));
    amount("spent", assessment.spent().orElse(null));
    number("used", assessment.used().orElse(Double.NaN));
    json.writeObjectFieldStart("period");
    time("start", assessment.period().start());
    time("end", assessment.period().end());
    json.writeStringField("zone", zone(assessment.period().zone()));
    json.writeEndObject();
    json.writeObjectFieldStart("burn");
    int windows = 0;
    for (var entry : assessment.burn().entrySet()) {
      if (windows++ == bounds.list()) {
        break;
      }
      number(ForeignText.clean(entry.getKey(), bounds.name()), entry.getValue());
    }
    json.writeEndObject();
    forecast(assessment.forecast());
    number("runway_seconds", assessment.runwaySeconds().orElse(Double.NaN));
    time("data_as_of", assessment.dataAsOf().orElse(null));
    json.writeStringField("data_state", assessment.dataState().word());
    waivers(waivers, assessment);
  }

  /// Only where there are any: most budgets have none.
  private void waivers(List<Policy.Waiver> all, Assessment assessment) throws IOException {
    List<Policy.Waiver> inForce =
        all.stream()
            .filter(waiver -> waiver.covers(assessment.budget().labels(), assessment.at()))
            .limit(bounds.top())
            .toList();
    if (inForce.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("waivers");
    for (Policy.Waiver waiver : inForce) {
      json.writeStartObject();
      time("until", waiver.until());
      name("raise", waiver.raise().map(Amount::toString).orElse(null));
      json.writeBooleanField("mute", waiver.mute());
      name("reason", waiver.reason());
      name("by", waiver.by());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /// Java writes the plain offset as `Z`; everyone else says UTC.
  private static String zone(ZoneId zone) {
    return zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
  }

  private void forecast(Optional<Assessment.Forecast> forecast) throws IOException {
    if (forecast.isEmpty()) {
      json.writeNullField("forecast");
      return;
    }
    Assessment.Forecast known = forecast.get();
    json.writeObjectFieldStart("forecast");
    amount("p10", estimate(known.p10()));
    amount("p50", estimate(known.p50()));
    amount("p90", estimate(known.p90()));
    number("prob_over", known.probOver());
    json.writeEndObject();
  }

  private static @Nullable BigDecimal estimate(double value) {
    return Double.isFinite(value)
        ? BigDecimal.valueOf(value).setScale(FORECAST_DECIMALS, RoundingMode.HALF_EVEN)
        : null;
  }

  private void top(Assessment assessment, Payload.OfAlert payload) throws IOException {
    json.writeArrayFieldStart("top");
    for (Assessment.Contributor part :
        assessment.contributors().stream().limit(bounds.top()).toList()) {
      json.writeStartObject();
      json.writeFieldName("labels");
      labels(part.labels().asWords());
      amount("spent", part.spent());
      BigDecimal before = payload.previous().get(part.labels());
      amount("change", before == null ? null : part.spent().subtract(before));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void links(Optional<URI> externalUrl, Optional<String> budgetId) throws IOException {
    Optional<String> base = externalUrl.map(url -> url.toString().replaceAll("/+$", ""));
    json.writeObjectFieldStart("links");
    address("budget", link(base, "/budgets/", budgetId, ""));
    address("explain", link(base, "/api/v1/budgets/", budgetId, "/explain"));
    json.writeEndObject();
  }

  private static @Nullable String link(
      Optional<String> base, String before, Optional<String> budgetId, String after) {
    return base.isPresent() && budgetId.isPresent()
        ? base.get() + before + budgetId.get() + after
        : null;
  }

  private void drill(Payload.Drill drill) throws IOException {
    text(
        "summary",
        "This is a drill: a test of the way to receiver "
            + drill.envelope().receiver()
            + ". Nothing has happened.");
    links(drill.externalUrl(), Optional.empty());
  }

  private void heartbeat(Payload.Heartbeat heartbeat) throws IOException {
    text("summary", "Spendwarden polls, evaluates and stores.");
    links(heartbeat.externalUrl(), Optional.empty());
  }

  private void action(Payload.OfAction action) throws IOException {
    json.writeObjectFieldStart("action");
    name("id", action.actionId());
    name("action", action.action());
    name("type", action.actionType());
    name("mode", action.mode());
    name("state", action.state());
    name("policy", action.policy());
    name("budget_id", action.budgetId());
    json.writeFieldName("labels");
    labels(new TreeMap<>(action.labels()));
    names("targets", action.targets());
    json.writeNumberField("target_count", action.targets().size());
    text("reason", action.reason());
    time("created_at", action.createdAt());
    time("due_at", action.dueAt().orElse(null));
    text("decided_by", action.decidedBy().orElse(null));
    text("outcome", action.outcome().orElse(null));
    json.writeEndObject();
    links(action.externalUrl(), Optional.of(action.budgetId()));
  }

  private void labels(Map<String, String> labels) throws IOException {
    json.writeStartObject();
    int written = 0;
    for (var label : labels.entrySet()) {
      if (written++ == bounds.labels()) {
        break;
      }
      name(ForeignText.clean(label.getKey(), bounds.name()), label.getValue());
    }
    json.writeEndObject();
  }

  private void names(String field, List<String> values) throws IOException {
    json.writeArrayFieldStart(field);
    for (String value : values.subList(0, Math.min(values.size(), bounds.list()))) {
      json.writeString(ForeignText.clean(value, bounds.name()));
    }
    json.writeEndArray();
  }

  private void name(String field, @Nullable String value) throws IOException {
    json.writeStringField(field, value == null ? null : ForeignText.clean(value, bounds.name()));
  }

  private void text(String field, @Nullable String value) throws IOException {
    json.writeStringField(field, value == null ? null : ForeignText.clean(value, bounds.text()));
  }

  /// An address cut short leads nowhere: one that is too long is left out.
  private void address(String field, @Nullable String value) throws IOException {
    boolean usable = value != null && !value.isBlank() && value.length() <= bounds.text();
    text(field, usable ? value : null);
  }

  private void amount(String field, @Nullable BigDecimal value) throws IOException {
    json.writeStringField(field, value == null ? null : Amount.plain(value));
  }

  /// JSON has neither infinity nor NaN: both are null.
  private void number(String field, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(field, value);
    } else {
      json.writeNullField(field);
    }
  }

  private void time(String field, @Nullable Instant value) throws IOException {
    json.writeStringField(field, value == null ? null : value.toString());
  }
}
