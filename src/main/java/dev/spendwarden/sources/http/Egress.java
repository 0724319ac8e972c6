package dev.spendwarden.sources.http;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which addresses may be connected to. Public unicast addresses may; everything else (loopback,
/// private, link-local, cloud metadata, unique-local, multicast, translated and reserved ranges) is
/// refused unless a network of the allow-list holds it.
///
/// An address the allow-list holds is also one that plain `http` may be spoken to.
///
/// @param allow the networks that are opened
public record Egress(List<Network> allow) {

  /// Public addresses over https and nothing else.
  public static final Egress CLOSED = new Egress(List.of());

  private static final Pattern NETWORK = Pattern.compile("([^/]+)(?:/([0-9]{1,3}))?");

  // IANA's special-purpose registry, plus the address at which Azure answers for its hosts.
  private static final List<Network> REFUSED_IPV4 =
      networks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "168.63.129.16/32",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4");

  // Only 2000::/3 is handed out for the public; what is outside (loopback, unique-local,
  // link-local,
  // multicast, mapped, NAT64) is refused as a whole. Inside it, ranges that wrap an IPv4 address
  // (6to4, Teredo) could hide a private one.
  private static final Network PUBLIC_IPV6 = Network.parse("2000::/3");

  private static final List<Network> REFUSED_IPV6 =
      networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

  public Egress {
    allow = List.copyOf(allow);
  }

  /// Reads `egress.allow`: networks such as `10.20.0.0/16` or `fd00::/8`, or single addresses.
  ///
  /// @throws IllegalArgumentException naming the first entry that is neither
  public static Egress parse(List<String> allow) {
    return new Egress(allow.stream().map(Network::parse).toList());
  }

  /// Whether a connection to `address` may be made at all.
  public boolean permits(InetAddress address) {
    return opens(address) || isPublic(address);
  }

  /// Whether the allow-list holds `address`, so that even plain http may be spoken to it.
  public boolean opens(InetAddress address) {
    return allow.stream().anyMatch(network -> network.contains(address));
  }

  private static boolean isPublic(InetAddress address) {
    if (address.getAddress().length == 4) {
      return REFUSED_IPV4.stream().noneMatch(network -> network.contains(address));
    }
    return PUBLIC_IPV6.contains(address)
        && REFUSED_IPV6.stream().noneMatch(network -> network.contains(address));
  }

  private static List<Network> networks(String... texts) {
    return Arrays.stream(texts).map(Network::parse).toList();
  }

  /// A block of addresses: those that share the leading `prefix` bits of `base`.
  public record Network(InetAddress base, int prefix) {

    public Network {
      if (prefix < 0 || prefix > base.getAddress().length * 8) {
        throw new IllegalArgumentException("a prefix of " + prefix + " bits does not fit");
      }
    }

    /// Reads `10.0.0.0/8`, `::1` and the like. Names and odd spellings of addresses are refused.
    ///
    /// @throws IllegalArgumentException when `text` is not a network
    public static Network parse(String text) {
      var parts = NETWORK.matcher(text);
      if (parts.matches()) {
        try {
          var base = IpLiteral.parse(parts.group(1));
          if (base.isPresent()) {
            String prefix = parts.group(2);
            int bits = base.get().getAddress().length * 8;
            return new Network(base.get(), prefix == null ? bits : Integer.parseInt(prefix));
          }
        } catch (IllegalArgumentException e) {
          throw notANetwork(text, e);
        }
      }
      throw notANetwork(text, null);
    }

    public boolean contains(InetAddress address) {
      byte[] mine = base.getAddress();
      byte[] theirs = address.getAddress();
      if (theirs.length != mine.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((theirs[bit / 8] & mask) != (mine[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }

    private static IllegalArgumentException notANetwork(String text, @Nullable Throwable cause) {
      return new IllegalArgumentException(
          "'" + text + "' is not a network; write it like 10.20.0.0/16 or fd00::/8", cause);
    }
  }
}
