package dev.spendwarden.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlackTwinTest {

  private static final String TOKEN = "xoxb-sandbox-token-long-enough";

  private final Visitor.Clock clock = new Visitor.Clock("2027-01-20T09:00:00Z");
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final Visitor visitor = new Visitor(sandbox);

  @AfterEach
  void close() {
    visitor.close();
    sandbox.close();
  }

  @Test
  void speaksWithSlacksOwnClient() throws Exception {
    var config = new SlackConfig();
    config.setMethodsEndpointUrlPrefix(sandbox.url("/slack/api/"));
    config.setStatsEnabled(false);
    try (Slack slack = Slack.getInstance(config)) {
      MethodsClient methods = slack.methods(TOKEN);
      assertThat(methods.authTest(r -> r).isOk()).isTrue();
      var posted =
          methods.chatPostMessage(r ->
              r.channel("#quantum-spend")
                  .text("80 %")
                  .blocksAsString(
                      "[{\"type\":\"header\",\"text\":"
                          + "{\"type\":\"plain_text\",\"text\":\"80 %\"}}]"));
      assertThat(posted.isOk()).isTrue();
      var edited =
          methods.chatUpdate(r -> r.channel(posted.getChannel()).ts(posted.getTs()).text("100 %"));
      assertThat(edited.getTs()).isEqualTo(posted.getTs());
      var reply =
          methods.chatPostMessage(
              r -> r.channel(posted.getChannel()).threadTs(posted.getTs()).text("worse"));
      assertThat(reply.getTs()).isNotEqualTo(posted.getTs());
      var file =
          methods.filesUploadV2(r ->
              r.channel(posted.getChannel())
                  .threadTs(posted.getTs())
                  .filename("burn.png")
                  .fileData(new byte[] {1, 2, 3}));
      assertThat(file.isOk()).isTrue();

      assertThat(sandbox.slack().messages())
          .extracting(SlackTwin.Message::text)
          .containsExactly("100 %", "worse", "");
      assertThat(sandbox.slack().messages().getFirst().edits()).isEqualTo(1);
      assertThat(SlackTwin.thread(sandbox.slack().messages(), posted.getTs())).hasSize(2);
      assertThat(sandbox.inbox().deliveries("slack:#quantum-spend"))
          .extracting(delivery -> delivery.headers().get("x-slack-method"))
          .containsExactly(
              "chat.postMessage",
              "chat.update",
              "chat.postMessage",
              "files.completeUploadExternal");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'channel':'#missing-one','text':'x'} | channel_not_found",
        "{'channel':'#Not A Name','text':'x'} | channel_not_found",
        "{'channel':'#archived-one','text':'x'} | is_archived",
        "{'channel':'#ok','text':''} | no_text",
        "{'channel':'#ok','text':'x','thread_ts':'1.2'} | thread_not_found",
        "{'channel':'#ok','text':'x','blocks':[{'type':'nonsense'}]} | invalid_blocks",
        "{'channel':'#ok','text':'x','blocks':[{'type':'section'}]} | invalid_blocks",
      })
  void refusesWhatSlackRefuses(String message, String error) {
    assertThat(visitor.json(call("chat.postMessage", message.replace('\'', '"'))))
        .containsEntry("ok", false)
        .containsEntry("error", error);
    assertThat(sandbox.inbox().deliveries()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"header,150", "section,3000"})
  void takesTextUpToTheLimitAndNotBeyond(String type, int limit) {
    assertThat(visitor.json(call("chat.postMessage", blockOf(type, limit))))
        .containsEntry("ok", true);
    assertThat(visitor.json(call("chat.postMessage", blockOf(type, limit + 1))))
        .containsEntry("error", "invalid_blocks");
  }

  @Test
  void refusesBlocksThatAreTooLongTogether() {
    String block = block("section", 2900);
    String blocks = String.join(",", block, block, block, block, block);
    assertThat(
            visitor.json(
                call(
                    "chat.postMessage",
                    "{\"channel\":\"#ok\",\"text\":\"x\",\"blocks\":[" + blocks + "]}")))
        .containsEntry("error", "msg_blocks_too_long");
  }

  @ParameterizedTest
  @CsvSource({
    "Basic abc, not_authed",
    "Bearer nonsense, invalid_auth",
    "Bearer xoxb-revoked, token_revoked"
  })
  void refusesAWrongToken(String authorization, String error) {
    HttpResponse<String> response =
        visitor.post("/slack/api/auth.test", "", "Authorization", authorization);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(visitor.json(response)).containsEntry("error", error);
  }

  @Test
  void editsOnlyByChannelIdAndOnlyWhatExists() {
    Map<String, @Nullable Object> posted =
        visitor.json(call("chat.postMessage", "{\"channel\":\"#ok\",\"text\":\"x\"}"));
    String edit = "{\"channel\":\"%s\",\"ts\":\"%s\",\"text\":\"y\"}";
    String ts = Json.text(posted, "ts");
    assertThat(visitor.json(call("chat.update", edit.formatted("#ok", ts))))
        .containsEntry("error", "channel_not_found");
    String id = Json.text(posted, "channel");
    assertThat(visitor.json(call("chat.update", edit.formatted(id, "1.000001"))))
        .containsEntry("error", "message_not_found");
    assertThat(visitor.json(call("chat.update", edit.formatted(id, ts)))).containsEntry("ok", true);
  }

  @Test
  void throttlesEachChannelWhenToldTo() {
    sandbox.slack().rateLimited(true);
    String message = "{\"channel\":\"#ok\",\"text\":\"x\"}";
    assertThat(call("chat.postMessage", message).statusCode()).isEqualTo(200);
    HttpResponse<String> second = call("chat.postMessage", message);
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.headers().firstValue("retry-after")).contains("1");
    assertThat(call("chat.postMessage", message.replace("#ok", "#other")).statusCode())
        .isEqualTo(200);
    clock.forward(Duration.ofSeconds(1));
    assertThat(call("chat.postMessage", message).statusCode()).isEqualTo(200);
  }

  @Test
  void takesIncomingWebhooksInPlainWords() {
    assertThat(visitor.post("/slack/hook/spend", "{\"text\":\"hello\"}").body()).isEqualTo("ok");
    assertThat(visitor.post("/slack/hook/spend", "nonsense").body()).isEqualTo("invalid_payload");
    assertThat(visitor.post("/slack/hook/missing", "{\"text\":\"x\"}").statusCode()).isEqualTo(404);
    assertThat(visitor.post("/slack/hook/archived", "{\"text\":\"x\"}").statusCode())
        .isEqualTo(410);
    assertThat(sandbox.inbox().deliveries("slack:#spend")).hasSize(1);
  }

  private HttpResponse<String> call(String method, String body) {
    return visitor.post(
        "/slack/api/" + method,
        body,
        "Authorization",
        "Bearer " + TOKEN,
        "Content-Type",
        "application/json; charset=utf-8");
  }

  private static String blockOf(String type, int length) {
    return "{\"channel\":\"#ok\",\"text\":\"x\",\"blocks\":[" + block(type, length) + "]}";
  }

  private static String block(String type, int length) {
    return "{\"type\":\"%s\",\"text\":{\"type\":\"plain_text\",\"text\":\"%s\"}}"
        .formatted(type, "x".repeat(length));
  }
}
