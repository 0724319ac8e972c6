package dev.spendwarden.notify;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The figures of the last message that a receiver took about an alert, so that the next one can
/// say what has changed since. Kept in the notifier's memory of the alert, beside what else the
/// notifier needs: the body of a notification is frozen before it is known which former one
/// arrived. Immutable.
///
/// @param time of the event, as in the body
/// @param unit empty when not known
/// @param forecast the middle one, `p50`
public record LastTold(
    String time,
    Optional<String> unit,
    Optional<BigDecimal> spent,
    Optional<BigDecimal> limit,
    Optional<BigDecimal> used,
    Optional<BigDecimal> forecast,
    List<String> rules) {

  /// The field of a memory that holds it.
  public static final String FIELD = "told";

  public LastTold {
    rules = List.copyOf(rules);
  }

  /// What a body of an alert says.
  public static LastTold of(Body body) {
    Body budget = body.object("budget");
    return new LastTold(
        body.text("time").orElse(""),
        budget.text("unit"),
        decimal(budget, "spent"),
        decimal(budget, "limit"),
        budget.number("used"),
        decimal(budget.object("forecast"), "p50"),
        body.object("alert").texts("rules"));
  }

  /// From a memory that [#write] wrote into; empty for one of a former version.
  public static Optional<LastTold> read(Body memory) {
    Body told = memory.object(FIELD);
    return told.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LastTold(
                told.text("time").orElse(""),
                told.text("unit"),
                decimal(told, "spent"),
                decimal(told, "limit"),
                decimal(told, "used"),
                decimal(told, "forecast"),
                told.texts("rules")));
  }

  /// Writes the field [#FIELD] of an object that is open.
  public void write(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart(FIELD);
    json.writeStringField("time", time);
    write(json, "unit", unit);
    write(json, "spent", spent.map(BigDecimal::toPlainString));
    write(json, "limit", limit.map(BigDecimal::toPlainString));
    write(json, "used", used.map(BigDecimal::toPlainString));
    write(json, "forecast", forecast.map(BigDecimal::toPlainString));
    json.writeArrayFieldStart("rules");
    for (String rule : rules) {
      json.writeString(rule);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String field, Optional<String> text)
      throws IOException {
    if (text.isPresent()) {
      json.writeStringField(field, text.get());
    }
  }

  /// What is otherwise in `now`, in words that still hold foreign text; empty when nothing is.
  /// Figures of another unit cannot be compared and are left out.
  public List<String> changesTo(LastTold now) {
    var changes = new ArrayList<String>();
    if (unit.equals(now.unit)) {
      String in = unit.map(code -> " " + code).orElse("");
      difference(spent, now.spent).ifPresent(text -> changes.add("spent " + text + in));
      moved(limit, now.limit, Figures::amount).ifPresent(t -> changes.add("limit " + t + in));
      moved(used, now.used, Figures::percent).ifPresent(text -> changes.add("used " + text));
      moved(forecast, now.forecast, Figures::amount)
          .ifPresent(text -> changes.add("forecast " + text + in));
    }
    now.rules.stream()
        .filter(rule -> !rules.contains(rule))
        .forEach(rule -> changes.add(rule + " holds"));
    rules.stream()
        .filter(rule -> !now.rules.contains(rule))
        .forEach(rule -> changes.add(rule + " no longer holds"));
    return changes;
  }

  private static Optional<String> difference(
      Optional<BigDecimal> before, Optional<BigDecimal> after) {
    return moved(before, after, Figures::amount)
        .map(text ->
            text + " (" + Figures.change(after.orElseThrow().subtract(before.orElseThrow())) + ")");
  }

  private interface Shown {
    String of(BigDecimal value);
  }

  private static Optional<String> moved(
      Optional<BigDecimal> before, Optional<BigDecimal> after, Shown shown) {
    return before.isPresent() && after.isPresent() && before.get().compareTo(after.get()) != 0
        ? Optional.of(shown.of(before.get()) + " → " + shown.of(after.get()))
        : Optional.empty();
  }

  private static Optional<BigDecimal> decimal(Body holder, String field) {
    return holder.text(field).flatMap(LastTold::decimal);
  }

  private static Optional<BigDecimal> decimal(String text) {
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
