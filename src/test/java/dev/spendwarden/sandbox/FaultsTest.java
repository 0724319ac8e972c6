package dev.spendwarden.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {

  private static final String REPORT = "/ionq/v0.3/report/organizations/lab";

  private final Visitor.Clock clock = new Visitor.Clock("2027-01-20T09:00:00Z");
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final Visitor visitor = new Visitor(sandbox);

  @BeforeEach
  void someMembers() {
    sandbox.ionq().member("u1").quota(BigDecimal.TEN).consumed(BigDecimal.ONE);
    sandbox.ionq().member("u2").quota(BigDecimal.TEN);
  }

  @AfterEach
  void close() {
    visitor.close();
    sandbox.close();
  }

  @Test
  void statusIsPlayedSoManyTimesThenTheMountIsWell() {
    plan("{\"mount\":\"ionq\",\"fault\":\"status\",\"status\":503,\"retry_after\":7,\"times\":2}");
    HttpResponse<String> first = report();
    assertThat(first.statusCode()).isEqualTo(503);
    assertThat(first.headers().firstValue("retry-after")).contains("7");
    assertThat(report().statusCode()).isEqualTo(503);
    assertThat(report().statusCode()).isEqualTo(200);
  }

  @Test
  void faultWithoutTimesLastsUntilCleared() {
    plan("{\"mount\":\"ionq\",\"fault\":\"html\"}");
    assertThat(report().headers().firstValue("content-type")).contains("text/html");
    assertThat(report().body()).contains("<title>");
    assertThat(visitor.delete("/_sandbox/faults").statusCode()).isEqualTo(204);
    assertThat(report().body()).contains("\"members\"");
  }

  @Test
  void faultOfOneHookLeavesTheOthersAlone() {
    sandbox.faults().add("hooks/a", new Fault.Status(500, java.util.Optional.empty()));
    assertThat(visitor.post("/hooks/a", "1").statusCode()).isEqualTo(500);
    assertThat(visitor.post("/hooks/b", "2").statusCode()).isEqualTo(200);
    assertThat(sandbox.inbox().deliveries()).extracting(Inbox.Delivery::receiver).containsOnly("b");
    assertThat(sandbox.requests().requests("hooks/a").getFirst().body()).isEqualTo("1");
  }

  @Test
  void connectionEndsBeforeTheAnswerWithOrWithoutTheWorkDone() {
    sandbox.faults().add("hooks/a", new Fault.Close(false), 1);
    assertThatThrownBy(() -> visitor.post("/hooks/a", "1"))
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(sandbox.inbox().deliveries()).isEmpty();
    sandbox.faults().add("hooks/a", new Fault.Close(true), 1);
    assertThatThrownBy(() -> visitor.post("/hooks/a", "2"))
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(sandbox.inbox().deliveries()).hasSize(1);
  }

  @Test
  void hangingRequestStaysInFlightUntilTheCallerLeaves() {
    plan("{\"mount\":\"ionq\",\"fault\":\"hang\",\"times\":2}");
    var ask =
        visitor
            .request(REPORT, "Authorization", "apiKey key")
            .timeout(Duration.ofSeconds(30))
            .build();
    CompletableFuture<HttpResponse<String>> one =
        visitor.client().sendAsync(ask, BodyHandlers.ofString());
    CompletableFuture<HttpResponse<String>> two =
        visitor.client().sendAsync(ask, BodyHandlers.ofString());
    await().until(() -> sandbox.requests().counts("ionq").inFlight() == 2);
    one.cancel(true);
    two.cancel(true);
    await().until(() -> sandbox.requests().counts("ionq").inFlight() == 0);
    assertThat(sandbox.requests().counts("ionq")).isEqualTo(new RequestLog.Counts(2, 0, 2));
  }

  @Test
  void truncatedAnswerIsShorterThanItSays() {
    plan("{\"mount\":\"ionq\",\"fault\":\"truncate\",\"times\":1}");
    assertThatThrownBy(this::report).hasRootCauseInstanceOf(IOException.class);
    assertThat(report().statusCode()).isEqualTo(200);
  }

  @Test
  void tricklingAnswerOutlastsACallersPatience() {
    plan("{\"mount\":\"ionq\",\"fault\":\"trickle\",\"millis\":20,\"times\":1}");
    var ask = visitor.request(REPORT, "Authorization", "apiKey key").build();
    CompletableFuture<HttpResponse<String>> answer =
        visitor.client().sendAsync(ask, BodyHandlers.ofString());
    await().until(() -> sandbox.requests().counts("ionq").inFlight() == 1);
    assertThat(answer).isNotDone();
    answer.cancel(true);
    await().until(() -> sandbox.requests().counts("ionq").inFlight() == 0);
  }

  @Test
  void fieldIsDroppedOrReplacedByALiteral() {
    plan("{\"mount\":\"ionq\",\"fault\":\"drop\",\"field\":\"members\",\"times\":1}");
    assertThat(visitor.json(report())).doesNotContainKey("members").containsKey("qpus");
    plan(
        "{\"mount\":\"ionq\",\"fault\":\"replace\",\"field\":\"quota_consumed\","
            + "\"literal\":\"1e999999999\",\"times\":1}");
    assertThat(report().body()).contains("\"quota_consumed\":1e999999999");
    plan("{\"mount\":\"ionq\",\"fault\":\"replace\",\"field\":\"quota\",\"times\":1}");
    assertThat(report().body()).contains("\"quota\":null");
  }

  @Test
  void memberVanishesFromTheAnswer() {
    plan("{\"mount\":\"ionq\",\"fault\":\"vanish\",\"value\":\"u1\",\"times\":1}");
    List<@Nullable Object> members = Json.asArray(visitor.json(report()).get("members"));
    assertThat(members).hasSize(1);
    assertThat(Json.asObject(members.getFirst())).containsEntry("id", "u2");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirects(int status) {
    plan(
        "{\"mount\":\"ionq\",\"fault\":\"redirect\",\"status\":%d,\"location\":\"http://127.0.0.1:1/\"}"
            .formatted(status));
    assertThat(report().statusCode()).isEqualTo(status);
    assertThat(report().headers().firstValue("location")).contains("http://127.0.0.1:1/");
  }

  @Test
  void gzipBombIsSmallOnTheWireAndLargeUnpacked() throws Exception {
    plan("{\"mount\":\"ionq\",\"fault\":\"gzip_bomb\",\"mebibytes\":16,\"times\":1}");
    var ask = visitor.request(REPORT, "Authorization", "apiKey key").build();
    byte[] packed = visitor.client().send(ask, BodyHandlers.ofByteArray()).body();
    assertThat(packed.length).isLessThan(100_000);
    try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      assertThat(unpacked.skip(Long.MAX_VALUE)).isEqualTo(16 << 20);
    }
  }

  @Test
  void slowAnswerIsRightButLate() {
    plan("{\"mount\":\"ionq\",\"fault\":\"slow\",\"millis\":300,\"times\":1}");
    long before = System.nanoTime();
    assertThat(report().statusCode()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(290));
  }

  @Test
  void headerIsAsLargeAsAsked() {
    plan("{\"mount\":\"ionq\",\"fault\":\"big_header\",\"bytes\":100000,\"times\":1}");
    assertThat(report().headers().firstValue("x-padding").orElse("")).hasSize(100_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "{\"fault\":\"hang\"}",
        "{\"mount\":\"ionq\",\"fault\":\"gremlins\"}",
        "{\"mount\":\"ionq\",\"fault\":\"drop\"}",
        "{\"mount\":\"ionq\",\"fault\":\"hang\",\"times\":0}",
        "{\"mount\":\"ionq\",\"fault\":\"status\",\"status\":1.5}"
      })
  void faultThatMakesNoSenseIsRefused(String fault) {
    HttpResponse<String> response = visitor.post("/_sandbox/faults", fault);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(visitor.json(response)).containsKey("detail");
    assertThat(report().statusCode()).isEqualTo(200);
  }

  @Test
  void requestsAreCountedWithCredentialsMasked() {
    report();
    report();
    HttpResponse<String> response = visitor.get("/_sandbox/requests");
    Map<String, @Nullable Object> ionq = Json.asObject(visitor.json(response).get("ionq"));
    assertThat(ionq)
        .containsEntry("requests", new BigDecimal(2))
        .containsEntry("max_in_flight", BigDecimal.ONE);
    assertThat(response.body()).contains("apiKey ***").doesNotContain("apiKey key");
  }

  @Test
  void callerThatGivesUpSeesItsOwnTimeout() {
    sandbox.faults().add("ionq", new Fault.Hang(false), 1);
    assertThatThrownBy(() ->
            visitor.send(
                visitor
                    .request(REPORT, "Authorization", "apiKey key")
                    .timeout(Duration.ofMillis(200))))
        .hasRootCauseInstanceOf(HttpTimeoutException.class);
  }

  private void plan(String fault) {
    assertThat(visitor.post("/_sandbox/faults", fault).statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> report() {
    return visitor.get(REPORT, "Authorization", "apiKey key");
  }
}
