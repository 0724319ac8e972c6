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

  /// What a client says before nothing passes any more.
  private final AtomicReference<@Nullable String> last = new AtomicReference<>();

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

  /// Becomes one when a client says `text`, which is the first that does not pass.
  public void blackHoleAt(String text) {
    last.set(text);
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
        String said = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
        if (isSaidFirst(last, said)) {
          blackHole();
        }
        passage();
        if (isSaidFirst(fatal, said)) {
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

  private static boolean isSaidFirst(AtomicReference<@Nullable String> awaited, String said) {
    String text = awaited.get();
    return text != null && said.contains(text) && awaited.compareAndSet(text, null);
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
