package dev.spendwarden.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboxTest {

  private final Visitor.Clock clock = new Visitor.Clock("2027-01-20T09:00:00Z");
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final Visitor visitor = new Visitor(sandbox);

  @AfterEach
  void close() {
    visitor.close();
    sandbox.close();
  }

  @Test
  void listsDeliveriesNewestFirstWithTheirBodies() {
    String body = "{\"id\":\"swn_1\",\"spent\":12345678901234567890.123456789,\"none\":null}";
    visitor.post("/hooks/first", body, "webhook-id", "swn_1", "Authorization", "Bearer secret");
    clock.forward(Duration.ofSeconds(1));
    visitor.post("/hooks/second", "not json");
    String inbox = visitor.get("/inbox.json").body();
    assertThat(items(inbox))
        .extracting(item -> item.get("receiver"), item -> item.get("at"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("second", "2027-01-20T09:00:01Z"),
            org.assertj.core.groups.Tuple.tuple("first", "2027-01-20T09:00:00Z"));
    assertThat(items(inbox).getFirst())
        .containsOnlyKeys("receiver", "at", "headers", "body")
        .containsEntry("body", "not json");
    assertThat(inbox)
        .contains(
            "\"body\":" + body, "\"webhook-id\":\"swn_1\"", "\"authorization\":\"Bearer ***\"")
        .doesNotContain("secret");
  }

  @Test
  void showsAlertsForAlertmanagerAndRefusesOnesWithoutLabels() {
    assertThat(
            visitor
                .post("/alertmanager/api/v2/alerts", "[{\"labels\":{\"alertname\":\"a\"}}]")
                .statusCode())
        .isEqualTo(200);
    assertThat(visitor.post("/alertmanager/api/v2/alerts", "[{\"labels\":{}}]").statusCode())
        .isEqualTo(400);
    assertThat(visitor.post("/alertmanager/api/v2/alerts", "{}").statusCode()).isEqualTo(400);
    assertThat(sandbox.inbox().deliveries("alertmanager")).hasSize(1);
  }

  @Test
  void pageEscapesEverythingThatCameFromOutside() {
    String attack = "<script>alert(1)</script>";
    visitor.post("/hooks/x", attack, "x-attack", attack);
    visitor.post("/slack/hook/x", "{\"text\":\"&lt;script&gt; *bold* " + attack + "\"}");
    String page = visitor.get("/inbox").body();
    assertThat(page)
        .contains("&lt;script&gt;alert(1)", "<b>bold</b>", "http-equiv=\"refresh\"")
        .doesNotContain("<script");
  }

  @Test
  void pageShowsLinksAndCodeOfSlackAndNoOtherAddresses() {
    visitor.post(
        "/slack/hook/x",
        "{\"text\":\"`##` <https://a.example.org/x?a=1&amp;b=2|Budget> <javascript:a()|no>"
            + " \\u0001javascript:b()\\u0001no\\u0001\"}");
    assertThat(visitor.get("/inbox").body())
        .contains("<code>##</code>", "<a href=\"https://a.example.org/x?a=1&amp;b=2\">Budget</a>")
        .doesNotContain("href=\"javascript");
  }

  @Test
  void pageShowsAMessageOnceWithItsEditsAndItsThread() {
    String post = "/slack/api/chat.postMessage";
    String[] headers = {"Authorization", "Bearer xoxb-t", "Content-Type", "application/json"};
    var posted =
        visitor.json(visitor.post(post, "{\"channel\":\"#a\",\"text\":\"at 80\"}", headers));
    String place =
        "{\"channel\":\"%s\",\"%%s\":\"%s\",\"text\":\"%%s\"}"
            .formatted(posted.get("channel"), posted.get("ts"));
    visitor.post("/slack/api/chat.update", place.formatted("ts", "at 100"), headers);
    visitor.post(post, place.formatted("thread_ts", "it got worse"), headers);
    assertThat(visitor.get("/inbox").body())
        .containsOnlyOnce("<article>")
        .contains("at 100", "edited 1×", "it got worse")
        .doesNotContain("at 80");
  }

  private static List<Map<String, @Nullable Object>> items(String inbox) {
    var object = Json.asObject(Json.parse(inbox).orElseThrow());
    return Json.asArray(object.get("items")).stream().map(Json::asObject).toList();
  }
}
