package dev.spendwarden.sources.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.sources.FailureReason;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: whatever a server, a name or a URL does, the client answers in time with the right reason,
/// and nothing leaves for where it must not. Method: a server of raw sockets on loopback.
@Timeout(60)
class GuardedClientTest {

  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration HASTY = Duration.ofMillis(400);
  private static final long CAP = 1 << 20;
  private static final Egress LOOPBACK = Egress.parse(List.of("127.0.0.0/8", "::1"));

  private static Vertx vertx;
  private static GuardedClient client;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    client = new GuardedClient(vertx, LOOPBACK);
  }

  @AfterAll
  static void close() {
    client.close();
    vertx.close().await();
  }

  @Test
  void returnsStatusHeadersAndBodyOfAWholeAnswer() {
    try (var server = RawServer.answering(404, "X-Note: a\r\nx-note: b\r\n", bytes("gone"))) {
      var ok = ok(client.send(Ask.get(server.uri("/a%20b?q=1"), PATIENT, CAP)));

      assertThat(ok.status()).isEqualTo(404);
      assertThat(ok.headers().values().get("x-note")).containsExactly("a", "b");
      assertThat(ok.text()).isEqualTo("gone");
      assertThat(server.requests().getFirst())
          .startsWith("GET /a%20b?q=1 HTTP/1.1\r\n")
          .containsIgnoringCase("host: 127.0.0.1:" + server.port() + "\r\n");
    }
  }

  @Test
  void sendsTheBodyByteForByte() {
    try (var server = RawServer.answering(200, "", new byte[0])) {
      String body = "{\"a\":  1.10, \"ü\": \"\\u0041\"}\n";
      var ask =
          Ask.post(server.uri("/hook"), Map.of("webhook-id", "m1"), bytes(body), PATIENT, CAP);

      assertThat(ok(client.send(ask)).status()).isEqualTo(200);
      assertThat(server.requests().getFirst())
          .contains("webhook-id: m1\r\n")
          .endsWith("\r\n\r\n" + body);
    }
  }

  @Test
  void keepsTheConnectionForTheNextRequest() {
    try (var server = RawServer.answering(200, "", bytes("x"))) {
      for (int i = 0; i < 20; i++) {
        ok(client.send(Ask.get(server.uri("/"), PATIENT, CAP)));
      }
      // Not one: a request may begin before the connection of the last one is back in the pool.
      assertThat(server.connections()).isLessThan(10);
    }
  }

  @Test
  void bytesBehindAnAnswerDoNotPoisonTheNextOne() {
    try (var server =
        RawServer.start((out, _) -> {
          out.write(RawServer.whole(200, "", bytes("hello")));
          out.write(RawServer.whole(200, "", bytes("smuggled")));
          return true;
        })) {
      for (int i = 0; i < 3; i++) {
        Answer answer = client.send(Ask.get(server.uri("/"), PATIENT, CAP));
        if (answer instanceof Answer.Ok ok) {
          assertThat(ok.text()).isEqualTo("hello");
        }
      }
    }
  }

  @Test
  void whereOnlyTheStatusCountsALongBodyIsLeftUnread() throws Exception {
    try (var endless = RawServer.start(endlessBody("1000\r\n" + "y".repeat(4096) + "\r\n"));
        var declared = RawServer.answering(200, "", new byte[(int) CAP + 1]);
        var bomb = RawServer.answering(200, GZIP, gzip(new byte[3 << 20]));
        var cut = RawServer.sending("HTTP/1.1 200 OK", "content-length: 100", "", "half")) {
      for (RawServer server : List.of(endless, declared, bomb)) {
        Answer.Ok answer = ok(client.sendForStatus(Ask.get(server.uri("/"), PATIENT, CAP)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().length).isLessThanOrEqualTo((int) CAP);
      }
      assertThat(failed(client.sendForStatus(Ask.get(cut.uri("/"), PATIENT, CAP))).reason())
          .isEqualTo(FailureReason.PARTIAL);
    }
  }

  record Misbehaviour(String note, FailureReason reason, Supplier<RawServer> server) {
    @Override
    public String toString() {
      return note;
    }
  }

  static Stream<Misbehaviour> misbehaviours() {
    return Stream.of(
        new Misbehaviour(
            "a body shorter than its length",
            FailureReason.PARTIAL,
            () -> RawServer.sending("HTTP/1.1 200 OK", "content-length: 100", "", "{\"a\":1}")),
        new Misbehaviour(
            "chunks without the last one",
            FailureReason.PARTIAL,
            () -> RawServer.sending(chunkedHead(), "7", "{\"a\":1}", "")),
        new Misbehaviour(
            "a chunk cut in its middle",
            FailureReason.PARTIAL,
            () -> RawServer.sending(chunkedHead(), "ff", "{\"a\":1}")),
        new Misbehaviour(
            "a chunk size that is no number",
            FailureReason.MALFORMED,
            () -> RawServer.sending(chunkedHead(), "zz", "{\"a\":1}", "0", "", "")),
        new Misbehaviour(
            "two different lengths",
            FailureReason.MALFORMED,
            () ->
                RawServer.sending(
                    "HTTP/1.1 200 OK", "content-length: 1", "content-length: 7", "", "{\"a\":1}")),
        new Misbehaviour(
            "closed before an answer", FailureReason.SERVER, () -> RawServer.sending("")),
        new Misbehaviour(
            "closed in the headers",
            FailureReason.SERVER,
            () -> RawServer.sending("HTTP/1.1 200 OK", "content-le")),
        new Misbehaviour(
            "not HTTP", FailureReason.MALFORMED, () -> RawServer.sending("220 mail ready", "", "")),
        new Misbehaviour(
            "an interim answer nobody asked for",
            FailureReason.MALFORMED,
            () -> RawServer.sending("HTTP/1.1 102 Processing", "", "")),
        new Misbehaviour(
            "endless headers", FailureReason.TOO_LARGE, () -> RawServer.start(endless("x: y\r\n"))),
        new Misbehaviour(
            "an endless header", FailureReason.TOO_LARGE, () -> RawServer.start(endless("x"))),
        new Misbehaviour(
            "a declared length above the cap",
            FailureReason.TOO_LARGE,
            () -> RawServer.sending("HTTP/1.1 200 OK", "content-length: 99999999", "", "x")),
        new Misbehaviour(
            "a length beyond all numbers",
            FailureReason.TOO_LARGE,
            () ->
                RawServer.sending("HTTP/1.1 200 OK", "content-length: 999999999999999999", "", "")),
        new Misbehaviour(
            "endless chunks",
            FailureReason.TOO_LARGE,
            () -> RawServer.start(endlessBody("1000\r\n" + "y".repeat(4096) + "\r\n"))),
        new Misbehaviour(
            "a gzip bomb",
            FailureReason.TOO_LARGE,
            () -> RawServer.answering(200, GZIP, gzip(new byte[3 << 20]))),
        new Misbehaviour(
            "gzip that unpacks above the cap",
            FailureReason.TOO_LARGE,
            () -> RawServer.answering(200, GZIP, gzip(noise((int) CAP + 1)))),
        new Misbehaviour(
            "gzip that is none",
            FailureReason.MALFORMED,
            () -> RawServer.answering(200, GZIP, bytes("{\"a\": 1} and more than a header"))),
        new Misbehaviour(
            "gzip cut inside",
            FailureReason.MALFORMED,
            () -> RawServer.answering(200, GZIP, head(gzip(noise(5000)), 3000))),
        new Misbehaviour(
            "an encoding nobody asked for",
            FailureReason.MALFORMED,
            () -> RawServer.answering(200, "content-encoding: br\r\n", bytes("x"))));
  }

  private static final String GZIP = "content-encoding: gzip\r\n";

  @ParameterizedTest
  @MethodSource("misbehaviours")
  void aServerThatMisbehavesIsAFailure(Misbehaviour row) {
    try (var server = row.server().get()) {
      var failed = failed(client.send(Ask.get(server.uri("/secret?k=v"), PATIENT, CAP)));

      assertThat(failed.reason()).isEqualTo(row.reason());
      assertThat(failed.detail())
          .startsWith("http://127.0.0.1:" + server.port() + ": ")
          .doesNotContain("secret")
          .doesNotContain("k=v");
    }
  }

  static Stream<Misbehaviour> slowness() {
    return Stream.of(
        new Misbehaviour(
            "no answer at all",
            FailureReason.TIMEOUT,
            () ->
                RawServer.start((_, server) -> {
                  server.pause(60_000);
                  return false;
                })),
        new Misbehaviour(
            "headers that trickle",
            FailureReason.TIMEOUT,
            () -> RawServer.start(trickle("HTTP/1.1 200 OK\r\n", "x"))),
        new Misbehaviour(
            "a body that trickles",
            FailureReason.TIMEOUT,
            () ->
                RawServer.start(trickle("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", "x"))),
        new Misbehaviour(
            "interim answers for ever",
            FailureReason.TIMEOUT,
            () -> RawServer.start(trickle("", "HTTP/1.1 103 Early Hints\r\n\r\n"))));
  }

  @ParameterizedTest
  @MethodSource("slowness")
  void theDeadlineHoldsWhateverTricklesIn(Misbehaviour row) {
    try (var server = row.server().get()) {
      long began = System.nanoTime();
      var failed = failed(client.send(Ask.get(server.uri("/"), HASTY, CAP)));

      assertThat(failed.reason()).isEqualTo(FailureReason.TIMEOUT);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(HASTY.minusMillis(50), HASTY.plusSeconds(5));
    }
  }

  @Test
  void theDeadlineHoldsWhileANameIsLookedUp() {
    var never = new CountDownLatch(1);
    Resolver hangs =
        _ -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return List.of();
        };
    try (var stuck = new GuardedClient(vertx, LOOPBACK, hangs, Function.identity())) {
      var failed = failed(stuck.send(Ask.get(URI.create("https://slow.example/"), HASTY, CAP)));
      assertThat(failed.reason()).isEqualTo(FailureReason.TIMEOUT);
    }
  }

  @Test
  void aRefusedConnectionIsAServerFailure() {
    int port;
    try (var server = RawServer.sending("")) {
      port = server.port();
    }
    var uri = URI.create("http://127.0.0.1:" + port + "/");
    assertThat(failed(client.send(Ask.get(uri, PATIENT, CAP))).reason())
        .isEqualTo(FailureReason.SERVER);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 305, 306, 307, 308})
  void redirectsAreNotFollowed(int status) {
    try (var other = RawServer.answering(200, "", bytes("stolen"));
        var server =
            RawServer.answering(status, "location: " + other.uri("/") + "\r\n", new byte[0])) {
      var ok = ok(client.send(Ask.get(server.uri("/"), PATIENT, CAP)));

      assertThat(ok.status()).isEqualTo(status);
      assertThat(HttpStatus.classify(status, ok.headers())).contains(FailureReason.REFUSED);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void theStatusOfAFailureStandsWhateverItsPageIs() {
    try (var server =
        RawServer.start((out, s) -> {
          out.write(bytes("HTTP/1.1 502 Bad\r\ntransfer-encoding: chunked\r\n\r\n"));
          return endlessBody("1000\r\n" + "y".repeat(4096) + "\r\n").answer(out, s);
        })) {
      var ok = ok(client.send(Ask.get(server.uri("/"), PATIENT, CAP)));
      assertThat(ok.status()).isEqualTo(502);
      assertThat(ok.body().length).isLessThanOrEqualTo(64 * 1024);
    }
  }

  @Test
  void gzipIsUnpackedWithAllItsMembers() throws IOException {
    var two = new ByteArrayOutputStream();
    two.write(gzip(bytes("hello ")));
    two.write(gzip(bytes("world")));
    try (var server = RawServer.answering(200, GZIP, two.toByteArray())) {
      assertThat(ok(client.send(Ask.get(server.uri("/"), PATIENT, CAP))).text())
          .isEqualTo("hello world");
      assertThat(server.requests().getFirst()).containsIgnoringCase("accept-encoding: gzip\r\n");
    }
  }

  @Test
  void aSmallAnswerMayBeVeryRepetitive() {
    try (var server = RawServer.answering(200, GZIP, gzip(new byte[900_000]))) {
      assertThat(ok(client.send(Ask.get(server.uri("/"), PATIENT, CAP))).body()).hasSize(900_000);
    }
  }

  @Test
  void aCredentialReachesItsOriginAndNoOther() {
    try (var home = RawServer.answering(200, "", new byte[0]);
        var other = RawServer.answering(200, "", new byte[0])) {
      var key = Ask.Credential.of(Origin.of(home.uri("/v1")), "authorization", "apiKey s3cret");

      ok(client.send(Ask.get(home.uri("/a"), PATIENT, CAP).with(key)));
      var refused = failed(client.send(Ask.get(other.uri("/a"), PATIENT, CAP).with(key)));
      var byName = URI.create("http://localhost:" + home.port() + "/");
      var alias = failed(client.send(Ask.get(byName, PATIENT, CAP).with(key)));
      var https = URI.create("https://127.0.0.1:" + home.port() + "/");
      var ofTls = Ask.Credential.of(Origin.of(https), "authorization", "apiKey s3cret");
      var plain = failed(client.send(Ask.get(home.uri("/a"), PATIENT, CAP).with(ofTls)));

      assertThat(home.requests()).hasSize(1);
      assertThat(home.requests().getFirst()).containsIgnoringCase("authorization: apiKey s3cret");
      assertThat(other.requests()).isEmpty();
      assertThat(List.of(refused.reason(), alias.reason(), plain.reason()))
          .containsOnly(FailureReason.REFUSED);
      assertThat(refused.detail()).doesNotContain("s3cret");
      assertThat(key.toString()).doesNotContain("s3cret");
    }
  }

  @Test
  void aCredentialWithALineBreakIsNotSentAndNotShown() {
    try (var server = RawServer.answering(200, "", new byte[0])) {
      var key = Ask.Credential.of(Origin.of(server.uri("/")), "authorization", "a\r\nx-evil: 1");
      var failed = failed(client.send(Ask.get(server.uri("/"), PATIENT, CAP).with(key)));
      assertThat(failed.reason()).isEqualTo(FailureReason.REFUSED);
      assertThat(failed.detail()).doesNotContain("evil");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void credentialsCannotTravelAsOrdinaryHeaders() {
    var ask = Ask.get(URI.create("https://api.example/"), PATIENT, CAP);
    assertThatThrownBy(() -> ask.with("Authorization", "Bearer x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ask.with("Host", "other"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void privateAddressesAreRefusedUnlessOpened() {
    try (var server = RawServer.answering(200, "", new byte[0]);
        var closed = new GuardedClient(vertx, Egress.CLOSED)) {
      var ask = Ask.get(server.uri("/"), PATIENT, CAP);
      assertThat(failed(closed.send(ask)).reason()).isEqualTo(FailureReason.REFUSED);
      assertThat(server.connections()).isZero();

      closed.allow(LOOPBACK);
      assertThat(ok(closed.send(ask)).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "169.254.169.254", "10.0.0.7", "::1", "fd00:ec2::254", "64:ff9b::a"})
  void aNameThatLeadsToAPrivateAddressIsRefused(String address) {
    Resolver rebinding = _ -> List.of(InetAddress.ofLiteral(address));
    try (var closed = new GuardedClient(vertx, Egress.CLOSED, rebinding, Function.identity())) {
      var ask = Ask.get(URI.create("https://innocent.example/"), PATIENT, CAP);
      assertThat(failed(closed.send(ask)).reason()).isEqualTo(FailureReason.REFUSED);
    }
  }

  @Test
  void theCheckedAddressIsTheOneConnectedTo() {
    // A second look-up would lead elsewhere: the first is what was checked.
    var lookups = new AtomicLong();
    Resolver rebinding =
        _ ->
            List.of(
                InetAddress.ofLiteral(lookups.incrementAndGet() == 1 ? "127.0.0.1" : "10.9.9.9"));
    try (var server = RawServer.answering(200, "", bytes("x"));
        var pinned = new GuardedClient(vertx, LOOPBACK, rebinding, Function.identity())) {
      var uri = URI.create("http://api.example:" + server.port() + "/");
      assertThat(ok(pinned.send(Ask.get(uri, PATIENT, CAP))).text()).isEqualTo("x");
      assertThat(lookups.get()).isEqualTo(1);
      assertThat(server.requests().getFirst())
          .containsIgnoringCase("host: api.example:" + server.port() + "\r\n");
      assertThat(failed(pinned.send(Ask.get(uri, PATIENT, CAP))).reason())
          .isEqualTo(FailureReason.REFUSED);
    }
  }

  @Test
  void theNextAddressOfANameIsTriedWhenOneRefuses() {
    Resolver two =
        _ -> List.of(InetAddress.ofLiteral("127.0.0.9"), InetAddress.ofLiteral("127.0.0.1"));
    try (var server = RawServer.answering(200, "", bytes("x"));
        var pinned = new GuardedClient(vertx, LOOPBACK, two, Function.identity())) {
      var uri = URI.create("http://api.example:" + server.port() + "/");
      assertThat(ok(pinned.send(Ask.get(uri, PATIENT, CAP))).text()).isEqualTo("x");
    }
  }

  @Test
  void plainHttpToAPublicAddressIsRefused() {
    Resolver published = _ -> List.of(InetAddress.ofLiteral("8.8.8.8"));
    try (var closed = new GuardedClient(vertx, LOOPBACK, published, Function.identity())) {
      var ask = Ask.get(URI.create("http://api.example/"), PATIENT, CAP);
      assertThat(failed(closed.send(ask)).reason()).isEqualTo(FailureReason.REFUSED);
    }
  }

  @Test
  void anUnknownNameIsAServerFailure() {
    Resolver none =
        host -> {
          throw new java.net.UnknownHostException(host);
        };
    try (var lost = new GuardedClient(vertx, LOOPBACK, none, Function.identity())) {
      var ask = Ask.get(URI.create("https://gone.example/"), PATIENT, CAP);
      assertThat(failed(lost.send(ask)).reason()).isEqualTo(FailureReason.SERVER);
    }
  }

  @Test
  void worksOnAVertxVirtualThreadWhileOthersOfTheVerticleRun() throws Exception {
    var asked = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    try (var server =
        RawServer.start((out, s) -> {
          asked.countDown();
          while (release.getCount() > 0) {
            s.pause(5);
          }
          out.write(RawServer.whole(200, "", bytes("x")));
          return true;
        })) {
      Promise<Answer> result = Promise.promise();
      var verticle =
          new VerticleBase() {
            @Override
            public Future<?> start() {
              context.runOnContext(
                  _ -> result.complete(client.send(Ask.get(server.uri("/"), PATIENT, CAP))));
              return Future.succeededFuture();
            }

            void nudge() {
              context.runOnContext(_ -> release.countDown());
            }
          };
      vertx
          .deployVerticle(
              verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
          .await();
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      verticle.nudge();

      assertThat(ok(result.future().await()).text()).isEqualTo("x");
    }
  }

  @Test
  void refusesToBlockAnEventLoop() {
    var refusal = new CompletableFuture<Throwable>();
    vertx.runOnContext(_ -> {
      try {
        client.send(Ask.get(URI.create("https://api.example/"), PATIENT, CAP));
      } catch (IllegalStateException e) {
        refusal.complete(e);
      }
    });
    assertThat(refusal.orTimeout(10, TimeUnit.SECONDS).join())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anInterruptedCallerGetsAwayAndStaysInterrupted() throws Exception {
    var asked = new CountDownLatch(1);
    try (var server =
        RawServer.start((_, s) -> {
          asked.countDown();
          s.pause(60_000);
          return false;
        })) {
      var outcome = new CompletableFuture<Boolean>();
      Thread caller =
          Thread.ofVirtual()
              .start(() -> {
                Answer answer = client.send(Ask.get(server.uri("/"), PATIENT, CAP));
                outcome.complete(
                    answer instanceof Answer.Failed && Thread.currentThread().isInterrupted());
              });
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      caller.interrupt();
      assertThat(outcome.get(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aDownloadIsReadAsItComesAndHoldsTheSenderBack() {
    long size = 128L << 20;
    var written = new AtomicLong();
    try (var server =
        RawServer.start((out, _) -> {
          out.write(bytes("HTTP/1.1 200 OK\r\ncontent-length: " + size + "\r\n\r\n"));
          byte[] block = new byte[1 << 16];
          while (written.get() < size) {
            out.write(block);
            written.addAndGet(block.length);
          }
          return true;
        })) {
      var read = new AtomicLong();
      Answer answer =
          client.download(
              Ask.get(server.uri("/big.csv"), PATIENT, size),
              body -> {
                read.addAndGet(body.readNBytes(1000).length);
                var before = new AtomicLong(-1);
                Awaitility.await()
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> before.getAndSet(written.get()) == written.get());
                assertThat(written.get()).isLessThan(size / 2);
                read.addAndGet(body.transferTo(java.io.OutputStream.nullOutputStream()));
              });
      assertThat(ok(answer).status()).isEqualTo(200);
      assertThat(read.get()).isEqualTo(size);
    }
  }

  @Test
  void aDownloadThatIsCutOffIsAFailureThoughItsReaderIsContent() {
    try (var server =
        RawServer.sending("HTTP/1.1 200 OK", "content-length: 100", "", "date,value\n1,2\n")) {
      var answer =
          client.download(Ask.get(server.uri("/"), PATIENT, CAP), body -> body.readNBytes(11));
      assertThat(failed(answer).reason()).isEqualTo(FailureReason.PARTIAL);
    }
  }

  @Test
  void aDownloadWithoutALengthCannotBeKnownToBeWhole() {
    try (var server = RawServer.sending("HTTP/1.1 200 OK", "", "date,value\n1,2\n")) {
      var ask = Ask.get(server.uri("/"), PATIENT, CAP);
      assertThat(failed(client.download(ask, _ -> {})).reason()).isEqualTo(FailureReason.PARTIAL);
      assertThat(ok(client.send(ask)).text()).isEqualTo("date,value\n1,2\n");
    }
  }

  @Test
  void aFailureWrappedByAReaderKeepsItsReason() {
    try (var server = RawServer.sending(chunkedHead(), "ff", "{\"a\":1}")) {
      var answer =
          client.download(
              Ask.get(server.uri("/"), PATIENT, CAP),
              body -> {
                try {
                  body.readAllBytes();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertThat(failed(answer).reason()).isEqualTo(FailureReason.PARTIAL);
    }
  }

  @Test
  void aReaderThatFailsByItselfIsHeard() {
    try (var server = RawServer.answering(200, "", bytes("x"))) {
      var ask = Ask.get(server.uri("/"), PATIENT, CAP);
      assertThatThrownBy(() ->
              client.download(
                  ask,
                  _ -> {
                    throw new IOException("disk full");
                  }))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("disk full");
    }
  }

  private static Answer.Ok ok(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Ok.class);
    return (Answer.Ok) answer;
  }

  private static Answer.Failed failed(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Failed.class);
    return (Answer.Failed) answer;
  }

  private static String chunkedHead() {
    return "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n";
  }

  private static RawServer.Script endless(String piece) {
    byte[] block = bytes(piece.repeat(4096 / piece.length()));
    return (out, _) -> {
      out.write(bytes("HTTP/1.1 200 OK\r\n"));
      while (true) {
        out.write(block);
      }
    };
  }

  private static RawServer.Script endlessBody(String chunk) {
    byte[] block = bytes(chunk);
    return (out, _) -> {
      out.write(bytes(chunkedHead() + "\r\n"));
      while (true) {
        out.write(block);
      }
    };
  }

  private static RawServer.Script trickle(String first, String drop) {
    return (out, server) -> {
      out.write(bytes(first));
      while (true) {
        out.write(bytes(drop));
        out.flush();
        server.pause(20);
      }
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] head(byte[] bytes, int length) {
    return java.util.Arrays.copyOf(bytes, length);
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new java.util.Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] gzip(byte[] plain) {
    var packed = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
