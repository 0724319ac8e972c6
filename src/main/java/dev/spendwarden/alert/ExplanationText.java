package dev.spendwarden.alert;

import dev.spendwarden.alert.Explanation.Measured;
import dev.spendwarden.alert.Explanation.RuleOutcome;
import dev.spendwarden.alert.Explanation.SourceData;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries.Input;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Truth;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// An explanation as lines for people.
public final class ExplanationText {

  /// So many figures are listed; the rest is counted.
  private static final int MOST_LISTED = 40;

  private static final MathContext FIGURES = new MathContext(4, RoundingMode.HALF_EVEN);

  private final Explanation explanation;
  private final Assessment assessment;
  private final List<String> lines = new ArrayList<>();

  private ExplanationText(Explanation explanation) {
    this.explanation = explanation;
    this.assessment = explanation.assessment();
  }

  public static List<String> lines(Explanation explanation) {
    var text = new ExplanationText(explanation);
    text.head();
    text.data();
    text.inputs();
    explanation
        .basis()
        .ifPresent(basis ->
            ForecastText.lines(basis, explanation.score(), text.assessment.unit())
                .forEach(line -> text.line(1, "%s", line)));
    text.windows();
    text.rules();
    return List.copyOf(text.lines);
  }

  private void head() {
    String labels = assessment.budget().labels().toString();
    line(
        0,
        "%s%s  %s",
        explanation.policy().name(),
        labels.isEmpty() ? "" : "/" + labels,
        assessment.budget().id());
    line(1, "at      %s", assessment.at());
    line(1, "period  %s%s", period(assessment.period()), elapsed());
    line(1, "spent   %s", spent());
    line(1, "limit   %s", limit());
    for (Policy.Waiver waiver : explanation.waivers()) {
      line(1, "waiver  %s", waiver(waiver));
    }
    assessment
        .forecast()
        .ifPresent(forecast ->
            line(
                1,
                "ends at %s (p10 %s, p90 %s)%s",
                number(forecast.p50()),
                number(forecast.p10()),
                number(forecast.p90()),
                Double.isNaN(forecast.probOver())
                    ? ""
                    : ", above the limit with probability " + number(forecast.probOver())));
    assessment.runwaySeconds().ifPresent(seconds -> line(1, "runway  %s", runway(seconds)));
    line(1, "alert   %s", explanation.alert().map(ExplanationText::alert).orElse("none"));
  }

  private String elapsed() {
    return assessment.elapsed().isPresent()
        ? ", " + percent(assessment.elapsed().getAsDouble()) + " gone"
        : "";
  }

  private static String period(Period period) {
    if (period.end().equals(Period.FAR_FUTURE)) {
      return "none: all that was ever spent";
    }
    return "%s to %s, days in %s".formatted(period.start(), period.end(), period.zone());
  }

  private String spent() {
    if (assessment.unknown().isPresent()) {
      return "unknown: " + assessment.unknown().get();
    }
    if (assessment.spent().isEmpty()) {
      return "nothing known";
    }
    String spent = amount(assessment.spent().get(), assessment.unit());
    Optional<BigDecimal> limit = assessment.limit();
    if (limit.isEmpty()) {
      return spent;
    }
    BigDecimal left = limit.get().subtract(assessment.spent().get());
    String used =
        assessment.used().isPresent() ? " (" + percent(assessment.used().getAsDouble()) + ")" : "";
    return "%s of %s%s, %s left"
        .formatted(spent, Amount.plain(limit.get()), used, amount(left, assessment.unit()));
  }

  private String limit() {
    String said =
        switch (explanation.policy().limit()) {
          case Limit.Fixed(Amount amount) -> amount + ", written in the policy";
          case Limit.Quota() -> "the provider's own";
          case Limit.None() -> "none";
        };
    Optional<BigDecimal> limit = assessment.limit();
    boolean wanted = !(explanation.policy().limit() instanceof Limit.None);
    if (limit.isEmpty()) {
      return wanted ? said + ", which is not known" : said;
    }
    return amount(limit.get(), assessment.unit()) + ": " + said;
  }

  private static String waiver(Policy.Waiver waiver) {
    String what = waiver.raise().map(raise -> "raised by " + raise).orElse("muted");
    String why = waiver.reason().isEmpty() ? "" : ", " + waiver.reason();
    String who = waiver.by().isEmpty() ? "" : " (" + waiver.by() + ")";
    return what + " until " + waiver.until() + why + who;
  }

  private static String alert(Alert alert) {
    return switch (alert.state()) {
      case PENDING -> "pending (%s) since %s".formatted(alert.severity().word(), alert.startedAt());
      case FIRING -> "firing (%s) since %s".formatted(alert.severity().word(), alert.startedAt());
      case RESOLVED ->
          "resolved at %s: %s"
              .formatted(
                  alert.endedAt().map(Instant::toString).orElse("?"),
                  alert.reason().map(Alert.Reason::word).orElse("?"));
    };
  }

  private void data() {
    String held = assessment.held() ? ": nothing fires or resolves on it" : "";
    line(1, "data    %s%s", assessment.dataState().word(), held);
    for (SourceData source : explanation.sources()) {
      line(2, "%s  %s", source.source(), data(source));
    }
  }

