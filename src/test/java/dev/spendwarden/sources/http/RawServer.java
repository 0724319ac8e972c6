package dev.spendwarden.sources.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that misbehaves exactly as told: it reads a request's head and body and then writes raw
/// bytes. Loopback, any free port.
public final class RawServer implements AutoCloseable {

  private final ServerSocket listener;
  private final Script script;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Writes one answer. Returning false closes the connection, true reads the next request.
  @FunctionalInterface
  public interface Script {
    boolean answer(OutputStream out, RawServer server) throws IOException;
  }

  private RawServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  public static RawServer start(Script script) {
    try {
      return new RawServer(new ServerSocket(0, 16, InetAddress.getLoopbackAddress()), script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Always the same bytes, then the connection is closed.
  public static RawServer sending(String... lines) {
    byte[] bytes = String.join("\r\n", lines).getBytes(StandardCharsets.ISO_8859_1);
    return start((out, _) -> {
      out.write(bytes);
      return false;
    });
  }

  /// A well-formed answer to every request.
  public static RawServer answering(int status, String extraHeaders, byte[] body) {
    return start((out, _) -> {
      out.write(whole(status, extraHeaders, body));
      return true;
    });
  }

  public static byte[] whole(int status, String extraHeaders, byte[] body) {
    var bytes = new ByteArrayOutputStream();
    String head =
        "HTTP/1.1 " + status + " X\r\ncontent-length: " + body.length + "\r\n" + extraHeaders;
    bytes.writeBytes((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(body);
    return bytes.toByteArray();
  }

  public int port() {
    return listener.getLocalPort();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /// Heads and bodies received, in order.
  public List<String> requests() {
    return requests;
  }

  public int connections() {
    return connections.get();
  }

  /// Lets time pass, cut short when the server closes.
  public void pause(long millis) throws IOException {
    try {
      if (closed.await(millis, TimeUnit.MILLISECONDS)) {
        throw new IOException("closed");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new BufferedInputStream(socket.getInputStream());
      boolean goOn = true;
      while (goOn && readRequest(in)) {
        goOn = script.answer(socket.getOutputStream(), this);
        socket.getOutputStream().flush();
      }
    } catch (IOException e) {
      // The client hung up, which is what many tests are about.
    } finally {
      open.remove(socket);
    }
  }

  private boolean readRequest(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return false;
      }
      head.append((char) c);
    }
    var length =
        java.util.regex.Pattern.compile("(?i)content-length: *([0-9]+)").matcher(head.toString());
    String body =
        length.find()
            ? new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8)
            : "";
    requests.add(head + body);
    return true;
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
