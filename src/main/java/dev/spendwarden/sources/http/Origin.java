package dev.spendwarden.sources.http;

import java.net.URI;
import java.util.Locale;

/// Scheme, host and port: what a credential is bound to.
///
/// @param host in lower case, an IPv6 address in brackets
/// @param port the effective one, 443 or 80 when the URL names none
public record Origin(String scheme, String host, int port) {

  public Origin {
    scheme = scheme.toLowerCase(Locale.ROOT);
    host = host.toLowerCase(Locale.ROOT);
  }

  /// @throws IllegalArgumentException when `uri` is not one the client would ever ask
  public static Origin of(URI uri) {
    try {
      return Target.of(uri).origin();
    } catch (RequestFailure e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /// `https://api.example.org`, with the port only where it is not the usual one.
  @Override
  public String toString() {
    boolean usual = port == (scheme.equals("https") ? 443 : 80);
    return scheme + "://" + host + (usual ? "" : ":" + port);
  }
}
