package dev.spendwarden.cli;

import dev.spendwarden.sources.http.GuardedClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// How commands speak to a running daemon: whom they trust, and who they say they are.
final class DaemonHttp {

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) of the authority that the daemon's certificate is trusted by, where"
              + " it is one of your own; no other is trusted then. Left out: what the JDK trusts.")
  private @Nullable Path caFile;

  @Mixin private ClientCertificate own = new ClientCertificate();

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /// @param longest for connecting
  HttpClient client(Duration longest) {
    HttpClient.Builder client =
        HttpClient.newBuilder().connectTimeout(longest).followRedirects(HttpClient.Redirect.NEVER);
    own.keys()
        .ifPresentOrElse(
            keys -> client.sslContext(context(keys.getKeyManagers())),
            () -> {
              if (caFile != null) {
                client.sslContext(context(null));
              }
            });
    return client.build();
  }

  /// @param longest for the whole answer
  static HttpRequest.Builder request(URI address, Duration longest) {
    return HttpRequest.newBuilder(address)
        .timeout(longest)
        .header("User-Agent", GuardedClient.userAgent(BuildVersion.text()));
  }

  /// What about certificates may be why no call came about, and what to do; empty: nothing.
  ///
  /// A daemon that misses a certificate says so, but may have ended the connection before it is
  /// heard: TLS 1.3 lets the client ask before it was looked at.
  static Optional<String> certificateTrouble(String address, IOException why) {
    String said = String.valueOf(why.getMessage());
    if (why instanceof SSLException) {
      // The alerts by which TLS 1.3 and 1.2 ask for what was not shown, or not believed.
      return Optional.of(
          said.contains("certificate_required") || said.contains("Received fatal alert")
              ? "%s asks for a certificate it knows (%s); show yours with --cert-file and --key-file"
                  .formatted(address, said)
              : "%s is not trusted (%s); name the authority of its certificate with --ca-file"
                  .formatted(address, said));
    }
    boolean wasReached =
        !(why instanceof ConnectException) && !(why instanceof HttpTimeoutException);
    return address.startsWith("https:") && wasReached
        ? Optional.of(
            "%s ended the connection without an answer (%s); where it asks for a certificate, show yours with --cert-file and --key-file"
                .formatted(address, said))
        : Optional.empty();
  }

  private SSLContext context(KeyManager @Nullable [] keys) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, caFile == null ? null : trusting(caFile), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform speaks TLS", e);
    }
  }

  private TrustManager[] trusting(Path file) {
    List<Certificate> authorities = PemCertificates.read(file, spec);
    try {
      KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
      known.load(null, null);
      for (Certificate authority : authorities) {
        known.setCertificateEntry("authority-" + known.size(), authority);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(known);
      return trust.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a key store in memory does not fail", e);
    }
  }
}
