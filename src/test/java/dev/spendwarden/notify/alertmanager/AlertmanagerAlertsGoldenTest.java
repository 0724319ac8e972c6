package dev.spendwarden.notify.alertmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.NotifyFixtures;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertmanagerAlertsGoldenTest {

  private static final Instant UNTIL = Instant.parse("2027-01-20T09:10:30Z");

  private static String render(Notification notification) {
    return AlertmanagerAlerts.render(notification, UNTIL);
  }

  private static String labels(String severity) {
    return "\"labels\":{\"alertname\":\"ionq-user-quota\",\"severity\":\""
        + severity
        + "\",\"team\":\"quantum\",\"user\":\"u1\"}";
  }

  private static String times(String endsAt) {
    return "\"startsAt\":\"2027-01-20T09:05:00Z\",\"endsAt\":\"" + endsAt + "\"";
  }

  @Test
  void aFiringAlertLastsUntilItIsNoLongerKeptAlive() {
    Notification notification = NotifyFixtures.scene().notification();
    String budget = NotifyFixtures.scene().build().alert().budgetId();
    assertThat(render(notification))
        .isEqualTo(
            "[{"
                + labels("warning")
                + ",\"annotations\":{\"summary\":\"u1 has used 82 % (205 of 250 USD)\","
                + "\"runbook_url\":\"https://wiki.example.org/spend\",\"rules\":\"nearly-spent\","
                + "\"spent\":\"205\",\"limit\":\"250\",\"unit\":\"USD\",\"used\":\"0.82\","
                + "\"notification_id\":\""
                + notification.id()
                + "\"},"
                + times("2027-01-20T09:10:30Z")
                + ",\"generatorURL\":\"https://spend.example.org/budgets/"
                + budget
                + "\"}]");
  }

  @Test
  void aChangeOfSeverityEndsTheFormerAlert() {
    String json = render(NotifyFixtures.scene().escalated().notification());
    int second = json.indexOf("},{");
    assertThat(json.substring(0, second))
        .contains(labels("warning"), times("2027-01-20T10:05:00Z"));
    assertThat(json.substring(second)).contains(labels("critical"), times("2027-01-20T09:10:30Z"));
  }

  @Test
  void aResolveEndsTheAlert() {
    assertThat(render(NotifyFixtures.scene().resolved().notification()))
        .contains(labels("warning"), times("2027-01-20T11:05:00Z"))
        .doesNotContain("},{");
  }

  @Test
  void ourNamesWinAndOddLabelNamesAreMadeSafe() {
    var scene =
        NotifyFixtures.scene()
            .withLabels(
                Map.of(
                    "severity",
                    "none",
                    "alertname",
                    "x",
                    "cost center",
                    "q",
                    "9to5",
                    "",
                    "1a",
                    "z"),
                Dimensions.of(Dimension.USER, "u1"));
    assertThat(render(scene.notification()))
        .contains(
            "\"labels\":{\"_1a\":\"z\",\"alertname\":\"ionq-user-quota\",\"cost_center\":\"q\","
                + "\"severity\":\"warning\",\"user\":\"u1\"}");
  }

  @Test
  void aDrillEndsByItself() {
    assertThat(render(NotifyFixtures.drill()))
        .contains("\"alertname\":\"spendwarden-drill\",\"severity\":\"info\"")
        .contains(times("2027-01-20T09:10:00Z"));
  }

  @Test
  void aKeepAliveIsTheNewestAlertWithAnotherEnd() {
    Notification escalated = NotifyFixtures.scene().escalated().notification();
    assertThat(AlertmanagerAlerts.keepAlive(List.of(escalated), UNTIL))
        .contains(labels("critical"), times("2027-01-20T09:10:30Z"))
        .doesNotContain("\"severity\":\"warning\"");
    assertThat(
            AlertmanagerAlerts.keepAlive(
                List.of(NotifyFixtures.scene().resolved().notification()), UNTIL))
        .isEqualTo("[]");
  }

  @Test
  void aGroupIsAsManyAlerts() {
    assertThat(render(NotifyFixtures.group())).contains(labels("warning"), labels("critical"));
  }
}
