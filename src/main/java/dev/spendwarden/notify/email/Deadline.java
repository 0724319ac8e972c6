package dev.spendwarden.notify.email;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/// Closes a socket when its time is up, whatever trickles in: timeouts of sockets start anew with
/// each byte.
final class Deadline implements AutoCloseable {

  private final Thread watch;
  private volatile boolean passed;

  Deadline(Socket socket, Duration longest) {
    watch =
        Thread.ofVirtual()
            .name("mail deadline")
            .start(() -> {
              try {
                Thread.sleep(longest);
                passed = true;
                socket.close();
              } catch (InterruptedException | IOException e) {
                // Ended in time, or closed all the same.
              }
            });
  }

  boolean hasPassed() {
    return passed;
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
