package dev.spendwarden.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Certificates in the files that options name.
final class PemCertificates {

  private PemCertificates() {}

  /// @return at least one
  /// @throws ParameterException when the file holds none that can be read
  static List<Certificate> read(Path file, CommandSpec spec) {
    try (InputStream pem = Files.newInputStream(file)) {
      var certificates = CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (certificates.isEmpty()) {
        throw new CertificateException("it holds none");
      }
      return List.copyOf(certificates);
    } catch (IOException | CertificateException e) {
      throw new ParameterException(
          spec.commandLine(), "no certificates as PEM can be read from " + file, e);
    }
  }
}
