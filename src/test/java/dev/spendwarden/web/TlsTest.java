package dev.spendwarden.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

  @TempDir private static Path folder;

  private static SelfMade server;
  private static SelfMade renewed;
  private static SelfMade client;

  @BeforeAll
  static void makeCertificates() throws Exception {
    server = SelfMade.make(folder, "server");
    renewed = SelfMade.make(folder, "renewed");
    client = SelfMade.make(folder, "client");
  }

  private static Listening.Tls tls(SelfMade own, Optional<SelfMade> clients) throws IOException {
    Path certificate = Files.writeString(folder.resolve("cert.pem"), own.certificatePem());
    Path key = Files.writeString(folder.resolve("key.pem"), own.keyPem());
    Optional<Path> authority = Optional.empty();
    if (clients.isPresent()) {
      authority =
          Optional.of(Files.writeString(folder.resolve("ca.pem"), clients.get().certificatePem()));
    }
    return new Listening.Tls(
        certificate,
        () -> {
          try {
            return Files.readString(key);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        authority);
  }

  /// Asks over a connection of its own.
  private static int ask(int port, SelfMade trusted, @Nullable SelfMade own) throws Exception {
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("it", trusted.store().getCertificate("own"));
    trust.init(known);
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own == null ? null : own.store(), SelfMade.PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    var request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/-/healthy"))
            .timeout(Duration.ofSeconds(20))
            .build();
    try (var http = HttpClient.newBuilder().sslContext(context).build()) {
      return http.send(request, BodyHandlers.discarding()).statusCode();
    }
  }

  @Test
  void speaksTlsWithItsCertificateAndNothingElse() throws Exception {
    try (var web = new WebFixture(Optional.of(tls(server, Optional.empty())))) {
      assertThat(ask(web.port, server, null)).isEqualTo(200);
      assertThatThrownBy(() -> ask(web.port, renewed, null)).isInstanceOf(SSLException.class);
      assertThatThrownBy(() -> web.get("/-/healthy"))
          .as("plain HTTP")
          .isInstanceOf(Exception.class);
    }
  }

  @Test
  void clientsNeedACertificateWhereTheirAuthorityIsNamed() throws Exception {
    try (var web = new WebFixture(Optional.of(tls(server, Optional.of(client))))) {
      assertThat(ask(web.port, server, client)).isEqualTo(200);
      assertThatThrownBy(() -> ask(web.port, server, null)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> ask(web.port, server, renewed))
          .as("signed by somebody else")
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aNewCertificateIsTakenWithoutARestartAndABrokenOneIsNot() throws Exception {
    var certificates = new Certificates(tls(server, Optional.empty()));
    Vertx vertx = Vertx.vertx();
    try {
      var options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
      certificates.applyTo(options);
      HttpServer listening =
          vertx.createHttpServer(options).requestHandler(r -> r.response().end()).listen().await();
      int port = listening.actualPort();
      assertThat(ask(port, server, null)).isEqualTo(200);
      assertThat(certificates.look(vertx, listening).await()).as("nothing changed").isFalse();

      tls(renewed, Optional.empty());
      assertThat(certificates.look(vertx, listening).await()).isTrue();
      assertThat(ask(port, renewed, null)).isEqualTo(200);

      Files.writeString(folder.resolve("cert.pem"), "-----BEGIN CERTIFICATE-----\nhalf");
      var broken = certificates.look(vertx, listening).toCompletionStage().toCompletableFuture();
      assertThatThrownBy(() -> broken.get(20, TimeUnit.SECONDS)).isNotNull();
      assertThat(ask(port, renewed, null)).isEqualTo(200);
    } finally {
      vertx.close().await(20, TimeUnit.SECONDS);
    }
  }
}
