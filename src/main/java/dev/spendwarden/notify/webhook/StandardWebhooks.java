package dev.spendwarden.notify.webhook;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The headers of the Standard Webhooks specification. Pure.
public final class StandardWebhooks {

  /// Says what is wrong without showing the secret.
  static final String BAD_SECRET = "a signing secret is not whsec_ followed by base64";

  private static final String SECRET_PREFIX = "whsec_";

  private StandardWebhooks() {}

  /// `webhook-id`, `webhook-timestamp` and, with at least one secret, `webhook-signature` with one
  /// entry for each.
  ///
  /// @param secrets `whsec_` and base64; the key is what the base64 decodes to
  /// @throws IllegalArgumentException when a secret is not that; the message does not hold it
  public static Map<String, String> headers(
      String id, Instant attemptAt, byte[] body, List<String> secrets) {
    String timestamp = Long.toString(attemptAt.getEpochSecond());
    var headers = new LinkedHashMap<String, String>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", timestamp);
    if (!secrets.isEmpty()) {
      headers.put(
          "webhook-signature",
          secrets.stream()
              .map(secret -> "v1," + signature(id, timestamp, body, secret))
              .collect(Collectors.joining(" ")));
    }
    return headers;
  }

  private static String signature(String id, String timestamp, byte[] body, String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key(secret), "HmacSHA256"));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
    }
  }

  private static byte[] key(String secret) {
    String encoded =
        secret.startsWith(SECRET_PREFIX) ? secret.substring(SECRET_PREFIX.length()) : secret;
    byte[] key = new byte[0];
    try {
      key = Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      // Told below without the cause, whose message quotes the secret.
    }
    if (key.length == 0) {
      throw new IllegalArgumentException(BAD_SECRET);
    }
    return key;
  }
}
