package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/// Goal: the launcher makes the start-up cache once, in the background, and only uses one that is
/// of its jar. Method: the real script beside a jar that is not read, with a JDK whose `java`
/// writes down what it was asked and leaves the file a real one would.
@Timeout(60)
class LauncherTest {

  private static final String JAVA =
      """
      #!/bin/sh
      for word in "$@"; do
        case "$word" in
          -XX:AOTCacheOutput=*) echo cache > "${word#-XX:AOTCacheOutput=}" ;;
        esac
      done
      echo "$*" >> "$(dirname "$0")/asked"
      """;

  /// With a space, as folders of people have.
  @TempDir(factory = Spaced.class)
  private Path folder;

  private Path jar;
  private Path jdk;

  @BeforeEach
  void install() throws IOException {
    Files.copy(Path.of("spendwarden"), folder.resolve("spendwarden"));
    jar = Files.createDirectories(folder.resolve("target")).resolve("spendwarden.jar");
    Files.writeString(jar, "not read");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
    jdk = Files.createDirectories(folder.resolve("jdk 25/bin")).getParent();
    Files.writeString(
        jdk.resolve("release"), "JAVA_RUNTIME_VERSION=\"25.0.9+1\"\nJAVA_VERSION=\"25.0.9\"\n");
    Path java = Files.writeString(jdk.resolve("bin/java"), JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void theFirstStartOfADaemonMakesTheCacheAndTheNextUsesIt() throws Exception {
    launch("serve", "--config", "a file.yaml");
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> caches().size() == 1);
    assertThat(caches()).containsExactly("spendwarden-25.0.9+1.aot");
    assertThat(asked())
        .filteredOn(line -> line.contains(" serve --config a file.yaml"))
        .singleElement()
        .asString()
        .doesNotContain("AOT");
    assertThat(asked())
        .filteredOn(line -> line.contains("AOTCacheOutput"))
        .singleElement()
        .asString()
        .endsWith("-jar " + jar + " train");

    launch("check", "policies.yaml");
    assertThat(asked().getLast())
        .contains("-XX:AOTCache=" + jar.resolveSibling("spendwarden-25.0.9+1.aot"))
        .endsWith("-jar " + jar + " check policies.yaml");
    launch("serve");
    assertThat(asked()).filteredOn(line -> line.contains("AOTCacheOutput")).hasSize(1);
  }

  @Test
  void aCommandThatOnlyAnswersMakesNone() throws Exception {
    launch("check", "policies.yaml");
    assertThat(asked()).hasSize(1);
    assertThat(caches()).isEmpty();
  }

  @Test
  void aCacheOfAnEarlierJarIsNotUsedButMadeAnew() throws Exception {
    Path cache = Files.writeString(jar.resolveSibling("spendwarden-25.0.9+1.aot"), "old");
    Files.setLastModifiedTime(cache, FileTime.from(Instant.now().minusSeconds(120)));
    launch("demo");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.readString(cache).equals("cache\n"));
    assertThat(asked()).noneMatch(line -> line.contains("-XX:AOTCache="));
  }

  @Test
  void oneIsMadeAtATime() throws Exception {
    Files.createDirectory(jar.resolveSibling("spendwarden-25.0.9+1.aot.making"));
    launch("serve");
    assertThat(asked()).hasSize(1);
  }

  private void launch(String... words) throws Exception {
    var command =
        new ProcessBuilder(Stream.concat(Stream.of("./spendwarden"), Stream.of(words)).toList());
    command.directory(folder.toFile()).redirectErrorStream(true);
    command.environment().put("JAVA_HOME", jdk.toString());
    Process process = command.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
  }

  private List<String> asked() throws IOException {
    return Files.readAllLines(jdk.resolve("bin/asked"));
  }

  private List<String> caches() throws IOException {
    try (Stream<Path> files = Files.list(jar.getParent())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".aot"))
          .toList();
    }
  }

  static final class Spaced implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
        throws IOException {
      return Files.createTempDirectory("launcher test");
    }
  }
}
