package dev.spendwarden.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The Dockerfile, built where nothing can be pulled and run without privileges: `mvn -Pcontainer
/// verify`. It takes minutes, root and buildah, and is skipped with the reason where they are
/// absent.
@Tag("container")
class ContainerTest {

  private static final int SKIPPED = 77;
  private static final int LONGEST_MINUTES = 45;

  @Test
  void theImageRunsTheDemoWithoutPrivileges() throws Exception {
    Path said = Path.of("target", "container-test.log");
    Process script =
        new ProcessBuilder(
                ".ci/container",
                "--maven-repository",
                Path.of(System.getProperty("user.home"), ".m2", "repository").toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(script.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)).isTrue();
    } finally {
      // Asked, not killed: it takes its mounts away.
      script.destroy();
    }
    String text = Files.readString(said);
    if (script.exitValue() == SKIPPED) {
      System.out.println(text);
      Assumptions.abort(text);
    }
    assertThat(script.exitValue()).as(text).isZero();
    assertThat(text).contains("no capability").contains("container: works");
  }
}
