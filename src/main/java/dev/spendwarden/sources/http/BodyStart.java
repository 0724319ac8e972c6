package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import io.vertx.core.http.HttpClientRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// The first bytes of an answer whose rest nobody needs. What comes beyond them is not awaited: the
/// request is reset.
final class BodyStart {

  private BodyStart() {}

  /// What came of it, whole or not.
  static byte[] whatCame(
      ResponseBody raw, Headers headers, long maxBytes, HttpClientRequest request)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    try {
      read(raw, headers, maxBytes, request, bytes);
    } catch (RequestFailure e) {
      // The status stands, whatever became of the page that came with it.
      request.reset();
    }
    return bytes.toByteArray();
  }

  /// @throws RequestFailure when it broke off or took too long before there were `maxBytes`
  static byte[] of(ResponseBody raw, Headers headers, long maxBytes, HttpClientRequest request)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    try {
      read(raw, headers, maxBytes, request, bytes);
    } catch (RequestFailure e) {
      if (e.reason() != FailureReason.TOO_LARGE) {
        throw e;
      }
      request.reset();
    }
    return bytes.toByteArray();
  }

  private static void read(
      ResponseBody raw,
      Headers headers,
      long maxBytes,
      HttpClientRequest request,
      ByteArrayOutputStream bytes)
      throws IOException {
    try (InputStream body = InflatedBody.decoded(raw, headers, maxBytes)) {
      byte[] chunk = new byte[8192];
      for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
        bytes.write(chunk, 0, (int) Math.min(n, maxBytes - bytes.size()));
        if (bytes.size() == maxBytes) {
          request.reset();
          break;
        }
      }
    }
  }
}
