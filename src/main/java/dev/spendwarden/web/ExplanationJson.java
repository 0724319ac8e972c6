package dev.spendwarden.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.Explanation.Measured;
import dev.spendwarden.alert.Explanation.RuleOutcome;
import dev.spendwarden.alert.Explanation.SourceData;
import dev.spendwarden.alert.RuleState;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.burn.DayUse;
import dev.spendwarden.burn.Forecast;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.ledger.BudgetSeries.Input;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Policy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// How an explanation looks in JSON.
final class ExplanationJson {

  private ExplanationJson() {}

  static void write(
      JsonGenerator out, Explanation explanation, Snapshot snapshot, Predicate<Alert> silenced)
      throws IOException {
    Assessment assessment = explanation.assessment();
    out.writeStartObject();
    out.writeFieldName("budget");
    Views.budget(out, new BudgetView(assessment, explanation.alert()), snapshot, silenced);
    Json.time(out, "at", assessment.at());
    Json.number(out, "elapsed", assessment.elapsed());
    out.writeBooleanField("held", assessment.held());
    Json.text(out, "unknown", assessment.unknown());
    out.writeStringField("limit_from", limitFrom(explanation.policy().limit()));
    waivers(out, explanation);
    sources(out, explanation);
    inputs(out, explanation);
    basis(out, explanation);
    windows(out, explanation);
    rules(out, explanation);
    top(out, assessment);
    out.writeEndObject();
  }

  private static String limitFrom(Limit limit) {
    return switch (limit) {
      case Limit.Fixed _ -> "policy";
      case Limit.Quota() -> "provider";
      case Limit.None() -> "none";
    };
  }

