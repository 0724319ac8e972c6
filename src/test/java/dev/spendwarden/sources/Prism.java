package dev.spendwarden.sources;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Stoplight's Prism, a program for Node that mocks an OpenAPI description and refuses requests
/// that the description does not allow. Not written by us, which is the point. Nothing is
/// downloaded: it is found where the build put it, or the tests that need it are skipped.
public final class Prism implements AutoCloseable {

  private static final Pattern LISTENING = Pattern.compile("listening on (http://[0-9.:]+)");

  private final Process process;
  private final URI uri;

  private Prism(Process process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /// Where it is: named by the system property `prism` or the environment's `PRISM`, or where `npm
  /// install --prefix target/node` puts it. Empty when it is not there or there is no Node.
  public static Optional<Path> find() {
    String named = System.getProperty("prism", System.getenv().getOrDefault("PRISM", ""));
    Path program = Path.of(named.isEmpty() ? "target/node/node_modules/.bin/prism" : named);
    return Files.isExecutable(program) && hasNode()
        ? Optional.of(program.toAbsolutePath())
        : Optional.empty();
  }

  /// Starts it on a free port of loopback; blocks until it listens.
  public static Prism mock(Path program, Path description, String... flags) {
    var command = new ArrayList<>(List.of(program.toString(), "mock", "--errors", "-p", "0"));
    command.addAll(List.of(flags));
    command.add(description.toString());
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try {
        return new Prism(process, listening(process));
      } catch (IOException | RuntimeException e) {
        process.destroyForcibly();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI uri() {
    return uri;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static URI listening(Process process) throws IOException {
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      Matcher matcher = LISTENING.matcher(line);
      if (matcher.find()) {
        // It goes on talking and would stop once nobody listened any more.
        Thread.ofVirtual().start(() -> out.lines().forEach(_ -> {}));
        return URI.create(matcher.group(1));
      }
    }
    throw new IOException("Prism did not start:\n" + said);
  }

  private static boolean hasNode() {
    try {
      Process node = new ProcessBuilder("node", "--version").redirectErrorStream(true).start();
      return node.waitFor(10, TimeUnit.SECONDS) && node.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
