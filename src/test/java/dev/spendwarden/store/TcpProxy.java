package dev.spendwarden.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Stands between a daemon and its database, and can fail as networks do: cut connections and take
/// no new ones, or swallow every byte in silence.
public final class TcpProxy implements AutoCloseable {

  private enum Mode {
    PASSING,
    CUT,
    BLACK_HOLE
  }

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Mode mode = Mode.PASSING;

  /// The first connection on which a client says this is cut.
  private final AtomicReference<@Nullable String> fatal = new AtomicReference<>();

  public TcpProxy(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /// Ends all connections; new ones end at once.
  public void cut() {
    become(Mode.CUT);
    sockets.forEach(TcpProxy::closeQuietly);
  }

  /// Ends the first connection on which the client says `text`, which does not arrive.
  public void cutAt(String text) {
    fatal.set(text);
  }

  /// What is under way stays open, and nothing passes in either direction.
  public void blackHole() {
    become(Mode.BLACK_HOLE);
  }

  /// Bytes that were held back go on.
  public void pass() {
    become(Mode.PASSING);
  }

  private void become(Mode next) {
    lock.lock();
    try {
      mode = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits while it is a black hole.
  private Mode passage() throws InterruptedException {
    lock.lock();
    try {
      while (mode == Mode.BLACK_HOLE) {
        changed.await();
      }
      return mode;
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    sockets.add(client);
    try (client;
        var upstream = new Socket()) {
      if (passage() == Mode.CUT) {
        return;
      }
      upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      sockets.add(upstream);
      Thread back = Thread.startVirtualThread(() -> copy(upstream, client));
      copy(client, upstream);
      back.join();
      sockets.remove(upstream);
    } catch (IOException | InterruptedException e) {
      // The connection has ended.
    } finally {
      sockets.remove(client);
    }
  }

  private void copy(Socket from, Socket to) {
    try {
      byte[] buffer = new byte[8_192];
      for (int read = from.getInputStream().read(buffer);
          read >= 0;
          read = from.getInputStream().read(buffer)) {
        passage();
        String text = fatal.get();
        if (text != null
            && new String(buffer, 0, read, StandardCharsets.ISO_8859_1).contains(text)
            && fatal.compareAndSet(text, null)) {
          break;
        }
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException e) {
      // Below.
    }
    closeQuietly(from);
    closeQuietly(to);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is to be closed.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
