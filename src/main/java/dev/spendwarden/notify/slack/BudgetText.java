package dev.spendwarden.notify.slack;

import static dev.spendwarden.notify.slack.SlackText.escape;

import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Figures;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The figures of a budget and its alert as mrkdwn: a field for each, and the largest parts. Pure.
final class BudgetText {

  private static final int BAR_CELLS = 20;

  private BudgetText() {}

  static List<String> fields(Body alert, Body budget) {
    String unit = budget.text("unit").map(code -> " " + escape(code, 64)).orElse("");
    var fields = new ArrayList<String>();
    field(fields, "Spent", spent(budget, unit));
    field(
        fields, "Used", budget.number("used").map(used -> bar(used) + " " + Figures.percent(used)));
    field(fields, "Burn", burn(budget));
    field(fields, "Forecast", forecast(budget.object("forecast"), unit));
    field(
        fields,
        "Runway",
        budget
            .number("runway_seconds")
            .map(seconds -> Figures.duration(Duration.ofSeconds(seconds.longValue()))));
    field(fields, "Period", period(budget.object("period")));
    field(fields, "Labels", labels(alert));
    field(
        fields,
        "Rules",
        Optional.of(String.join(", ", alert.texts("rules")))
            .filter(text -> !text.isEmpty())
            .map(text -> escape(text, 400)));
    field(
        fields,
        "Data",
        budget
            .text("data_state")
            .map(state ->
                escape(state, 20)
                    + budget
                        .text("data_as_of")
                        .map(at -> ", as of " + escape(Figures.moment(at), 40))
                        .orElse("")));
    return fields;
  }

  static void field(List<String> fields, String title, Optional<String> value) {
    value.ifPresent(text -> fields.add("*" + title + "*\n" + text));
  }

  private static Optional<String> spent(Body budget, String unit) {
    Optional<String> limit = budget.text("limit").flatMap(BudgetText::amount);
    return budget
        .text("spent")
        .flatMap(BudgetText::amount)
        .map(spent -> spent + limit.map(text -> " of " + text).orElse("") + unit);
  }

  private static String bar(BigDecimal used) {
    int full =
        used.multiply(BigDecimal.valueOf(BAR_CELLS))
            .min(BigDecimal.valueOf(BAR_CELLS))
            .max(BigDecimal.ZERO)
            .intValue();
    return "`" + "█".repeat(full) + "░".repeat(BAR_CELLS - full) + "`";
  }

  private static Optional<String> burn(Body budget) {
    String text =
        budget.object("burn").asNumbers().entrySet().stream()
            .limit(6)
            .map(entry -> escape(entry.getKey(), 10) + " " + Figures.times(entry.getValue()))
            .collect(Collectors.joining(" · "));
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static Optional<String> forecast(Body forecast, String unit) {
    Function<String, Optional<String>> part =
        name -> forecast.text(name).flatMap(BudgetText::amount);
    return part.apply("p50")
        .map(middle ->
            middle
                + unit
                + range(part.apply("p10"), part.apply("p90"))
                + forecast
                    .number("prob_over")
                    .map(over -> "\n" + Figures.percent(over) + " likely over the limit")
                    .orElse(""));
  }

  private static String range(Optional<String> low, Optional<String> high) {
    return low.isPresent() && high.isPresent() ? " (" + low.get() + " – " + high.get() + ")" : "";
  }

  private static Optional<String> period(Body period) {
    Optional<String> end = period.text("end").map(Figures::moment).map(text -> escape(text, 40));
    return period
        .text("start")
        .filter(start -> Figures.isBounded(period))
        .map(start ->
            escape(Figures.moment(start), 40)
                + end.map(text -> " to " + text).orElse("")
                + period.text("zone").map(zone -> " (" + escape(zone, 60) + ")").orElse(""));
  }

  static Optional<String> labels(Body holder) {
    Map<String, String> labels = holder.object("labels").asTexts();
    return labels.isEmpty() ? Optional.empty() : Optional.of(escape(joined(labels), 800));
  }

  static String joined(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  static String top(Body body) {
    String unit = body.object("budget").text("unit").map(u -> " " + escape(u, 64)).orElse("");
    String lines =
        body.objects("top").stream()
            .limit(5)
            .map(part -> topLine(part, unit))
            .collect(Collectors.joining("\n"));
    return lines.isEmpty() ? "" : "*Largest parts*\n" + lines;
  }

  private static String topLine(Body part, String unit) {
    String labels = joined(part.object("labels").asTexts());
    return "• "
        + escape(labels.isEmpty() ? "everything else" : labels, 250)
        + ": "
        + part.text("spent").flatMap(BudgetText::amount).orElse("?")
        + unit
        + part.text("change")
            .flatMap(BudgetText::decimal)
            .map(change -> " (" + escape(Figures.change(change), 60) + ")")
            .orElse("");
  }

  private static Optional<String> amount(String text) {
    return decimal(text).map(value -> escape(Figures.amount(value), 60));
  }

  private static Optional<BigDecimal> decimal(String text) {
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
