package dev.spendwarden.app;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// Asks over HTTP at a fixed pace, whether or not there are answers. One thread looks at all
/// connections in turn and never waits for any, so what is measured is the server and not how soon
/// a client's thread gets a core. Each connection has one question under way; where the next is due
/// before that is answered, its time counts from when it was due.
final class OpenLoop implements AutoCloseable {

  /// What each question took in ns: from when it was due, and from when it was written.
  record Times(long[] sinceDue, long[] sinceSent) {}

  private static final int NONE = -1;
  private static final int LONGEST_ANSWER = 64 * 1024;

  private final List<Connection> connections = new ArrayList<>();

  OpenLoop(int port, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      connections.add(new Connection(port));
    }
  }

  /// @param rate questions a second, over all connections
  Times ask(int rate, Duration length, IntFunction<byte[]> question, Consumer<String> check) {
    int total = Math.toIntExact(rate * length.toSeconds());
    var times = new Times(new long[total], new long[total]);
    long start = System.nanoTime();
    int answered = 0;
    int next = 0;
    while (answered < total) {
      for (Connection connection : connections) {
        if (connection.number == NONE) {
          if (next < total && System.nanoTime() - due(start, next, rate) >= 0) {
            connection.send(next, question.apply(next));
            next++;
          }
        } else if (connection.isAnswered(check)) {
          long end = System.nanoTime();
          times.sinceDue[connection.number] = end - due(start, connection.number, rate);
          times.sinceSent[connection.number] = end - connection.sentAt;
          connection.number = NONE;
          answered++;
        }
      }
      Thread.onSpinWait();
    }
    return times;
  }

  private static long due(long start, int number, int rate) {
    return start + number * 1_000_000_000L / rate;
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
  }

  private static final class Connection {
    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(LONGEST_ANSWER);
    private int number = NONE;
    private long sentAt;

    Connection(int port) throws IOException {
      channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
    }

    void send(int number, byte[] question) {
      this.number = number;
      sentAt = System.nanoTime();
      try {
        ByteBuffer out = ByteBuffer.wrap(question);
        while (out.hasRemaining()) {
          channel.write(out);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean isAnswered(Consumer<String> check) {
      try {
        int read = channel.read(in);
        if (read < 0) {
          throw new EOFException("the server hung up");
        }
        if (read == 0) {
          return false;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      String text = new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
      int head = text.indexOf("\r\n\r\n");
      if (head < 0) {
        return false;
      }
      String body = text.substring(head + 4);
      if (body.length() < contentLength(text.substring(0, head))) {
        return false;
      }
      check.accept(body);
      in.clear();
      return true;
    }

    private static int contentLength(String head) {
      String lower = head.toLowerCase(Locale.ROOT) + "\r";
      int from = lower.indexOf("content-length: ") + "content-length: ".length();
      return Integer.parseInt(lower.substring(from, lower.indexOf('\r', from)).strip());
    }
  }
}
