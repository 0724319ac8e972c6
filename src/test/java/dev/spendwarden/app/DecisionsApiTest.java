package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The question a scheduler asks, over HTTP against the whole daemon.
final class DecisionsApiTest {

  private static final String POLICY =
      """
      version: 1
      policies:
        - name: quota
          select: { source: lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          decisions: { enforce: true, when_unknown: deny }
          rules:
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  private static final String ACTION =
      "  tell: { type: webhook, url: '@SANDBOX@/hooks/act', secret_file: hook }";

  @TempDir private Path folder;

  private EnforcedDaemon daemon() {
    var lab = new EnforcedDaemon(folder, "2027-01-20T09:00:00Z", ACTION, POLICY);
    lab.sandbox.ionq().member("u1").quota(new BigDecimal("250")).consumed(new BigDecimal("205"));
    lab.run();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> lab.texts("/api/v1/budgets", "spent").contains("205"));
    return lab;
  }

  private static String body(String amount, String rest) {
    return "{\"labels\": {\"source\": \"lab\", \"user\": \"u1\"}, \"amount\": \""
        + amount
        + "\", \"unit\": \"USD\""
        + rest
        + "}";
  }

  private static String text(EnforcedDaemon lab, String body, String field) throws Exception {
    return EnforcedDaemon.read(lab.post("/api/v1/decisions", body)).field(field).text();
  }

  @Test
  void aQuestionNeedsNoTokenAndAReservationDoes() throws Exception {
    try (var lab = daemon()) {
      var answer = EnforcedDaemon.read(lab.ask(body("40", "")));
      assertThat(answer.field("allow").optionalBoolean()).contains(true);
      assertThat(answer.field("left").text()).isEqualTo("45");
      assertThat(answer.field("policies").items()).hasSize(1);
      assertThat(lab.ask(body("40", ", \"reserve\": \"15m\"")).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void ofManyWhoReserveAtOnceOneGetsTheLastOfIt() throws Exception {
    try (var lab = daemon()) {
      var start = new CountDownLatch(1);
      var yes = new ArrayList<Future<Boolean>>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 48; i++) {
          yes.add(
              threads.submit(() -> {
                start.await();
                var answer = lab.post("/api/v1/decisions", body("45", ", \"reserve\": \"24h\""));
                return EnforcedDaemon.read(answer).field("allow").optionalBoolean().orElseThrow();
              }));
        }
        start.countDown();
      }
      int allowed = 0;
      for (Future<Boolean> one : yes) {
        allowed += one.get() ? 1 : 0;
      }
      assertThat(allowed).isEqualTo(1);
      assertThat(text(lab, body("1", ""), "left")).isEqualTo("0");
    }
  }

  @Test
  void reservationsAreKeptAcrossARestartSettledAndReleased() throws Exception {
    try (var lab = daemon()) {
      String id = text(lab, body("40", ", \"reserve\": \"24h\""), "id");
      assertThat(text(lab, body("1", ""), "left")).isEqualTo("5");
      assertThat(EnforcedDaemon.read(lab.ask(body("6", ""))).field("allow").optionalBoolean())
          .contains(false);
      lab.stop();
      lab.run();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> lab.texts("/api/v1/budgets", "data_state").contains("fresh"));
      assertThat(text(lab, body("1", ""), "left")).isEqualTo("5");
      assertThat(lab.post("/api/v1/decisions/" + id + "/release", "").statusCode()).isEqualTo(200);
      assertThat(text(lab, body("1", ""), "left")).isEqualTo("45");
      String second = text(lab, body("45", ", \"reserve\": \"24h\""), "id");
      String settle = "/api/v1/decisions/" + second + "/settle";
      assertThat(lab.post(settle, "{\"amount\": \"38\"}").statusCode()).isEqualTo(200);
      assertThat(lab.post(settle, "{\"amount\": \"38\"}").statusCode()).isEqualTo(200);
      assertThat(lab.post(settle, "{\"amount\": \"39\"}").statusCode()).isEqualTo(409);
      assertThat(lab.post("/api/v1/decisions/dec_none/release", "").statusCode()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|400",
        "{}|400",
        "{\"labels\": {}, \"amount\": 40, \"unit\": \"USD\"}|400",
        "{\"labels\": {}, \"amount\": \"-1\", \"unit\": \"USD\"}|422",
        "{\"labels\": {}, \"amount\": \"1e9\", \"unit\": \"USD\"}|422",
        "{\"labels\": {}, \"amount\": \"1\", \"unit\": \"usd coins\"}|422",
        "{\"labels\": {\"usr\": \"u1\"}, \"amount\": \"1\", \"unit\": \"USD\"}|422",
        "{\"labels\": {}, \"amount\": \"1\", \"unit\": \"USD\", \"reserve\": \"25h\"}|422",
        "{\"labels\": {}, \"amount\": \"1\", \"unit\": \"USD\", \"more\": \"x\"}|400",
      })
  void whatIsWrongIsSaid(String body, int status) {
    try (var lab = daemon()) {
      var answer = lab.ask(body);
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    }
  }
}
