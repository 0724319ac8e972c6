package dev.spendwarden.sources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.RawServer;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every source does, whatever its provider: each fault of HTTP has its reason and yields no
/// reading, and the credential is never shown. A provider's test extends this and says how its
/// source is built and what a good answer is.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SourceContract {

  protected static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  protected static final String CREDENTIAL = "s3cret-k3y";
  protected static final Duration PATIENT = Duration.ofSeconds(20);

  private static final Duration HASTY = Duration.ofMillis(400);

  private static final Egress LOOPBACK = Egress.parse(List.of("127.0.0.0/8"));

  private Vertx vertx;
  private GuardedClient client;

  /// A source named `under-test` that asks `baseUrl` with [#CREDENTIAL].
  protected abstract Source source(GuardedClient client, URI baseUrl, Duration timeout);

  /// The body of a good answer to a poll at [#NOW].
  protected abstract byte[] goodBody();

  /// The longest wait this provider may ask for.
  protected Duration longestWait() {
    return Duration.ofHours(1);
  }

  @BeforeAll
  void open() {
    vertx = Vertx.vertx();
    client = new GuardedClient(vertx, LOOPBACK);
  }

  @BeforeEach
  void openLoopback() {
    client.allow(LOOPBACK);
  }

  @AfterAll
  void close() {
    client.close();
    vertx.close().await();
  }

  protected final PollResult poll(RawServer server) {
    return poll(server, PATIENT);
  }

  protected final PollResult poll(RawServer server, Duration timeout) {
    return source(client, server.uri("/base"), timeout)
        .poll(new PollContext(NOW, NOW.minus(Duration.ofDays(19))));
  }

  protected final GuardedClient client() {
    return client;
  }

  @Test
  void aGoodAnswerIsACompleteReadingAsOfThePoll() {
    try (var server = RawServer.answering(200, "", goodBody())) {
      var complete = (PollResult.Complete) poll(server);
      assertThat(complete.reading().source()).isEqualTo("under-test");
      assertThat(complete.reading().asOf()).isEqualTo(NOW);
      assertThat(server.requests().getFirst()).contains(CREDENTIAL);
    }
  }

  @Test
  void aCompressedAnswerIsTheSameReading() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed)) {
      out.write(goodBody());
    }
    try (var plain = RawServer.answering(200, "", goodBody());
        var gzip = RawServer.answering(200, "content-encoding: gzip\r\n", packed.toByteArray())) {
      assertThat(poll(gzip)).isEqualTo(poll(plain));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "301, REFUSED", "302, REFUSED", "307, REFUSED", "308, REFUSED", "400, CLIENT", "401, AUTH",
    "403, AUTH", "404, CLIENT", "408, TIMEOUT", "418, CLIENT", "422, CLIENT", "429, RATE_LIMITED",
    "500, SERVER", "502, SERVER", "503, SERVER", "504, SERVER", "529, SERVER"
  })
  void aStatusHasItsReasonThoughTheBodyLooksGood(int status, FailureReason reason) {
    try (var server =
        RawServer.answering(status, "location: http://127.0.0.1:9/?k=v\r\n", goodBody())) {
      var failed = failed(poll(server));
      assertThat(failed.reason()).isEqualTo(reason);
      assertThat(failed.detail()).contains(String.valueOf(status));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void whatTheProviderAsksToWaitIsPassedOnAndCapped() {
    try (var patient = RawServer.answering(429, "retry-after: 17\r\n", new byte[0]);
        var endless = RawServer.answering(503, "retry-after: 999999\r\n", new byte[0])) {
      assertThat(failed(poll(patient)).retryAfter()).contains(Duration.ofSeconds(17));
      assertThat(failed(poll(endless)).retryAfter()).contains(longestWait());
    }
  }

  @Test
  void anAnswerCutOffAnywhereIsNoReading() {
    byte[] whole = RawServer.whole(200, "", goodBody());
    for (int part = 1; part <= 8; part++) {
      byte[] cut = Arrays.copyOf(whole, (whole.length - 1) * part / 8);
      try (var server =
          RawServer.start((out, _) -> {
            out.write(cut);
            return false;
          })) {
        assertThat(failed(poll(server)).reason()).isIn(FailureReason.PARTIAL, FailureReason.SERVER);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>busy</html>", "null", "[]", "\"ok\"", "{\"a\": 1e999999999}"})
  void anAnswerThatIsSomethingElseIsMalformed(String body) {
    try (var server = RawServer.answering(200, "", body.getBytes(StandardCharsets.UTF_8))) {
      assertThat(failed(poll(server)).reason()).isEqualTo(FailureReason.MALFORMED);
    }
  }

  @Test
  void successWithoutContentIsMalformed() {
    try (var server = RawServer.sending("HTTP/1.1 204 No Content", "", "")) {
      assertThat(failed(poll(server)).reason()).isEqualTo(FailureReason.MALFORMED);
    }
  }

  @Test
  void aTricklingAnswerEndsAtTheTimeout() {
    try (var server =
        RawServer.start((out, s) -> {
          for (byte b : RawServer.whole(200, "", goodBody())) {
            out.write(b);
            out.flush();
            s.pause(20);
          }
          return true;
        })) {
      assertThat(failed(poll(server, HASTY)).reason()).isEqualTo(FailureReason.TIMEOUT);
    }
  }

  @Test
  void anAnswerWithoutEndIsTooLarge() {
    byte[] chunk = ("4000\r\n" + " ".repeat(0x4000) + "\r\n").getBytes(StandardCharsets.UTF_8);
    try (var server =
        RawServer.start((out, _) -> {
          out.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".getBytes());
          while (true) {
            out.write(chunk);
          }
        })) {
      assertThat(failed(poll(server)).reason()).isEqualTo(FailureReason.TOO_LARGE);
    }
  }

  @Test
  void aServerThatIsNotThereIsAServerFailure() {
    RawServer server = RawServer.sending("");
    server.close();
    assertThat(failed(poll(server)).reason()).isEqualTo(FailureReason.SERVER);
  }

  @Test
  void aPrivateAddressThatIsNotOpenedIsRefused() {
    client.allow(Egress.CLOSED);
    try (var server = RawServer.answering(200, "", goodBody())) {
      assertThat(failed(poll(server)).reason()).isEqualTo(FailureReason.REFUSED);
      assertThat(server.connections()).isZero();
    }
  }

  /// The failure, with what holds for every failure.
  protected static PollResult.Failed failed(PollResult result) {
    assertThat(result).isInstanceOf(PollResult.Failed.class);
    var failed = (PollResult.Failed) result;
    assertThat(failed.detail()).isNotBlank().doesNotContain(CREDENTIAL).doesNotContain("?");
    return failed;
  }
}
