package dev.spendwarden.web;

import static dev.spendwarden.metrics.Samples.full;
import static dev.spendwarden.metrics.Samples.policy;
import static dev.spendwarden.metrics.Samples.quiet;
import static dev.spendwarden.metrics.Samples.snapshot;
import static dev.spendwarden.metrics.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.metrics.PrometheusText;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpVerticleTest {

  private final WebFixture web = new WebFixture();

  @AfterEach
  void close() throws Exception {
    web.close();
  }

  @Test
  void metricsAreStreamedWholeInTheFormatAskedFor() {
    var views = new ArrayList<BudgetView>();
    for (int i = 0; i < 5000; i++) {
      views.add(quiet(full("quota", user("u" + i), "1", "100")));
    }
    web.snapshot = snapshot(List.of(policy("quota", Dimension.USER)), views);
    var plain = web.get("/metrics");
    assertThat(plain.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(PrometheusText.parse(plain.body(), false).all("spendwarden_budget_spent"))
        .hasSize(5000);
    var open = web.send("GET", "/metrics", "", Map.of("Accept", "application/openmetrics-text"));
    assertThat(open.headers().firstValue("Content-Type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(PrometheusText.parse(open.body(), true).all("spendwarden_budget_spent"))
        .hasSize(5000);
  }

  /// Found from outside: one scrape in four was a 200 with nothing in it.
  @Test
  void noScrapeOfManyEndsShort() {
    for (int i = 0; i < 300; i++) {
      assertThat(web.get("/metrics").body()).as("scrape %d", i).contains("spendwarden_build_info");
    }
  }

  @Test
  void readinessNamesWhatIsMissing() {
    assertThat(web.get("/-/healthy").statusCode()).isEqualTo(200);
    assertThat(web.get("/-/ready").statusCode()).isEqualTo(200);
    web.unready = List.of("store: read-only", "evaluator: not started");
    var response = web.get("/-/ready");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(new JsonObject(response.body()).getJsonArray("problems"))
        .containsExactly("store: read-only", "evaluator: not started");
    assertThat(web.get("/-/healthy").statusCode()).isEqualTo(200);
  }

  @Test
  void headAnswersLikeGetWithoutABody() {
    for (String path : List.of("/", "/metrics", "/-/ready", "/api/v1/status", "/app.js")) {
      var head = web.send("HEAD", path, "", Map.of());
      assertThat(head.statusCode()).as(path).isEqualTo(200);
      assertThat(head.body()).as(path).isEmpty();
      assertThat(head.headers().firstValue("Content-Type"))
          .as(path)
          .isEqualTo(web.get(path).headers().firstValue("Content-Type"));
    }
  }

  @Test
  void otherMethodsAreToldWhichWork() {
    record Row(String method, String path, String allow) {}
    var rows =
        List.of(
            new Row("POST", "/metrics", "GET, HEAD"),
            new Row("GET", "/-/reload", "POST"),
            new Row("PUT", "/api/v1/silences", "GET, HEAD, POST"),
            new Row("GET", "/api/v1/silences/sil_1", "DELETE"),
            new Row("DELETE", "/api/v1/budgets/bud_1", "GET, HEAD"));
    for (Row row : rows) {
      var response = web.send(row.method(), row.path(), "", Map.of());
      assertThat(response.statusCode()).as(row.path()).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).contains(row.allow());
    }
  }

  @Test
  void everyAnswerCarriesTheSecurityHeaders() {
    for (String path : List.of("/", "/api/v1/status", "/nowhere", "/api/v1/budgets?limit=0")) {
      var headers = web.get(path).headers();
      assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'self'", "frame-ancestors 'none'");
      assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
      assertThat(headers.firstValue("Referrer-Policy")).contains("no-referrer");
      assertThat(headers.firstValue("Cross-Origin-Opener-Policy")).contains("same-origin");
      assertThat(headers.firstValue("Cross-Origin-Resource-Policy")).contains("same-origin");
    }
  }

  @Test
  void anErrorThatNobodyForesawSaysNothingOfItself() {
    web.readToken = Optional.of("look");
    web.readTokenFrom =
        () -> {
          throw new IllegalStateException("in /etc/spendwarden/keys");
        };
    var answer = web.send("GET", "/api/v1/status", "", Map.of("Authorization", "Bearer look"));
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .contains("see the log")
        .doesNotContain("/etc/", "Exception", "dev.spendwarden", "\tat");
  }

  @Test
  void largeBodiesAndHeadersAreRefused() {
    var body = web.post("/-/reload", "x".repeat(HttpVerticle.MAX_BODY + 1));
    assertThat(body.statusCode()).isEqualTo(413);
    assertThat(body.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(web.commands.calls).isEmpty();
    assertThat(web.post("/-/reload", "x".repeat(HttpVerticle.MAX_BODY)).statusCode())
        .isEqualTo(200);
    assertThat(
            web.send("GET", "/-/healthy", "", Map.of("X-Large", "x".repeat(20_000))).statusCode())
        .isEqualTo(431);
    assertThat(web.get("/-/healthy?" + "x".repeat(9_000)).statusCode()).isEqualTo(414);
  }

  @Test
  void pathsThatCannotBeReadAreBadRequests() {
    assertThat(web.send("GET", "/api/v1/budgets/..%2f..%2fetc", "", Map.of()).statusCode())
        .isEqualTo(404);
    assertThat(web.get("/app.css/../../../etc/passwd").statusCode()).isEqualTo(404);
  }

  @Test
  void thePageIsStaticAndLoadsNothingFromElsewhere() {
    var page = web.get("/");
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(web.get("/budgets/bud_1").body()).isEqualTo(page.body());
    assertThat(page.body()).contains("src=\"/app.js\"", "href=\"/app.css\"");
    assertThat(page.body()).doesNotContain("http://", "https://", "<style", "onclick");
    assertThat(web.get("/app.js").body()).doesNotContain("innerHTML", "https://", "eval(");
    String tag = page.headers().firstValue("ETag").orElseThrow();
    assertThat(web.send("GET", "/", "", Map.of("If-None-Match", tag)).statusCode()).isEqualTo(304);
  }
}
