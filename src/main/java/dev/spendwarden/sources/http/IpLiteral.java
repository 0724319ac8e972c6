package dev.spendwarden.sources.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Addresses written as text, in their one usual spelling.
///
/// Libraries read `127.1`, `2130706433`, `0177.0.0.1` and `0x7f.1` as 127.0.0.1, or not, each in
/// its own way. A check on one reading and a connection by another is a hole, so odd spellings are
/// refused outright instead of interpreted.
final class IpLiteral {

  private static final Pattern DOTTED_QUAD =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
  private static final Pattern NUMERIC_LABEL = Pattern.compile("[0-9]+|0x[0-9a-f]*");

  private IpLiteral() {}

  /// The address `host` spells (an IPv6 one with or without brackets), or empty when it is a name.
  ///
  /// @throws IllegalArgumentException when it is an address in an odd spelling
  static Optional<InetAddress> parse(String host) {
    if (host.startsWith("[") || host.indexOf(':') >= 0) {
      return Optional.of(ipv6(host));
    }
    String lower = host.toLowerCase(Locale.ROOT);
    if (!endsInNumber(lower)) {
      return Optional.empty();
    }
    if (!DOTTED_QUAD.matcher(lower).matches()) {
      throw new IllegalArgumentException("an address in an unusual spelling");
    }
    return Optional.of(Inet4Address.ofLiteral(lower));
  }

  private static InetAddress ipv6(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    if (bare.indexOf('%') >= 0 || bare.indexOf('[') >= 0) {
      throw new IllegalArgumentException("an IPv6 address with a zone");
    }
    InetAddress address = InetAddress.ofLiteral(bare);
    if (address instanceof Inet4Address) {
      // ::ffff:127.0.0.1 is an IPv4 address in disguise.
      throw new IllegalArgumentException("an IPv4 address written as IPv6");
    }
    return address;
  }

  // The URL standard's rule for "this can only be meant as an IPv4 address".
  private static boolean endsInNumber(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return NUMERIC_LABEL.matcher(name.substring(name.lastIndexOf('.') + 1)).matches();
  }
}
