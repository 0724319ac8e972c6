package dev.spendwarden.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The certificate by which a command shows a daemon with `tls.client_ca_file` who it is.
final class ClientCertificate {

  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.+?)-----END PRIVATE KEY-----", Pattern.DOTALL);

  @Option(
      names = "--cert-file",
      paramLabel = "FILE",
      description =
          "Your certificate (PEM, with those that lead to its authority), where the daemon asks for"
              + " one.")
  private @Nullable Path certificate;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "The key of --cert-file (PEM, PKCS #8, without a passphrase).")
  private @Nullable Path key;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /// What proves who calls; empty: neither file was named.
  Optional<KeyManagerFactory> keys() {
    if (certificate == null && key == null) {
      return Optional.empty();
    }
    if (certificate == null || key == null) {
      throw new ParameterException(
          spec.commandLine(), "--cert-file and --key-file go together: name both");
    }
    try {
      Certificate[] chain = PemCertificates.read(certificate, spec).toArray(Certificate[]::new);
      // It stays in memory: the password guards nothing.
      char[] password = new char[0];
      KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
      own.load(null, null);
      own.setKeyEntry("own", key(key, chain[0].getPublicKey().getAlgorithm()), password, chain);
      var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(own, password);
      return Optional.of(factory);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a key store in memory does not fail", e);
    }
  }

  /// @param algorithm of the certificate's own key
  private PrivateKey key(Path file, String algorithm) {
    try {
      var pem = PKCS8.matcher(Files.readString(file));
      if (pem.find()) {
        byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      // Said below, and without a word of what the file holds.
    }
    throw new ParameterException(
        spec.commandLine(),
        "no key of the certificate's kind (%s) can be read from %s; another form is turned into this one by: openssl pkcs8 -topk8 -nocrypt -in %s"
            .formatted(algorithm, file, file));
  }
}
