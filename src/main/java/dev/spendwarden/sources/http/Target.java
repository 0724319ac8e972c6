package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/// A URL taken apart and found harmless in form. Whether its address may be connected to is
/// [Egress]'s to say.
///
/// @param literal the address, where the host is one
/// @param pathAndQuery as it goes on the request line
record Target(Origin origin, Optional<InetAddress> literal, String pathAndQuery) {

  static Target of(URI uri) throws RequestFailure {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw refused("only https and http URLs are asked");
    }
    String authority = uri.getRawAuthority();
    if (authority != null && authority.indexOf('@') >= 0) {
      throw refused("the URL holds a user name or a password");
    }
    String host = uri.getHost();
    if (host == null || host.isEmpty()) {
      // Java leaves the host out when it cannot read it: 127.1, under_scores, percent signs.
      throw refused("the URL has no usual host name");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    if (port < 1 || port > 65_535) {
      throw refused("the URL's port is not between 1 and 65535");
    }
    Optional<InetAddress> literal;
    try {
      literal = IpLiteral.parse(host);
    } catch (IllegalArgumentException e) {
      throw refused("the URL's host is an address in an unusual spelling");
    }
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    if (!(path + query).chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw refused("the URL's path holds characters that must be percent-encoded");
    }
    return new Target(new Origin(scheme, host, port), literal, path + query);
  }

  boolean isTls() {
    return origin.scheme().equals("https");
  }

  private static RequestFailure refused(String why) {
    return new RequestFailure(FailureReason.REFUSED, why);
  }
}
