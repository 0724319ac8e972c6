package dev.spendwarden.sandbox;

import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which credentials a twin accepts. Anything plausible by default, since nobody should have to
/// look up a key for a sandbox; one that says `bad`, `wrong` or `revoked` is refused. A test can
/// name the accepted ones instead.
final class Credentials {

  private static final Set<String> SECRET_HEADERS =
      Set.of("authorization", "x-api-key", "proxy-authorization", "cookie");

  private volatile Set<String> only = Set.of();

  void acceptOnly(String... credentials) {
    only = Set.of(credentials);
  }

  boolean accepts(String credential) {
    if (!only.isEmpty()) {
      return only.contains(credential);
    }
    String lower = credential.toLowerCase(Locale.ROOT);
    return !lower.isBlank()
        && !lower.contains("bad")
        && !lower.contains("wrong")
        && !lower.contains("revoked");
  }

  /// Headers by lower-case name with every credential replaced; its scheme word stays.
  static Map<String, String> masked(MultiMap headers) {
    var masked = new TreeMap<String, String>();
    headers.forEach((name, value) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      masked.put(lower, SECRET_HEADERS.contains(lower) ? mask(value) : value);
    });
    return masked;
  }

  private static String mask(String value) {
    int space = value.indexOf(' ');
    return space < 0 ? "***" : value.substring(0, space) + " ***";
  }
}
