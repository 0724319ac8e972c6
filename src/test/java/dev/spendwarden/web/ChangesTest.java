package dev.spendwarden.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.web.Commands.Result;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChangesTest {

  private final WebFixture web = new WebFixture();

  @AfterEach
  void close() throws Exception {
    web.close();
  }

  private record Row(Optional<String> token, String authorization, int status, String note) {}

  @Test
  void onlyTheTokenOpensTheDoor() {
    var set = Optional.of("s3cret");
    var rows =
        List.of(
            new Row(set, "Bearer s3cret", 200, "right"),
            new Row(set, "bearer s3cret", 200, "the scheme's case does not count"),
            new Row(Optional.of("s3cret\n"), "Bearer s3cret", 200, "a file ends in a line end"),
            new Row(set, "", 401, "none"),
            new Row(set, "Bearer s3cre", 401, "too short"),
            new Row(set, "Bearer s3cret2", 401, "too long"),
            new Row(set, "Basic s3cret", 401, "another scheme"),
            new Row(set, "Bearer", 401, "empty"),
            new Row(Optional.empty(), "Bearer s3cret", 403, "no token is configured"),
            new Row(Optional.empty(), "", 403, "nor given"),
            new Row(Optional.of(""), "Bearer ", 403, "an empty token opens nothing"),
            new Row(Optional.of(" \n"), "Bearer ", 403, "nor a blank one"));
    for (Row row : rows) {
      web.token = row.token();
      web.commands.calls.clear();
      web.nanos += 3_600_000_000_000L;
      Map<String, String> headers =
          row.authorization().isEmpty() ? Map.of() : Map.of("Authorization", row.authorization());
      var response = web.send("POST", "/-/reload", "", headers);
      assertThat(response.statusCode()).as(row.note()).isEqualTo(row.status());
      assertThat(web.commands.calls).as(row.note()).hasSize(row.status() == 200 ? 1 : 0);
      assertThat(response.headers().firstValue("WWW-Authenticate").isPresent())
          .as(row.note())
          .isEqualTo(row.status() == 401);
      if (row.status() == 403) {
        assertThat(response.body()).contains("server.token_file");
      }
    }
  }

  @Test
  void whoGuessesIsSlowedDown() {
    var wrong = Map.of("Authorization", "Bearer guess");
    for (int i = 0; i < BearerGuard.FREE_TRIES; i++) {
      assertThat(web.send("POST", "/-/reload", "", wrong).statusCode()).isEqualTo(401);
    }
    var refused = web.post("/-/reload", "");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    web.nanos += 3_000_000_000L;
    assertThat(web.post("/-/reload", "").statusCode()).isEqualTo(200);
    assertThat(web.send("POST", "/-/reload", "", wrong).statusCode()).isEqualTo(401);
    assertThat(web.post("/-/reload", "").statusCode()).isEqualTo(200);
  }

  @Test
  void everyChangeNeedsTheToken() {
    for (String path :
        List.of(
            "/-/reload",
            "/api/v1/notifications/swn_1/retry",
            "/api/v1/alerts/alr_1/ack",
            "/api/v1/silences")) {
      assertThat(web.send("POST", path, "{}", Map.of()).statusCode()).as(path).isEqualTo(401);
    }
    assertThat(web.send("DELETE", "/api/v1/silences/sil_1", "", Map.of()).statusCode())
        .isEqualTo(401);
    assertThat(web.commands.calls).isEmpty();
  }

  @Test
  void commandsAreHandedOn() {
    web.post("/api/v1/notifications/swn_1/retry", "");
    web.post("/api/v1/alerts/alr_1/ack", "{\"by\":\"ada\",\"comment\":\"on it\"}");
    web.post(
        "/api/v1/silences",
        """
        {"match":{"policy":"quota","user":["u1","u2"]},"ends_at":"2027-01-21T00:00:00Z",
         "comment":"maintenance","created_by":"ada"}\
        """);
    web.send("DELETE", "/api/v1/silences/sil_1", "", Map.of("Authorization", "Bearer s3cret"));
    assertThat(web.commands.calls)
        .containsExactly(
            "retry swn_1",
            "ack alr_1 Note[by=ada, comment=on it]",
            "silence NewSilence[match={policy=[quota], user=[u1, u2]},"
                + " endsAt=2027-01-21T00:00:00Z, comment=maintenance, createdBy=ada]",
            "unsilence sil_1");
  }

  private record Outcome(Result result, int status) {}

  @Test
  void eachOutcomeHasItsStatus() {
    var outcomes =
        List.of(
            new Outcome(new Result.Done(Optional.of("sil_9")), 201),
            new Outcome(new Result.Loaded(List.of("policy a: added")), 200),
            new Outcome(new Result.NotFound("there is no such notification"), 404),
            new Outcome(new Result.Conflict("it is not dead"), 409),
            new Outcome(new Result.Refused("bad file", List.of("a.yaml:1:2: oops")), 422),
            new Outcome(new Result.Unsupported("not yet"), 501));
    for (Outcome outcome : outcomes) {
      web.commands.result = outcome.result();
      var response = web.post("/-/reload", "");
      assertThat(response.statusCode()).isEqualTo(outcome.status());
      if (outcome.result() instanceof Result.Loaded) {
        assertThat(new JsonObject(response.body()).getJsonArray("changes"))
            .containsExactly("policy a: added");
      }
      if (outcome.status() == 422) {
        assertThat(new JsonObject(response.body()).getJsonArray("problems"))
            .containsExactly("a.yaml:1:2: oops");
      }
    }
  }

  @Test
  void badBodiesAreRefusedWithTheKeyThatIsWrong() {
    record Body(String path, String body, String detail) {}
    String ack = "/api/v1/alerts/alr_1/ack";
    String silences = "/api/v1/silences";
    var rows =
        List.of(
            new Body(ack, "", "object"),
            new Body(ack, "[]", "object"),
            new Body(ack, "{", "not JSON"),
            new Body(ack, "{} {}", "follows"),
            new Body(ack, "{\"by\":\"a\",\"by\":\"b\"}", "twice"),
            new Body(ack, "{\"comment\":\"x\"}", "by:"),
            new Body(ack, "{\"by\":\" \"}", "by:"),
            new Body(ack, "{\"by\":7}", "texts"),
            new Body(ack, "{\"by\":\"a\",\"why\":\"b\"}", "unknown key"),
            new Body(ack, "[".repeat(5000), "object"),
            new Body(ack, "{\"by\":" + "[".repeat(5000), "not JSON"),
            new Body(silences, "{\"created_by\":\"a\"}", "match:"),
            new Body(silences, "{\"match\":{},\"created_by\":\"a\"}", "match:"),
            new Body(silences, "{\"match\":{\"policy\":[]}}", "empty list"),
            new Body(silences, "{\"match\":{\"policy\":\"p\"},\"ends_at\":\"soon\"}", "ends_at:"),
            new Body(
                silences,
                "{\"match\":{\"policy\":\"p\"},\"ends_at\":\"2020-01-01T00:00:00Z\","
                    + "\"created_by\":\"a\"}",
                "past"));
    for (Body row : rows) {
      var response = web.post(row.path(), row.body());
      assertThat(response.statusCode()).as(row.body()).isEqualTo(400);
      assertThat(new JsonObject(response.body()).getString("detail"))
          .as(row.body())
          .contains(row.detail());
    }
    assertThat(web.commands.calls).isEmpty();
  }
}
