package dev.spendwarden.web;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's certificate, its key and the authorities of its clients: read at the start and
/// looked at again every minute, since certificates are short-lived and a restart is a gap.
final class Certificates {

  private static final Logger log = LoggerFactory.getLogger(Certificates.class);

  private static final long LOOK_EVERY_MILLIS = 60_000;

  private final Listening.Tls tls;
  private Contents inForce;
  private boolean complained;

  /// What the files held.
  private record Contents(String certificate, String key, Optional<String> clientCa) {

    ServerSSLOptions options() {
      var options = new ServerSSLOptions().setKeyCertOptions(keyed());
      authorities()
          .ifPresent(
              trusted -> options.setClientAuth(ClientAuth.REQUIRED).setTrustOptions(trusted));
      return options;
    }

    PemKeyCertOptions keyed() {
      return new PemKeyCertOptions()
          .addCertValue(Buffer.buffer(certificate))
          .addKeyValue(Buffer.buffer(key));
    }

    Optional<PemTrustOptions> authorities() {
      return clientCa.map(pem -> new PemTrustOptions().addCertValue(Buffer.buffer(pem)));
    }
  }

  /// Blocking.
  ///
  /// @throws UncheckedIOException when a file cannot be read
  Certificates(Listening.Tls tls) {
    this.tls = tls;
    this.inForce = read();
  }

  void applyTo(HttpServerOptions options) {
    options.setSsl(true).setKeyCertOptions(inForce.keyed());
    inForce
        .authorities()
        .ifPresent(trusted -> options.setClientAuth(ClientAuth.REQUIRED).setTrustOptions(trusted));
  }

  private Contents read() {
    return new Contents(text(tls.certificate()), tls.key().get(), tls.clientCa().map(this::text));
  }

  private String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /// Re-arms itself when the look has ended.
  void watch(Vertx vertx, HttpServer server) {
    vertx.setTimer(
        LOOK_EVERY_MILLIS, _ -> look(vertx, server).onComplete(_ -> watch(vertx, server)));
  }

  /// Takes what changed; what cannot be read or used leaves the former in force.
  Future<Boolean> look(Vertx vertx, HttpServer server) {
    return vertx
        .executeBlocking(this::read)
        .compose(found ->
            found.equals(inForce)
                ? Future.succeededFuture(false)
                : server.updateSSLOptions(found.options()).map(_ -> taken(found)))
        .onSuccess(_ -> complained = false)
        .onFailure(this::complain);
  }

  private boolean taken(Contents found) {
    inForce = found;
    log.info("certificate_changed: new connections get the new one");
    return true;
  }

  private void complain(Throwable failure) {
    if (!complained) {
      complained = true;
      log.warn(
          "certificate_not_taken: {}; the former stays in force",
          String.valueOf(failure.getMessage()));
    }
  }
}
