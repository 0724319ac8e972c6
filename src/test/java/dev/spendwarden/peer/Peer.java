package dev.spendwarden.peer;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A program that serves HTTP on a free port of loopback, `/-/ready` among it.
public final class Peer implements AutoCloseable {

  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final int LONGEST_STOP_SECONDS = 20;

  private final Process process;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  private Peer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// The first of these programs that is on the PATH.
  static Optional<Path> find(String... names) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// @param arguments after the address to listen at
  static Peer start(Path program, Path log, int port, List<String> arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.add("--web.listen-address=127.0.0.1:" + port);
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new Peer(process, port);
  }

  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public long pid() {
    return process.pid();
  }

  public Peer awaitReady() {
    await().atMost(LONGEST_START).until(() -> get("/-/ready").isPresent());
    return this;
  }

  /// The body of a good answer; empty when there is none.
  public Optional<String> get(String path) {
    try {
      var answer =
          client.send(HttpRequest.newBuilder(url().resolve(path)).build(), BodyHandlers.ofString());
      return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
