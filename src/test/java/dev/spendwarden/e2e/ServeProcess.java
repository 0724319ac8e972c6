package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `spendwarden` as a process of its own: what it writes goes to files, and it can be ended the
/// polite way or the other.
final class ServeProcess implements AutoCloseable {

  private static final Pattern READY = Pattern.compile("ready address=http://127.0.0.1:(\\d+)");

  private final Process process;
  private final Path err;

  private ServeProcess(Process process, Path err) {
    this.process = process;
    this.err = err;
  }

  static ServeProcess start(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    return start(folder, List.of("-Xmx256m"), environment, arguments);
  }

  /// @param options of the virtual machine
  static ServeProcess start(
      Path folder, List<String> options, Map<String, String> environment, String... arguments)
      throws IOException {
    var command = new ArrayList<>(Installed.get().java(options));
    command.addAll(List.of(arguments));
    Path err = Files.createTempFile(folder, "serve", ".err");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(err.toFile());
    builder.environment().putAll(environment);
    return new ServeProcess(builder.start(), err);
  }

  /// What it has written so far, to both of its streams.
  String output() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /// Waits until it serves; answers its port.
  int awaitReady() {
    return awaitReady(Duration.ofSeconds(60));
  }

  int awaitReady(Duration longest) {
    Laboratory.soon()
        .atMost(longest)
        .untilAsserted(() ->
            assertThat(READY.matcher(output()).find() || !process.isAlive())
                .as("ready, from:%n%s", output())
                .isTrue());
    Matcher ready = READY.matcher(output());
    assertThat(ready.find()).as("ready, from:%n%s", output()).isTrue();
    return Integer.parseInt(ready.group(1));
  }

  int awaitExit(Duration longest) throws InterruptedException {
    assertThat(process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS))
        .as("ended within %s; it wrote:%n%s", longest, output())
        .isTrue();
    return process.exitValue();
  }

  /// SIGHUP: load the configuration again.
  void askToReload() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
  }

  /// Whether it ended within so many milliseconds: it can be waited for without a sleep.
  boolean endsWithin(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /// SIGTERM.
  void askToStop() {
    process.destroy();
  }

  /// SIGKILL.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /// SIGSTOP: it stays where it is.
  void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  /// SIGCONT.
  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
    assertThat(status).as("kill -%s", name).isZero();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
