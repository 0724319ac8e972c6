package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.policy.cel.CelConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The configurations the documentation shows are ones that `check` has nothing to say about.
class ExamplesTest {

  /// Where the manifest mounts its Secret.
  private static final String MOUNT = "/run/secrets/spendwarden";

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "IONQ_API_KEY", "key",
          "ANTHROPIC_ADMIN_KEY", "key",
          "GITHUB_TOKEN", "token",
          "GCORE_API_KEY", "key",
          "TOKEN", "a-token-of-many-words",
          "DB_PASSWORD", "password",
          "SLACK_BOT_TOKEN", "xoxb-token",
          "HOOK_SECRET", "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=");

  @ParameterizedTest
  @ValueSource(strings = {"spendwarden.yaml", "sandbox.yaml"})
  void theExamplesWithAllProvidersHaveNoProblems(String example) {
    var checked =
        Check.check(List.of(Path.of("docs/examples", example)), ENVIRONMENT, new CelConditions());
    assertThat(checked).isEqualTo(new Check.Outcome.Checked(List.of()));
  }

  @Test
  void theConfigurationInTheKubernetesManifestHasNoProblems(@TempDir Path folder)
      throws IOException {
    Path secrets = Files.createDirectory(folder.resolve("secrets"));
    for (String name : List.of("token", "db-password", "ionq-api-key")) {
      Path secret = Files.writeString(secrets.resolve(name), "a-secret-of-many-words");
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("r--------"));
    }
    var files = new ArrayList<Path>();
    for (Object document :
        new Load(LoadSettings.builder().build())
            .loadAllFromString(Files.readString(Path.of("docs/examples/deploy/kubernetes.yaml")))) {
      var manifest = (Map<?, ?>) document;
      if (manifest.get("kind").equals("ConfigMap")) {
        for (Map.Entry<?, ?> file : ((Map<?, ?>) manifest.get("data")).entrySet()) {
          files.add(
              Files.writeString(
                  folder.resolve(file.getKey().toString()),
                  file.getValue().toString().replace(MOUNT, secrets.toString())));
        }
      }
    }
    assertThat(files).hasSize(2);
    assertThat(Check.check(files, ENVIRONMENT, new CelConditions()))
        .isEqualTo(new Check.Outcome.Checked(List.of()));
  }
}
