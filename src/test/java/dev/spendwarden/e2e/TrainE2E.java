package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what the start-up cache is made from is a daemon's whole path, ends by itself and leaves
/// nothing behind. Method: the real process, whose temporary folder is the test's.
@Timeout(120)
class TrainE2E {

  @TempDir private Path temporary;

  @Test
  void aWholePathIsWalkedOnceAndNothingIsLeft() throws Exception {
    var command = new ArrayList<>(Installed.get().java(List.of("-Djava.io.tmpdir=" + temporary)));
    command.add("train");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("alert_transition type=alert.fired", "Daemon stopped");
    assertThat(said).doesNotContain("WARN", "ERROR");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("spendwarden")))
          .isEmpty();
    }
  }
}