  private static void waivers(JsonGenerator out, Explanation explanation) throws IOException {
    out.writeArrayFieldStart("waivers");
    for (Policy.Waiver waiver : explanation.waivers()) {
      out.writeStartObject();
      Json.time(out, "until", waiver.until());
      Json.text(out, "raise", waiver.raise().map(Amount::plain));
      Json.text(out, "unit", waiver.raise().map(raise -> raise.unit().code()));
      out.writeBooleanField("mute", waiver.mute());
      out.writeStringField("reason", waiver.reason());
      out.writeStringField("by", waiver.by());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void sources(JsonGenerator out, Explanation explanation) throws IOException {
    out.writeArrayFieldStart("sources");
    for (SourceData source : explanation.sources()) {
      out.writeStartObject();
      out.writeStringField("source", source.source());
      Json.time(out, "data_as_of", source.dataAsOf());
      seconds(out, "age_seconds", source.age(explanation.assessment().at()));
      seconds(out, "fresh_within_seconds", source.freshWithin());
      Json.text(out, "failure", source.failure());
      Json.time(out, "failing_since", source.failingSince());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void inputs(JsonGenerator out, Explanation explanation) throws IOException {
    out.writeArrayFieldStart("inputs");
    for (Input input : explanation.inputs()) {
      out.writeStartObject();
      out.writeStringField("source", input.source());
      out.writeStringField("kind", input.period().isPresent() ? "charge" : "counter");
      period(out, "period", input.period());
      Json.texts(out, "labels", input.dimensions().asWords());
      out.writeStringField("amount", Amount.plain(input.value()));
      out.writeStringField("unit", input.unit().code());
      Json.text(out, "limit", input.limit().map(Amount::plain));
      out.writeNumberField("revision", input.revision());
      Json.time(out, "known_at", input.knownAt());
      out.writeBooleanField("vanished", input.vanished());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeNumberField("inputs_left_out", explanation.leftOut());
  }

  private static void basis(JsonGenerator out, Explanation explanation) throws IOException {
    if (explanation.basis().isEmpty()) {
      out.writeNullField("forecast_basis");
      return;
    }
    DayUse.Basis basis = explanation.basis().get();
    Forecast.Parts parts = basis.forecast().parts();
    out.writeObjectFieldStart("forecast_basis");
    out.writeBooleanField("cold_start", basis.forecast().coldStart());
    out.writeNumberField("known_days", parts.knownDays());
    out.writeNumberField("earlier_periods", parts.experience().earlierPeriods());
    Json.number(out, "daily_rate", basis.forecast().dailyRate());
    ForecastScore score = explanation.score();
    out.writeNumberField("scored", score.forecasts());
    Json.number(out, "error_ratio", score.meanAbsolutePercentageError());
    Json.number(out, "coverage", score.coverage());
    out.writeArrayFieldStart("settling");
    for (int age = 0; age < basis.settling().settledAfter(); age++) {
      out.writeNumber(basis.settling().share(age));
    }
    out.writeEndArray();
    out.writeArrayFieldStart("days");
    for (DayUse use : basis.days()) {
      out.writeStartObject();
      out.writeStringField("day", use.day().toString());
      out.writeStringField("why", use.why().name().toLowerCase(Locale.ROOT));
      Json.number(out, "known", use.known());
      Json.number(out, "share", use.share());
      Json.number(out, "taken", use.taken());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void windows(JsonGenerator out, Explanation explanation) throws IOException {
    out.writeArrayFieldStart("windows");
    for (Measured measured : explanation.windows()) {
      String text = measured.window().text();
      out.writeStartObject();
      out.writeStringField("window", text);
      Double burn = explanation.assessment().burn().get(text);
      Json.number(out, "burn", burn == null ? Double.NaN : burn);
      Json.number(out, "per_hour", measured.pace().perSecond() * Duration.ofHours(1).toSeconds());
      period(out, "buckets", measured.pace().buckets());
      out.writeBooleanField("estimated", measured.pace().estimated());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void period(JsonGenerator out, String name, Optional<ChargePeriod> period)
      throws IOException {
    if (period.isEmpty()) {
      out.writeNullField(name);
      return;
    }
    out.writeObjectFieldStart(name);
    Json.time(out, "start", period.get().start());
    Json.time(out, "end", period.get().end());
    out.writeEndObject();
  }

  private static void rules(JsonGenerator out, Explanation explanation) throws IOException {
    out.writeArrayFieldStart("rules");
    for (RuleOutcome outcome : explanation.rules()) {
      out.writeStartObject();
      Views.rule(out, outcome.rule());
      out.writeStringField("holds", outcome.holds().name().toLowerCase(Locale.ROOT));
      out.writeStringField("state", stateOf(outcome));
      Json.time(out, "since", outcome.state().map(ExplanationJson::since));
      out.writeArrayFieldStart("parts");
      for (Condition.Part part : outcome.parts()) {
        out.writeStartObject();
        out.writeStringField("text", part.text());
        out.writeStringField("value", part.value());
        out.writeEndObject();
      }
      out.writeEndArray();
      distance(out, outcome.distance());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static String stateOf(RuleOutcome outcome) {
    if (outcome.state().isEmpty()) {
      return "inactive";
    }
    return switch (outcome.state().get()) {
      case RuleState.Pending _ -> "pending";
      case RuleState.Firing _ -> "firing";
    };
  }

  private static Instant since(RuleState state) {
    return switch (state) {
      case RuleState.Pending(Instant since) -> since;
      case RuleState.Firing(Instant since, var _) -> since;
    };
  }

  private static void distance(JsonGenerator out, Optional<Condition.Distance> distance)
      throws IOException {
    if (distance.isEmpty()) {
      out.writeNullField("distance");
      return;
    }
    out.writeObjectFieldStart("distance");
    out.writeStringField("text", distance.get().text());
    Json.number(out, "is", distance.get().left());
    out.writeStringField("operator", distance.get().operator());
    Json.number(out, "needs", distance.get().right());
    out.writeEndObject();
  }

  private static void top(JsonGenerator out, Assessment assessment) throws IOException {
    out.writeArrayFieldStart("top");
    for (Assessment.Contributor contributor : assessment.contributors()) {
      out.writeStartObject();
      Json.texts(out, "labels", contributor.labels().asWords());
      out.writeStringField("spent", Amount.plain(contributor.spent()));
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void seconds(JsonGenerator out, String name, Optional<Duration> duration)
      throws IOException {
    Json.number(out, name, duration.map(d -> d.toMillis() / 1e3).orElse(Double.NaN));
  }
}
