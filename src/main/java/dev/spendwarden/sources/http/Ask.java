package dev.spendwarden.sources.http;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One request.
///
/// @param method `GET`, `POST` and so on
/// @param headers without credentials, `Host` and what frames the body
/// @param body sent byte for byte as it is
/// @param timeout for everything: name look-up, connection, TLS, request, and the whole answer
/// @param maxBytes the most that is read of the answer's body, before and after decompression
/// @param credential put on the request only when its origin is the URL's
public record Ask(
    String method,
    URI uri,
    Map<String, String> headers,
    Optional<byte[]> body,
    Duration timeout,
    long maxBytes,
    Optional<Credential> credential) {

  private static final Set<String> FRAMING =
      Set.of("host", "content-length", "transfer-encoding", "connection", "accept-encoding");
  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "proxy-authorization", "x-api-key", "cookie");

  public Ask {
    headers = Map.copyOf(headers);
    for (String name : headers.keySet()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (FRAMING.contains(lower)) {
        throw new IllegalArgumentException("the header " + name + " is the client's own");
      }
      if (CREDENTIALS.contains(lower)) {
        throw new IllegalArgumentException("the header " + name + " must be given as a credential");
      }
    }
    if (!timeout.isPositive() || maxBytes < 0) {
      throw new IllegalArgumentException("a request needs a timeout and a byte cap");
    }
  }

  public static Ask get(URI uri, Duration timeout, long maxBytes) {
    return new Ask("GET", uri, Map.of(), Optional.empty(), timeout, maxBytes, Optional.empty());
  }

  public static Ask post(
      URI uri, Map<String, String> headers, byte[] body, Duration timeout, long maxBytes) {
    return new Ask("POST", uri, headers, Optional.of(body), timeout, maxBytes, Optional.empty());
  }

  public Ask with(Credential credential) {
    return new Ask(method, uri, headers, body, timeout, maxBytes, Optional.of(credential));
  }

  public Ask with(String header, String value) {
    Map<String, String> more = new java.util.LinkedHashMap<>(headers);
    more.put(header, value);
    return new Ask(method, uri, more, body, timeout, maxBytes, credential);
  }

  /// Method and origin: paths and queries may hold secrets.
  @Override
  public String toString() {
    return "Ask[" + method + "]";
  }

  /// Headers that prove who asks, and the only origin that may see them.
  public record Credential(Origin origin, List<Header> headers) {

    public record Header(String name, String value) {
      @Override
      public String toString() {
        return name + ": …";
      }
    }

    public Credential {
      headers = List.copyOf(headers);
    }

    public static Credential of(Origin origin, String header, String value) {
      return new Credential(origin, List.of(new Header(header, value)));
    }
  }
}