  private String data(SourceData source) {
    var text = new StringBuilder();
    text.append(
        source
            .age(assessment.at())
            .map(age -> "as of %s, %s old".formatted(source.dataAsOf().orElseThrow(), span(age)))
            .orElse("no good reading yet"));
    source.freshWithin().ifPresent(within -> text.append(", fresh within ").append(span(within)));
    source
        .failure()
        .ifPresent(failure ->
            text.append(", failing (")
                .append(failure)
                .append(") since ")
                .append(source.failingSince().map(Instant::toString).orElse("?")));
    return text.toString();
  }

  private void inputs() {
    if (explanation.inputs().isEmpty()) {
      return;
    }
    line(1, "made of");
    for (Input input : explanation.inputs().stream().limit(MOST_LISTED).toList()) {
      String of = input.dimensions().isEmpty() ? "" : "  " + input.dimensions();
      line(
          2,
          "%s  %s%s  %s  %s%s",
          input.source(),
          input.period().map(ExplanationText::span).orElse("counter"),
          of,
          amount(input.value(), Optional.of(input.unit())),
          input.revision() == 1
              ? "known since " + input.knownAt()
              : "revision %d, known since %s".formatted(input.revision(), input.knownAt()),
          input.vanished() ? ", gone from the newest reading" : "");
    }
    int more = explanation.inputs().size() - MOST_LISTED + explanation.leftOut();
    if (more > 0) {
      line(2, "and %d more", more);
    }
  }

  private void windows() {
    for (Measured measured : explanation.windows()) {
      Optional<ChargePeriod> buckets = measured.pace().buckets();
      Double burn = assessment.burn().get(measured.window().text());
      line(
          1,
          "burn('%s') = %s%s",
          measured.window().text(),
          burn == null ? "unknown" : number(burn),
          measured.pace().estimated()
              ? ", an estimate over the whole hours nearest to the window, which is not spend"
              : buckets.isPresent()
                  ? ", measured over the whole buckets " + span(buckets.get())
                  : ", measured over the window itself");
    }
  }

  private void rules() {
    if (!explanation.rules().isEmpty()) {
      line(1, "rules");
    }
    for (RuleOutcome outcome : explanation.rules()) {
      line(
          2,
          "%s (%s): %s",
          outcome.rule().name(),
          outcome.rule().severity().word(),
          outcome.state().map(ExplanationText::state).orElse("inactive"));
      for (Condition.Part part : outcome.parts()) {
        line(3, "%s → %s", part.text(), part.value());
      }
      if (outcome.holds() != Truth.TRUE) {
        outcome.distance().ifPresent(distance -> line(3, "to hold: %s", distance(distance)));
      }
    }
  }

  private static String state(RuleState state) {
    return switch (state) {
      case RuleState.Pending(Instant since) -> "pending since " + since;
      case RuleState.Firing(Instant since, Optional<Instant> cleared) ->
          "firing since " + since + cleared.map(at -> ", cleared since " + at).orElse("");
    };
  }

  private static String distance(Condition.Distance distance) {
    return "%s needs %s %s, is %s"
        .formatted(
            distance.text(),
            distance.operator(),
            number(distance.right()),
            number(distance.left()));
  }

  private static String amount(BigDecimal value, Optional<Unit> unit) {
    return Amount.plain(value) + unit.map(u -> " " + u).orElse("");
  }

  private static String span(ChargePeriod period) {
    boolean isDay =
        period.length().equals(Duration.ofDays(1)) && period.start().getEpochSecond() % 86_400 == 0;
    return isDay
        ? period.start().toString().substring(0, "2027-01-01".length())
        : period.start() + " to " + period.end();
  }

  private static String runway(double seconds) {
    return Double.isInfinite(seconds)
        ? "no end in sight"
        : span(Duration.ofSeconds((long) seconds)) + " at the present pace";
  }

  /// `3d 4h`, `5m`: the two largest units.
  private static String span(Duration duration) {
    if (duration.isNegative()) {
      return "-" + span(duration.negated());
    }
    long[] counts = {
      duration.toDays(), duration.toHoursPart(), duration.toMinutesPart(), duration.toSecondsPart()
    };
    String[] units = {"d", "h", "m", "s"};
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        String rest =
            i + 1 < counts.length && counts[i + 1] > 0 ? " " + counts[i + 1] + units[i + 1] : "";
        return counts[i] + units[i] + rest;
      }
    }
    return duration.isZero() ? "0s" : duration.toMillis() + "ms";
  }

  static String percent(double ratio) {
    return Double.isFinite(ratio) ? number(ratio * 100) + " %" : "more than all";
  }

  static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "unknown" : "infinite";
    }
    // A probability of one in a million is none to a reader.
    return Math.abs(value) < 1e-6 ? "0" : Amount.plain(new BigDecimal(value).round(FIGURES));
  }

  private void line(int indent, String format, Object... values) {
    lines.add("  ".repeat(indent) + String.format(Locale.ROOT, format, values));
  }
}
