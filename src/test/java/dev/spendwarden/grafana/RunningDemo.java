package dev.spendwarden.grafana;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `spendwarden demo` as people start it: a process of its own, on free ports.
final class RunningDemo implements AutoCloseable {

  private final Process process;
  private final Path log;
  private final int port = freePort();

  RunningDemo(Path folder) throws IOException {
    log = folder.resolve("demo.log");
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.spendwarden.cli.Main",
                    "demo",
                    "--port=" + port,
                    "--sandbox-port=" + freePort()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  /// What it printed, for a failure that nobody would understand otherwise.
  String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
