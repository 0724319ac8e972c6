package dev.spendwarden.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.LastTold;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.NotifyFixtures;
import dev.spendwarden.notify.slack.SlackMessage.View;
import dev.spendwarden.policy.Assessment;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlackMessageTest {

  /// Everything a stranger can name: a label, a contributor, a summary, a policy's label.
  private static NotifyFixtures.Scene written(String text) {
    return NotifyFixtures.scene()
        .withLabels(Map.of("team", text), Dimensions.of(Dimension.USER, text))
        .withContributors(
            List.of(
                new Assessment.Contributor(Dimensions.of(Dimension.PRODUCT, text), BigDecimal.ONE)))
        .withRule(text);
  }

  private static String all(SlackMessage message) {
    return message.text() + message.blocksJson();
  }

  static Stream<String> attacks() {
    return Stream.of(
        "<!channel>",
        "<!here|here>",
        "<!everyone>",
        "<@U0ADA>",
        "<#C0SPENDW01>",
        "<!subteam^S0ABC>",
        "<https://evil.example|Approve>",
        "<mailto:a@evil.example|x>",
        "&lt;!channel&gt;",
        "<!chan\u0000nel>",
        "<\u200b!channel>",
        "\u202e>lennahc!<",
        "</script><b>");
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void foreignTextCannotMentionLinkOrTurnAround(String attack) {
    var notification = written(attack).notification();
    for (SlackMessage message :
        List.of(
            SlackMessage.of(notification), SlackMessage.change(notification, Optional.empty()))) {
      // Our own links are the only angle brackets.
      String rest =
          all(message).replaceAll("<https://(spend|wiki)\\.example\\.org/[^<>|]*\\|\\w+>", "");
      assertThat(rest).doesNotContain("<", ">");
      assertThat(all(message)).doesNotContain("\u202e", "\u200b", "\u0000");
    }
  }

  /// A real clock has nanoseconds, which nobody reads.
  @Test
  void timesAreToldToTheSecond() {
    Notification exact = written("quantum").notification();
    String nanos = exact.body().replace(":00Z\"", ":00.681482800Z\"");
    assertThat(nanos).isNotEqualTo(exact.body());
    var notification =
        new Notification(
            exact.id(),
            exact.receiver(),
            exact.type(),
            exact.alertId(),
            exact.budgetId(),
            exact.sequence(),
            nanos,
            exact.state(),
            exact.attempts(),
            exact.lastError(),
            exact.createdAt(),
            exact.nextAttemptAt(),
            exact.deliveredAt());
    for (SlackMessage message :
        List.of(
            SlackMessage.of(notification), SlackMessage.change(notification, Optional.empty()))) {
      assertThat(all(message)).contains(":00Z").doesNotContain("6814828");
    }
  }

  @Test
  void whatIsEscapedAlreadyIsEscapedAgain() {
    assertThat(all(SlackMessage.of(written("&lt;!channel&gt;").notification())))
        .contains("&amp;lt;!channel&amp;gt;");
  }

  @Test
  void onlyWebAddressesBecomeLinks() {
    assertThat(SlackText.link("javascript:alert(1)", "Runbook")).isEmpty();
    assertThat(SlackText.link("https://a.example/x|y> <!channel>", "Runbook")).isEmpty();
    assertThat(SlackText.link("https://a.example/?a=1&b=2", "Runbook"))
        .hasValue("<https://a.example/?a=1&amp;b=2|Runbook>");
    var scene = NotifyFixtures.scene().withRunbook("javascript:alert(1)");
    assertThat(all(SlackMessage.of(scene.notification()))).doesNotContain("javascript");
  }

  @Test
  void escapedTextIsCutAtAWholeEntity() {
    assertThat(SlackText.escape("<<<<", 10)).isEqualTo("&lt;&lt;…");
    assertThat(SlackText.escape("<<", 8)).isEqualTo("&lt;&lt;");
    assertThat(SlackText.escape("abc", 3)).isEqualTo("abc");
    assertThat(SlackText.escape("abcd", 3)).isEqualTo("ab…");
  }

  @Test
  void fitsSlacksLimitsWhateverOthersWrite() {
    String awful = "&😀".repeat(500);
    var policyLabels = new LinkedHashMap<String, String>();
    IntStream.range(0, 100).forEach(i -> policyLabels.put("label" + i, awful));
    var part = new Assessment.Contributor(Dimensions.of(Dimension.SKU, awful), BigDecimal.ONE);
    var scene =
        written(awful)
            .withLabels(policyLabels, Dimensions.of(Dimension.USER, awful))
            .withContributors(List.of(part, part, part, part, part))
            .withRunbook("https://wiki.example.org/" + "a&".repeat(200));
    var note = new AlertNotes.Note(Optional.empty(), Optional.of(NotifyFixtures.AT));
    var before = LastTold.of(Body.of(NotifyFixtures.scene().notification()));
    SlackMessage message =
        SlackMessage.of(
            scene.notification(), new View(Optional.of(before), note, true, Optional.empty()));
    assertThat(all(message)).hasSizeLessThan(12_000);
    Body blocks = Body.parse("{\"blocks\":" + message.blocksJson() + "}").orElseThrow();
    for (Body block : blocks.objects("blocks")) {
      assertThat(block.object("text").text("text").orElse(""))
          .hasSizeLessThan(block.text("type").orElse("").equals("header") ? 151 : 3001);
      assertThat(block.objects("fields")).hasSizeLessThanOrEqualTo(10);
      assertThat(block.objects("fields"))
          .allMatch(field -> field.text("text").orElseThrow().length() <= 2000);
    }
  }

  @Test
  void carriesTheShortIdOfItsNotification() {
    var notification = NotifyFixtures.scene().notification();
    String shortId = notification.id().substring(0, 16);
    assertThat(SlackMessage.of(notification).blocksJson()).contains(shortId);
    assertThat(SlackMessage.change(notification, Optional.empty()).blocksJson()).contains(shortId);
  }

  @Test
  void severityShowsAsColour() {
    assertThat(SlackMessage.of(NotifyFixtures.scene().notification()).text()).startsWith("🟠");
    assertThat(SlackMessage.of(NotifyFixtures.scene().escalated().notification()).text())
        .startsWith("🔴");
    assertThat(SlackMessage.of(NotifyFixtures.scene().resolved().notification()).text())
        .startsWith("🟢");
  }

  @Test
  void anUnknownKindIsShownPlainly() {
    assertThat(SlackMessage.of(NotifyFixtures.unheardOf()).text())
        .startsWith("🔔 moon.full: hooks");
  }

  private static String buttonsOf(Notification notification, AlertNotes.Note note) {
    return SlackMessage.of(notification, new View(Optional.empty(), note, true, Optional.empty()))
        .blocksJson()
        .replaceAll("(?s).*\"actions\"(.*?)\\}]\\},\\{\"type\":\"context.*", "$1");
  }

  @Test
  void buttonsAreThoseThatStillDoSomething() {
    Notification fired = NotifyFixtures.scene().notification();
    assertThat(buttonsOf(fired, AlertNotes.Note.NONE))
        .contains("\"ack\"", "\"silence_1h\"", "\"silence_1d\"", "\"value\":\"alt_1\"")
        .contains("\"block_id\":\"spendwarden:" + fired.id() + "\"");
    var acked = new AlertNotes.Note(Optional.of("ada"), Optional.empty());
    assertThat(buttonsOf(fired, acked)).doesNotContain("\"ack\"").contains("\"silence_1h\"");
    assertThat(buttonsOf(NotifyFixtures.scene().resolved().notification(), AlertNotes.Note.NONE))
        .doesNotContain("button");
    assertThat(buttonsOf(NotifyFixtures.action(), AlertNotes.Note.NONE))
        .contains("\"approve\"", "\"reject\"", "\"value\":\"act_1\"", "\"confirm\"");
    assertThat(SlackMessage.of(fired).blocksJson()).doesNotContain("button");
  }
}
