package dev.spendwarden.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// With a token for reading nothing that says something of money is shown without one.
class ReadTokenTest {

  private static final List<String> GUARDED =
      List.of(
          "/metrics",
          "/api/v1/status",
          "/api/v1/sources",
          "/api/v1/reports",
          "/api/v1/policies",
          "/api/v1/budgets",
          "/api/v1/budgets/bud_1",
          "/api/v1/budgets/bud_1/series",
          "/api/v1/budgets/bud_1/explain",
          "/api/v1/alerts",
          "/api/v1/notifications",
          "/api/v1/silences",
          "/api/v1/waivers",
          "/api/v1/actions",
          "/api/v1/actions/act_1",
          "/api/v1/enforcement",
          "/api/v1/audit",
          "/api/v1/events");

  private static final List<String> OPEN =
      List.of("/-/healthy", "/-/ready", "/", "/budgets/bud_1", "/app.js", "/live.js", "/app.css");

  private static final String QUESTION =
      "{\"labels\":{\"source\":\"lab\"},\"amount\":\"1\",\"unit\":\"USD\"}";

  private final WebFixture web = new WebFixture();

  @BeforeEach
  void guardReading() {
    web.readToken = Optional.of("look");
  }

  @AfterEach
  void close() throws Exception {
    web.close();
  }

  private int status(String method, String path, String body, String token) {
    Map<String, String> headers =
        token.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + token);
    return web.send(method, path, body, headers).statusCode();
  }

  @Test
  void readingNeedsATokenAndEitherDoes() {
    for (String path : GUARDED) {
      for (String method : path.endsWith("/events") ? List.of("GET") : List.of("GET", "HEAD")) {
        assertThat(status(method, path, "", "")).as(method + path).isEqualTo(401);
        assertThat(status(method, path, "", "loo")).as(method + path).isEqualTo(401);
        if (!path.endsWith("/events")) {
          assertThat(status(method, path, "", "look")).as(method + path).isIn(200, 404);
          assertThat(status(method, path, "", "s3cret")).as(method + path).isIn(200, 404);
        }
      }
    }
    assertThat(web.get("/api/v1/status").headers().firstValue("WWW-Authenticate")).isPresent();
  }

  @Test
  void theTrickyWaysToAPathAreGuardedToo() {
    for (String path :
        List.of(
            "//metrics",
            "/metrics/",
            "/./metrics",
            "/app.css/../metrics",
            "/%6detrics",
            "/api/v1//status",
            "/api/v1/%73tatus",
            "/api/v1/status?x=/-/healthy",
            "/-/healthy/../../api/v1/status")) {
      assertThat(status("GET", path, "", "")).as(path).isIn(401, 404);
    }
  }

  @Test
  void whatSaysNothingStaysOpen() {
    for (String path : OPEN) {
      assertThat(status("GET", path, "", "")).as(path).isEqualTo(200);
    }
  }

  @Test
  void theTokenForReadingChangesNothing() {
    var refused = web.send("POST", "/-/reload", "", Map.of("Authorization", "Bearer look"));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("server.token_file");
    String reserving =
        QUESTION.replace("}", "").replace("lab\"", "lab\"}") + ",\"reserve\":\"5m\"}";
    assertThat(status("POST", "/api/v1/decisions", reserving, "look")).isEqualTo(403);
    assertThat(web.commands.calls).isEmpty();
    web.token = Optional.empty();
    assertThat(status("POST", "/-/reload", "", "look")).as("no token for changes").isEqualTo(403);
  }

  @Test
  void aDecisionWithoutAReservationIsARead() {
    assertThat(status("POST", "/api/v1/decisions", QUESTION, "")).isEqualTo(401);
    assertThat(status("POST", "/api/v1/decisions", QUESTION, "look")).isEqualTo(200);
    web.readToken = Optional.empty();
    assertThat(status("POST", "/api/v1/decisions", QUESTION, "")).isEqualTo(200);
  }

  @Test
  void whoGuessesWhileReadingIsSlowedDownEverywhere() {
    for (int i = 0; i < BearerGuard.FREE_TRIES; i++) {
      assertThat(status("GET", "/api/v1/status", "", "guess" + i)).isEqualTo(401);
    }
    for (String path : List.of("/api/v1/status", "/metrics")) {
      var response = web.send("GET", path, "", Map.of("Authorization", "Bearer look"));
      assertThat(response.statusCode()).as(path).isEqualTo(429);
      assertThat(response.headers().firstValue("Retry-After")).as(path).isPresent();
    }
    assertThat(status("POST", "/-/reload", "", "s3cret")).isEqualTo(429);
    assertThat(status("GET", "/-/healthy", "", "")).isEqualTo(200);
    web.nanos += 3_000_000_000L;
    assertThat(status("GET", "/api/v1/status", "", "look")).isEqualTo(200);
  }

  @Test
  void aRotatedTokenCountsAtOnce() {
    assertThat(status("GET", "/metrics", "", "look")).isEqualTo(200);
    web.readToken = Optional.of("look2");
    assertThat(status("GET", "/metrics", "", "look")).isEqualTo(401);
    assertThat(status("GET", "/metrics", "", "look2")).isEqualTo(200);
    web.readToken = Optional.of(" ");
    assertThat(status("GET", "/metrics", "", " ")).as("a blank one opens nothing").isEqualTo(401);
  }

  @Test
  void aTokenFileThatCannotBeReadClosesTheDoor() {
    web.readTokenFrom =
        () -> {
          throw new UncheckedIOException("cannot read the secret file x", new IOException());
        };
    var response = web.send("GET", "/metrics", "", Map.of("Authorization", "Bearer look"));
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("token file").doesNotContain("IOException");
  }

  /// As a file that is being written holds it for a moment.
  @Test
  void aBlankTokenIsNone() {
    var guard = new BearerGuard(() -> 0);
    var blank = new BearerGuard.Accepted(Optional.of(" \n"), Optional.of(""));
    for (BearerGuard.Right right : BearerGuard.Right.values()) {
      assertThat(guard.check("10.0.0.1", "Bearer ", right, blank))
          .isInstanceOf(BearerGuard.Verdict.Closed.class);
    }
  }

  @Test
  void addressesThatFailedAreForgottenBeyondABound() {
    var guard = new BearerGuard(() -> 0);
    var accepted = new BearerGuard.Accepted(Optional.of("s3cret"), Optional.empty());
    Supplier<BearerGuard.Verdict> first =
        () -> guard.check("10.0.0.1", "Bearer x", BearerGuard.Right.READ, accepted);
    for (int i = 0; i < BearerGuard.FREE_TRIES; i++) {
      first.get();
    }
    assertThat(first.get()).isInstanceOf(BearerGuard.Verdict.Wait.class);
    for (int i = 0; i < 1000; i++) {
      guard.check("10.1." + i / 256 + "." + i % 256, "Bearer x", BearerGuard.Right.READ, accepted);
    }
    assertThat(first.get()).isInstanceOf(BearerGuard.Verdict.Wrong.class);
  }
}
