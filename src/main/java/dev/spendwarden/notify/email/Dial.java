package dev.spendwarden.notify.email;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/// Connects to a mail server, where the deployment permits it. Blocking, thread-safe.
@FunctionalInterface
public interface Dial {

  /// A connected socket whose address carries the host's name, for certificates are checked against
  /// it. The caller closes it.
  ///
  /// @param encrypted whether TLS will be spoken; without, fewer addresses are permitted
  /// @throws IOException when there is no connection, or there may be none
  Socket connect(String host, int port, Duration timeout, boolean encrypted) throws IOException;
}
