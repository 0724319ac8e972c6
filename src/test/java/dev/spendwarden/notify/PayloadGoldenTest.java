package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PayloadGoldenTest {

  @Test
  void aFiredAlertReadsAsTheContractSays() {
    assertThat(NotifyFixtures.scene().json())
        .isEqualTo(
            """
            {"id":"swn_ID","type":"alert.fired","time":"2027-01-20T09:05:00Z",\
            "sequence":1,"receiver":"hooks",\
            "alert":{"id":"alt_1","policy":"ionq-user-quota","severity":"warning",\
            "former_severity":null,"state":"firing","rules":["nearly-spent"],\
            "labels":{"user":"u1","team":"quantum"},\
            "summary":"u1 has used 82 % (205 of 250 USD)",\
            "runbook":"https://wiki.example.org/spend","started_at":"2027-01-20T09:05:00Z",\
            "ended_at":null,"reason":null},\
            "budget":{"id":"BUDGET","unit":"USD","limit":"250","spent":"205","used":0.82,\
            "period":{"start":"2027-01-01T00:00:00Z","end":"2027-02-01T00:00:00Z","zone":"UTC"},\
            "burn":{"1h":0.0},\
            "forecast":{"p10":"230","p50":"301.1235","p90":"410.5","prob_over":0.75},\
            "runway_seconds":295200.0,"data_as_of":"2027-01-20T09:04:00Z","data_state":"fresh"},\
            "top":[{"labels":{"qpu":"qpu.forte-1"},"spent":"180","change":null}],\
            "links":{"budget":"https://spend.example.org/budgets/BUDGET",\
            "explain":"https://spend.example.org/api/v1/budgets/BUDGET/explain"}}\
            """
                .replace("BUDGET", NotifyFixtures.scene().build().assessment().budget().id())
                .replace("swn_ID", NotificationIds.of(NotifyFixtures.scene().build(), "hooks")));
  }

  @Test
  void aResolveTellsWhenAndWhy() {
    Body body = Body.parse(NotifyFixtures.scene().resolved().json()).orElseThrow();
    assertThat(body.text("type")).hasValue("alert.resolved");
    Body alert = body.object("alert");
    assertThat(alert.text("state")).hasValue("resolved");
    assertThat(alert.text("ended_at")).hasValue("2027-01-20T11:05:00Z");
    assertThat(alert.text("reason")).hasValue("recovered");
    assertThat(alert.text("summary")).hasValue("u1 has used 40 % (100 of 250 USD)");
  }

  @Test
  void changeCountsFromTheLastMessage() {
    var previous = Map.of(Dimensions.of(Dimension.QPU, "qpu.forte-1"), new BigDecimal("180"));
    Body body = Body.parse(NotifyFixtures.scene().escalated().json(previous)).orElseThrow();
    assertThat(body.objects("top").getFirst().text("change")).hasValue("12");
    assertThat(body.object("alert").text("former_severity")).hasValue("warning");
  }
}
