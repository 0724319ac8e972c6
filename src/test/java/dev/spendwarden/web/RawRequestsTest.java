package dev.spendwarden.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What no well-meaning client sends, byte by byte.
class RawRequestsTest {

  private static final int PATIENCE_MILLIS = 20_000;
  private static final long SECOND = 1_000_000_000L;

  private final WebFixture web = new WebFixture();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    web.close();
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), web.port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    sockets.add(socket);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /// All that comes until the server hangs up.
  private String exchange(String request) throws IOException {
    Socket socket = connect();
    try {
      send(socket, request);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketException e) {
      return "";
    }
  }

  private String answer(String line, String... headers) throws IOException {
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return exchange(line + " HTTP/1.1\r\nHost: x\r\n" + more + "Connection: close\r\n\r\n");
  }

  private static int status(String answer) {
    return answer.startsWith("HTTP/") ? Integer.parseInt(answer.substring(9, 12)) : 0;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /app.css/../../../../etc/passwd",
        "GET /../../etc/passwd",
        "GET /%2e%2e/%2e%2e/etc/passwd",
        "GET /..%2f..%2fetc/passwd",
        "GET /..%5c..%5cetc",
        "GET //etc/passwd",
        "GET /pages/..%2fapi.js/x",
        "GET /%00",
        "GET /app.js%00.css",
        "GET /%",
        "GET /%zz",
        "GET /%c0%ae%c0%ae/etc/passwd",
        "GET http://169.254.169.254/latest/",
        "GET file:///etc/passwd",
        "GET *",
        "GET /web/index.html",
        "GET /META-INF/MANIFEST.MF",
        "GET /api/v1/budgets/%0d%0aSet-Cookie:x",
        "GET /api/v1/budgets/%ff%fe",
        "TRACE /api/v1/status",
        "CONNECT 127.0.0.1:22",
        "PROPFIND /",
        "get /",
        "OPTIONS /api/v1/status",
        "OPTIONS *",
        "GET",
        "\u0000\u0001\u0002",
        "GET / HTTP/9.9\r\nX:"
      })
  void trickyRequestsAreRefusedWithoutAWordTooMany(String line) throws IOException {
    String answer = answer(line, "X-Canary: mirror-mirror");
    if (!answer.isEmpty()) {
      assertThat(status(answer)).as(answer).isBetween(400, 501).isNotEqualTo(500);
    }
    assertThat(answer)
        .doesNotContain(
            "mirror-mirror", "root:", "\tat ", "Exception", "io.vertx", "Set-Cookie", "Manifest");
    assertThat(status(answer("GET /-/healthy"))).as("it goes on").isEqualTo(200);
  }

  @Test
  void theHostHeaderIsNeverBelieved() throws IOException {
    for (String host : List.of("evil.example", "evil.example:99999", "\"<script>", "[::1")) {
      String answer =
          exchange(
              "GET /api/v1/status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      assertThat(answer).doesNotContain("evil.example", "<script>", "Exception");
      assertThat(status(answer)).as(host).isIn(0, 200, 400);
    }
  }

  @Test
  void requestsInsideRequestsAreNotSmuggled() throws IOException {
    for (String headers :
        List.of(
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: -1",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding : chunked",
            " Folded: x",
            "No colon here")) {
      web.commands.calls.clear();
      String answer =
          exchange(
              "POST /-/reload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  + headers
                  + "\r\n\r\n0\r\n\r\nPOST /-/reload HTTP/1.1\r\nHost: x\r\n"
                  + "Authorization: Bearer s3cret\r\nConnection: close\r\n\r\n");
      assertThat(status(answer)).as("%s: %s", headers, answer).isIn(0, 400, 401, 413, 501);
      assertThat(web.commands.calls).as(headers).isEmpty();
    }
  }

  @Test
  void tooMuchOfAnythingIsRefused() throws IOException {
    assertThat(status(answer("GET /" + "x".repeat(9_000)))).isEqualTo(414);
    assertThat(status(answer("GET /", "X: " + "x".repeat(20_000)))).isEqualTo(431);
    String[] many = new String[3_000];
    java.util.Arrays.setAll(many, i -> "X-" + i + ": y");
    assertThat(status(answer("GET /", many))).isEqualTo(431);
    String chunk = Integer.toHexString(70_000) + "\r\n" + "x".repeat(70_000) + "\r\n0\r\n\r\n";
    assertThat(
            exchange(
                "POST /-/reload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s3cret\r\n"
                    + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                    + chunk))
        .satisfiesAnyOf(
            text -> assertThat(status(text)).isEqualTo(413), text -> assertThat(text).isEmpty());
    assertThat(web.commands.calls).isEmpty();
  }

  /// One byte now and then keeps an idle timeout from ever running out.
  @Test
  void aHeaderThatNeverEndsIsCutOff() throws IOException {
    Socket slow = connect();
    send(slow, "GET / HTTP/1.1\r\nHost: x\r\nX: ");
    assertThat(status(answer("GET /-/healthy"))).isEqualTo(200);
    web.nanos += (Connections.HEADER_SECONDS - 1) * SECOND;
    send(slow, "a");
    assertThat(isOpen(slow)).isTrue();
    web.nanos += SECOND;
    awaitClosed(slow);
  }

  @Test
  void aBodyThatNeverEndsIsCutOff() throws IOException {
    Socket slow = connect();
    send(slow, "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{");
    assertThat(isOpen(slow)).isTrue();
    web.nanos += Connections.BODY_SECONDS * SECOND;
    awaitClosed(slow);
  }

  @Test
  void aStreamOfEventsStaysAndAKeptConnectionGoes() throws IOException {
    Socket stream = connect();
    send(stream, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(readUntil(stream, "event: changed")).contains("200 OK");
    Socket kept = connect();
    send(kept, "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(readUntil(kept, "healthy.")).contains("200 OK");
    web.nanos += Connections.HEADER_SECONDS * SECOND;
    awaitClosed(kept);
    assertThat(isOpen(stream)).isTrue();
  }

  @Test
  void oneConnectionTooManyIsRefusedAndTheOthersGoOn() throws IOException {
    Socket first = connect();
    for (int i = 1; i < Connections.MAX; i++) {
      connect();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(answer("GET /-/healthy")).isEmpty());
    send(first, "GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(readUntil(first, "healthy.")).contains("200 OK");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(status(answer("GET /-/healthy"))).isEqualTo(200));
  }

  private static String readUntil(Socket socket, String wanted) throws IOException {
    InputStream in = socket.getInputStream();
    var text = new StringBuilder();
    while (text.indexOf(wanted) < 0) {
      int next = in.read();
      assertThat(next).as("in %s", text).isNotNegative();
      text.append((char) next);
    }
    return text.toString();
  }

  private static boolean isOpen(Socket socket) throws IOException {
    socket.setSoTimeout(1_500);
    try {
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (SocketException e) {
      return false;
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  private static void awaitClosed(Socket socket) throws IOException {
    try {
      // What is said on the way out does not matter.
      socket.getInputStream().readAllBytes();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (SocketException e) {
      // Closed, and not even politely.
    }
  }
}
