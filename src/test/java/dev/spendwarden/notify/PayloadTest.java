package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.policy.Assessment;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PayloadTest {

  @Test
  void equalInputGivesEqualBytesWhateverTheOrderOfMaps() {
    var labels = new LinkedHashMap<String, String>();
    for (int i = 0; i < 20; i++) {
      labels.put("label" + i, "v" + i);
    }
    var reversed = new LinkedHashMap<String, String>();
    new ArrayList<>(labels.entrySet())
        .reversed()
        .forEach(e -> reversed.put(e.getKey(), e.getValue()));
    assertThat(scene(labels).json()).isEqualTo(scene(reversed).json());
  }

  private static NotifyFixtures.Scene scene(Map<String, String> labels) {
    return NotifyFixtures.scene().with(s -> s.policyLabels = labels);
  }

  @Test
  void whatIsNotKnownIsNull() {
    String json =
        NotifyFixtures.scene()
            .with(s -> {
              s.unit = Optional.empty();
              s.spent = Optional.empty();
              s.limit = Optional.empty();
              s.used = OptionalDouble.empty();
              s.forecast = Optional.empty();
              s.runway = OptionalDouble.of(Double.POSITIVE_INFINITY);
              s.dataAsOf = Optional.empty();
              s.runbook = "";
            })
            .json();
    assertThat(json)
        .contains("\"unit\":null", "\"spent\":null", "\"limit\":null", "\"used\":null")
        .contains("\"forecast\":null", "\"runway_seconds\":null", "\"data_as_of\":null")
        .contains("\"runbook\":null");
  }

  @Test
  void infinitelyMuchUsedAndAnUnknownProbabilityAreNull() {
    String json =
        NotifyFixtures.scene()
            .with(s -> {
              s.limit = Optional.of(BigDecimal.ZERO);
              s.used = OptionalDouble.of(Double.POSITIVE_INFINITY);
              s.forecast = Optional.of(new Assessment.Forecast(1, 2, 3, Double.NaN));
            })
            .json();
    assertThat(json).contains("\"limit\":\"0\"", "\"used\":null", "\"prob_over\":null");
    assertThat(json).contains("u1 has spent 205 of 0 USD");
  }

  @Test
  void amountsAreExactAndPlain() {
    String digits = "12345678901234567890123456789012345678.01";
    String json =
        NotifyFixtures.scene().with(s -> s.spent = Optional.of(new BigDecimal(digits))).json();
    assertThat(json).contains("\"spent\":\"" + digits + "\"").doesNotContain("E+");
  }

  @Test
  void aBudgetsLabelWinsOverThePolicys() {
    Body body = Body.parse(scene(Map.of("user", "wrong")).json()).orElseThrow();
    assertThat(body.object("alert").object("labels").asTexts()).containsEntry("user", "u1");
  }

  @Test
  void theWorstFiringRulesSummaryIsTold() {
    var both =
        NotifyFixtures.scene()
            .withRule("nearly there")
            .with(s -> s.firing = java.util.Set.of("nearly-spent", "running-hot"));
    assertThat(summaryOf(both)).isEqualTo("nearly there");
    // `spent` is critical and has no summary of its own.
    assertThat(summaryOf(NotifyFixtures.scene().withRule("nearly there").escalated()))
        .isEqualTo("u1 has used 104 % (260 of 250 USD)");
  }

  /// A rule's own words say what is wrong, which it is no longer.
  @Test
  void theEndIsToldInNumbers() {
    assertThat(summaryOf(NotifyFixtures.scene().withRule("nearly there").resolved()))
        .startsWith("u1 has used ");
  }

  private static String summaryOf(NotifyFixtures.Scene scene) {
    return Body.parse(scene.json()).orElseThrow().object("alert").text("summary").orElseThrow();
  }

  @Test
  void controlCharactersAndHalvesOfPairsAreLeftOut() {
    Dimensions labels = Dimensions.of(Dimension.USER, "a\u0000b\u001bc\ud800d\nf");
    String json = NotifyFixtures.scene().with(s -> s.labels = labels).json();
    assertThat(json).contains("\"user\":\"abcd f\"");
    assertThat(json).doesNotContain("\ud800", "\u001b", "\\u0000");
  }

  @Test
  void theBodyStaysSmallWhateverOthersWrite() {
    String awful = "\"\\€".repeat(400);
    var dimensions = Dimensions.NONE;
    for (Dimension dimension : Dimension.values()) {
      dimensions = dimensions.with(dimension, awful);
    }
    Dimensions all = dimensions;
    var policyLabels = new LinkedHashMap<String, String>();
    for (int i = 0; i < 500; i++) {
      policyLabels.put("€".repeat(300) + i, awful);
    }
    var parts = new ArrayList<Assessment.Contributor>();
    for (int i = 0; i < 5; i++) {
      parts.add(new Assessment.Contributor(all, BigDecimal.TEN));
    }
    String json =
        NotifyFixtures.scene()
            .withLabels(policyLabels, all)
            .withContributors(parts)
            .withRule(awful)
            .withRunbook("https://" + awful)
            .json();
    assertThat(json.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(Payload.MAX_BYTES);
    Body body = Body.parse(json).orElseThrow();
    assertThat(body.object("budget").text("spent")).hasValue("205");
    assertThat(body.object("alert").text("runbook")).isEmpty();
  }

  @Test
  void withoutAnExternalAddressThereAreNoLinks() {
    var transition = NotifyFixtures.scene().build();
    var envelope = new Payload.Envelope("swn_1", "alert.fired", NotifyFixtures.AT, 1, "hooks");
    String json =
        new Payload.OfAlert(envelope, transition, "x", Optional.empty(), Map.of()).toJson();
    assertThat(json).endsWith("\"links\":{\"budget\":null,\"explain\":null}}");
  }

  @Test
  void aDrillIsMarkedAndSigned() {
    Body body = Body.of(NotifyFixtures.drill());
    assertThat(body.text("type")).hasValue("drill");
    assertThat(body.text("summary").orElseThrow()).contains("drill");
    assertThat(body.text("id")).hasValue(NotifyFixtures.drill().id());
  }

  @Test
  void anActionTellsWhatTheApiTells() {
    Body body = Body.of(NotifyFixtures.action());
    assertThat(Payload.OfAction.Stage.PROPOSED.type()).isEqualTo("action.proposed");
    assertThat(body.object("action").texts("targets")).containsExactly("job-1", "job-2");
    assertThat(body.object("action").text("due_at")).hasValue("2027-01-20T09:35:00Z");
  }
}
