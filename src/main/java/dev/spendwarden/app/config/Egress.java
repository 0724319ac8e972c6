package dev.spendwarden.app.config;

import dev.spendwarden.policy.yaml.YamlValue;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Where the daemon may connect to, as far as the configuration alone can tell: addresses written
/// out are judged here, names only when they are resolved, at each connection.
final class Egress {

  /// @param address the network's first address, or any in it
  private record Network(InetAddress address, int prefix) {

    boolean contains(InetAddress other) {
      byte[] mine = address.getAddress();
      byte[] theirs = other.getAddress();
      if (mine.length != theirs.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >> bit % 8;
        if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String toString() {
      return address.getHostAddress() + "/" + prefix;
    }
  }

  private static final List<Network> PRIVATE =
      List.of(
          network("0.0.0.0/8"),
          network("10.0.0.0/8"),
          network("100.64.0.0/10"),
          network("127.0.0.0/8"),
          network("169.254.0.0/16"),
          network("172.16.0.0/12"),
          network("192.168.0.0/16"),
          network("224.0.0.0/3"),
          network("::/127"),
          network("fc00::/7"),
          network("fe80::/10"),
          network("ff00::/8"));

  private final List<Network> allowed;

  private Egress(List<Network> allowed) {
    this.allowed = allowed;
  }

  /// Reads `egress.allow`: networks (`10.20.0.0/16`) and single addresses.
  static Egress read(List<YamlValue> values) {
    var allowed = new ArrayList<Network>();
    for (YamlValue value : values) {
      Optional<String> text = value.scalar();
      Optional<Network> network = text.flatMap(Egress::parse);
      network.ifPresent(allowed::add);
      if (text.isPresent() && network.isEmpty()) {
        value.wrong("an address or a network such as 10.20.0.0/16");
      }
    }
    return new Egress(allowed);
  }

  /// As `address/prefix`.
  List<String> allow() {
    return allowed.stream().map(Network::toString).toList();
  }

  /// Reads an http or https URL that may be connected to.
  Optional<URI> readUrl(YamlValue value) {
    Optional<URI> url = value.text().flatMap(text -> parseUrl(value, text));
    Optional<String> refusal = url.flatMap(this::refusal);
    refusal.ifPresent(value::error);
    return refusal.isPresent() ? Optional.empty() : url;
  }

  /// Reads an http or https URL that is only shown.
  static Optional<URI> readLink(YamlValue value) {
    return value.text().flatMap(text -> parseUrl(value, text));
  }

  /// Checks a URL that may be a secret: it is not shown.
  boolean accepts(YamlValue place, String text) {
    Optional<URI> url = parseUrl(place, text);
    Optional<String> refusal = url.flatMap(this::refusal);
    refusal.ifPresent(place::error);
    return url.isPresent() && refusal.isEmpty();
  }

  /// Checks a server that other than http is spoken to.
  ///
  /// @param server its name or address and its port
  boolean acceptsServer(YamlValue place, String server, boolean encrypted) {
    if (!encrypted && allowed.isEmpty()) {
      place.error("without TLS only networks that egress.allow opens are connected to");
      return false;
    }
    return accepts(place, (encrypted ? "https://" : "http://") + server);
  }

  private static Optional<URI> parseUrl(YamlValue value, String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      value.error("not a URL: it must begin with https:// and hold no blanks");
      return Optional.empty();
    }
    boolean web = "https".equalsIgnoreCase(url.getScheme()) || isHttp(url);
    if (!web) {
      value.error("a URL must begin with https:// (or http:// where egress.allow opens it)");
      return Optional.empty();
    }
    if (url.getHost() == null || url.getPort() == 0 || url.getPort() > 65_535) {
      value.error("the URL names no host that could be connected to");
      return Optional.empty();
    }
    if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
      value.error("a URL here has no user, password or #fragment");
      return Optional.empty();
    }
    return Optional.of(url);
  }

  private Optional<String> refusal(URI url) {
    String host = url.getHost().toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.equals("localhost") || host.endsWith(".localhost")) {
      boolean open = covers(literal("127.0.0.1")) || covers(literal("::1"));
      return open ? Optional.empty() : closed(host, "127.0.0.0/8");
    }
    Optional<InetAddress> address = tryLiteral(host);
    if (address.isPresent()) {
      if (covers(address.get())) {
        return Optional.empty();
      }
      boolean hidden = PRIVATE.stream().anyMatch(n -> n.contains(address.get()));
      return hidden || isHttp(url)
          ? closed(host, address.get().getHostAddress())
          : Optional.empty();
    }
    if (isHttp(url) && allowed.isEmpty()) {
      return Optional.of(
          "http is not encrypted: use https, or open the network of "
              + YamlValue.quote(host)
              + " with egress.allow");
    }
    return Optional.empty();
  }

  private static Optional<String> closed(String host, String entry) {
    return Optional.of(
        "connections to "
            + YamlValue.quote(host)
            + " are refused; open them with egress.allow: ["
            + entry
            + "]");
  }

  private boolean covers(InetAddress address) {
    return allowed.stream().anyMatch(network -> network.contains(address));
  }

  private static boolean isHttp(URI url) {
    return "http".equalsIgnoreCase(url.getScheme());
  }

  private static Network network(String text) {
    return parse(text).orElseThrow();
  }

  private static Optional<Network> parse(String text) {
    int slash = text.indexOf('/');
    Optional<InetAddress> address = tryLiteral(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    int bits = address.get().getAddress().length * 8;
    if (slash < 0) {
      return Optional.of(new Network(address.get(), bits));
    }
    String prefix = text.substring(slash + 1);
    if (!prefix.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(prefix) > bits) {
      return Optional.empty();
    }
    return Optional.of(new Network(address.get(), Integer.parseInt(prefix)));
  }

  private static InetAddress literal(String text) {
    return InetAddress.ofLiteral(text);
  }

  private static Optional<InetAddress> tryLiteral(String text) {
    try {
      return Optional.of(literal(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
