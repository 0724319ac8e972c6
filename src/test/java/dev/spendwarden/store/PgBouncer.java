package dev.spendwarden.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/// PgBouncer in transaction mode before a server, where Debian's package is installed. The few
/// connections it keeps to the server go from one client to another after every transaction.
final class PgBouncer implements AutoCloseable {

  private final int port;
  private final Process process;

  private PgBouncer(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  static PgBouncer before(int serverPort, Path folder) throws IOException {
    Path program =
        Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(program != null, "skipped: pgbouncer is not installed");
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path users = Files.writeString(folder.resolve("users.txt"), "\"postgres\" \"\"\n");
    Path file =
        Files.writeString(
            folder.resolve("pgbouncer.ini"),
            """
            [databases]
            * = host=127.0.0.1 port=%d
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = trust
            auth_file = %s
            pool_mode = transaction
            default_pool_size = 4
            ignore_startup_parameters = extra_float_digits
            """
                .formatted(serverPort, port, users));
    var command = new ArrayList<String>(List.of(String.valueOf(program), file.toString()));
    if (System.getProperty("user.name").equals("root")) {
      // It refuses to be root.
      command.addAll(0, List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("pgbouncer.log").toFile())
            .start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> !process.isAlive() || isListening(port));
    if (!process.isAlive()) {
      throw new IllegalStateException(Files.readString(folder.resolve("pgbouncer.log")));
    }
    return new PgBouncer(port, process);
  }

  private static boolean isListening(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
