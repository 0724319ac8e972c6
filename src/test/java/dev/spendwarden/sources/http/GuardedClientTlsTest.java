package dev.spendwarden.sources.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.spendwarden.sources.FailureReason;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Goal: connecting to a checked address does not weaken TLS: the certificate must be that of the
/// URL's name, not of the address. Method: a certificate of our own for `api.example`, and a
/// resolver that leads every name to loopback.
@Timeout(60)
class GuardedClientTlsTest {

  private static final Resolver LOOPBACK = _ -> List.of(InetAddress.ofLiteral("127.0.0.1"));
  private static final Egress OPEN = Egress.parse(List.of("127.0.0.0/8"));

  @TempDir private static Path folder;

  private static Vertx vertx;
  private static HttpServer server;
  private static PfxOptions certificate;

  @BeforeAll
  static void open() throws Exception {
    String store = folder.resolve("api.p12").toString();
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "api",
                "-keyalg",
                "EC",
                "-validity",
                "30",
                "-dname",
                "CN=api.example",
                "-ext",
                "san=dns:api.example",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    certificate = new PfxOptions().setPath(store).setPassword("changeit");
    vertx = Vertx.vertx();
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate))
            .requestHandler(r -> r.response().end(r.authority().toString()))
            .listen(0, "127.0.0.1")
            .await();
  }

  /// Vert.x has been seen to wait for ever for a TLS connection that was refused half-way; what
  /// this class is about is over by then.
  @AfterAll
  static void close() {
    vertx
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .completeOnTimeout(null, 5, TimeUnit.SECONDS)
        .join();
  }

  @Test
  void theNameOfTheUrlIsWhatTheCertificateMustCarry() {
    try (var client =
        new GuardedClient(vertx, OPEN, LOOPBACK, o -> o.setTrustOptions(certificate))) {
      assertThat(ask(client, "api.example"))
          .isInstanceOfSatisfying(
              Answer.Ok.class,
              ok -> assertThat(ok.text()).isEqualTo("api.example:" + server.actualPort()));
      assertThat(ask(client, "other.example"))
          .isInstanceOfSatisfying(
              Answer.Failed.class,
              failed -> {
                assertThat(failed.reason()).isEqualTo(FailureReason.SERVER);
                assertThat(failed.detail()).contains("TLS");
              });
    }
  }

  @Test
  void aCertificateNobodyVouchesForIsRefused() {
    try (var client = new GuardedClient(vertx, OPEN, LOOPBACK, Function.identity())) {
      assertThat(ask(client, "api.example"))
          .isInstanceOfSatisfying(
              Answer.Failed.class, failed -> assertThat(failed.detail()).contains("TLS"));
    }
  }

  @Test
  void aHandshakeThatHangsEndsAtTheDeadline() {
    try (var silent =
            RawServer.start((_, s) -> {
              s.pause(60_000);
              return false;
            });
        var client = new GuardedClient(vertx, OPEN)) {
      var uri = URI.create("https://127.0.0.1:" + silent.port() + "/");
      assertThat(client.send(Ask.get(uri, Duration.ofMillis(400), 1000)))
          .isInstanceOfSatisfying(
              Answer.Failed.class,
              failed -> assertThat(failed.reason()).isEqualTo(FailureReason.TIMEOUT));
    }
  }

  /// Closing at the very moment of the deadline: two hundred attempts, each a chance for what ends
  /// the connection to meet what ends the request.
  @Test
  void closingAtTheDeadlineOfAHangingHandshakeIsNoError() {
    try (var silent =
        RawServer.start((_, s) -> {
          s.pause(60_000);
          return false;
        })) {
      var uri = URI.create("https://127.0.0.1:" + silent.port() + "/");
      for (int i = 0; i < 200; i++) {
        var client = new GuardedClient(vertx, OPEN);
        Answer answer = client.send(Ask.get(uri, Duration.ofMillis(3), 1000));
        assertThatCode(client::close).doesNotThrowAnyException();
        assertThat(answer)
            .isInstanceOfSatisfying(
                Answer.Failed.class,
                failed -> assertThat(failed.reason()).isEqualTo(FailureReason.TIMEOUT));
      }
    }
  }

  private static Answer ask(GuardedClient client, String host) {
    var uri = URI.create("https://" + host + ":" + server.actualPort() + "/");
    return client.send(Ask.get(uri, Duration.ofSeconds(20), 1000));
  }
}
