package dev.spendwarden.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /// @param longest for connecting
  HttpClient client(Duration longest) {
    HttpClient.Builder client =
        HttpClient.newBuilder().connectTimeout(longest).followRedirects(HttpClient.Redirect.NEVER);
    if (caFile != null) {
      client.sslContext(trusting(caFile));
    }
    return client.build();
  }

  /// @param longest for the whole answer
  static HttpRequest.Builder request(URI address, Duration longest) {
    return HttpRequest.newBuilder(address)
        .timeout(longest)
        .header("User-Agent", "spendwarden/" + BuildVersion.text());
  }

  static String notTrusted(String address, SSLException why) {
    return "%s is not trusted (%s); name the authority of its certificate with --ca-file"
        .formatted(address, why.getMessage());
  }

  private SSLContext trusting(Path file) {
    try (InputStream pem = Files.newInputStream(file)) {
      Collection<? extends Certificate> authorities =
          CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (authorities.isEmpty()) {
        throw new CertificateException("it holds none");
      }
      KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
      known.load(null, null);
      for (Certificate authority : authorities) {
        known.setCertificateEntry("authority-" + known.size(), authority);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(known);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new ParameterException(
          spec.commandLine(), "no certificates as PEM can be read from " + file, e);
    }
  }
}
