package dev.spendwarden.web;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/// Where the HTTP side listens.
///
/// @param port 0 for any free one
/// @param tls empty: plain HTTP
public record Listening(String host, int port, Optional<Tls> tls) {

  /// @param certificate PEM, the server's first, then those that lead to a known authority
  /// @param key of the certificate, as PEM; read again when the certificate may have changed, so it
  ///   may block, and throws when it cannot be read
  /// @param clientCa PEM; who has no certificate signed by one of these is not heard
  public record Tls(Path certificate, Supplier<String> key, Optional<Path> clientCa) {}
}
