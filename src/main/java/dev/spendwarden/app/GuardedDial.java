package dev.spendwarden.app;

import dev.spendwarden.notify.email.Dial;
import dev.spendwarden.sources.http.Egress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// Connects to addresses that [Egress] permits, checked after the look-up; unencrypted only to
/// those it opens. The name is not looked up again.
record GuardedDial(Supplier<Egress> egress) implements Dial {

  @Override
  public Socket connect(String host, int port, Duration timeout, boolean encrypted)
      throws IOException {
    InetAddress found = permitted(host, encrypted).getFirst();
    // With the name as it was given: certificates are checked against it.
    InetAddress named = InetAddress.getByAddress(host, found.getAddress());
    var socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(named, port), Math.toIntExact(timeout.toMillis()));
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private List<InetAddress> permitted(String host, boolean encrypted) throws IOException {
    Egress rules = egress.get();
    List<InetAddress> permitted =
        Arrays.stream(InetAddress.getAllByName(host))
            .filter(encrypted ? rules::permits : rules::opens)
            .toList();
    if (permitted.isEmpty()) {
      throw new IOException(
          "no address that may be connected to; egress.allow opens private ones, and any for"
              + " connections without TLS");
    }
    return permitted;
  }
}
