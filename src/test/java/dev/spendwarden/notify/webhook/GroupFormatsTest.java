package dev.spendwarden.notify.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.GroupingTest;
import dev.spendwarden.notify.Notification;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupFormatsTest {

  private final Notification group = GroupingTest.example();

  @Test
  void alertmanagersPayloadHoldsTheAlertsOfTheGroup() {
    Body body = Body.parse(BodyFormat.ALERTMANAGER.render(group)).orElseThrow();
    assertThat(body.text("version")).contains("4");
    assertThat(body.text("status")).contains("firing");
    assertThat(body.text("groupKey"))
        .contains("{}/{team=\"quantum\"}:{policy=\"ionq-user-quota\"}");
    assertThat(body.object("groupLabels").asTexts()).isEqualTo(Map.of("policy", "ionq-user-quota"));
    assertThat(body.object("commonLabels").asTexts())
        .isEqualTo(Map.of("alertname", "ionq-user-quota", "team", "quantum"));
    assertThat(body.number("truncatedAlerts").orElseThrow().intValue()).isZero();
    assertThat(body.text("externalURL")).contains("https://spend.example.org");
    assertThat(body.objects("alerts"))
        .extracting(
            alert -> alert.text("status").orElse(""),
            alert -> alert.object("labels").text("user").orElse(""),
            alert -> alert.object("labels").text("severity").orElse(""),
            alert -> alert.text("endsAt").orElse(""))
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(
                "firing", "u1", "critical", "0001-01-01T00:00:00Z"),
            org.assertj.core.api.Assertions.tuple(
                "resolved", "u2", "warning", "2027-01-20T11:05:00Z"));
  }

  @Test
  void aCloudEventIsAboutTheGroup() {
    Body body = Body.parse(BodyFormat.CLOUDEVENTS.render(group)).orElseThrow();
    String id = Body.of(group).object("group").text("id").orElseThrow();
    assertThat(body.text("subject")).contains("group/" + id);
    assertThat(body.text("type")).contains("dev.spendwarden.alert.group");
    assertThat(body.object("data").objects("alerts")).hasSize(2);
  }
}
