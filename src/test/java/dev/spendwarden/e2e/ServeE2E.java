package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `spendwarden serve` as an operator's scripts meet it: what it answers with, and how it stops.
class ServeE2E {

  private static final Duration STARTING = Duration.ofSeconds(60);

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: spend
          select: { source: ionq-0 }
          budget: { limit: 100 USD, period: month }
          notify: none
          rules: [{ name: over, when: used >= 1.0, severity: warning }]
      """;

  @TempDir Path folder;

  private ServeProcess serve(Path config, String... more) throws IOException {
    var arguments = new java.util.ArrayList<>(List.of("serve", "--config", config.toString()));
    arguments.addAll(List.of(more));
    return ServeProcess.start(folder, Map.of("KEY", "ionq-key"), arguments.toArray(String[]::new));
  }

  private Path config(String name, int port, String policies, String... baseUrls)
      throws IOException {
    Files.writeString(folder.resolve(name + "-policies.yaml"), policies);
    var sources = new StringBuilder();
    for (int i = 0; i < baseUrls.length; i++) {
      sources.append(
          "  - { name: ionq-%d, type: ionq, base_url: \"%s\", api_key: \"${KEY}\", organization: o, timeout: 30s }%n"
              .formatted(i, baseUrls[i]));
    }
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        server: { host: 127.0.0.1, port: %d }
        storage: { url: "jdbc:sqlite:%s" }
        egress: { allow: [127.0.0.0/8] }
        sources:
        %spolicies: [%s-policies.yaml]
        """
            .formatted(port, folder.resolve("spendwarden.db"), sources, name));
  }

  @Test
  void aMissingFileIsWrongUsage() throws Exception {
    try (var process = serve(folder.resolve("nowhere.yaml"))) {
      assertThat(process.awaitExit(STARTING)).isEqualTo(2);
      assertThat(process.output()).contains("nowhere.yaml");
    }
  }

  @Test
  void aMistypedPolicyKeyStopsTheStartWithItsPlaceAndASuggestion() throws Exception {
    Path config =
        config("typo", 0, POLICIES.replace("severity:", "severty:"), "http://127.0.0.1:1");
    try (var process = serve(config)) {
      assertThat(process.awaitExit(STARTING)).isEqualTo(3);
      assertThat(process.output())
          .containsPattern("typo-policies\\.yaml:7:\\d+: .*severty.*did you mean.*severity");
    }
  }

  @Test
  void aPortInUseAndASecondDaemonOnOneStoreAreRefusedWithWhatToDo() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var first = serve(config("port", taken.getLocalPort(), POLICIES, "http://127.0.0.1:1"))) {
      assertThat(first.awaitExit(STARTING)).isEqualTo(3);
      assertThat(first.output()).contains("spendwarden: not started").contains("server.port");
    }
    try (var first = serve(config("first", 0, POLICIES, "http://127.0.0.1:1"))) {
      first.awaitReady();
      try (var second = serve(config("second", 0, POLICIES, "http://127.0.0.1:1"))) {
        assertThat(second.awaitExit(STARTING)).isEqualTo(3);
        assertThat(second.output())
            .contains("spendwarden: not started")
            .contains("spendwarden.db")
            .containsPattern("(?i)another|in use|already");
      }
    }
  }

  @Test
  void sigtermStopsWithinTenSecondsThoughEverySourceHangs() throws Exception {
    try (var sandbox = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()))) {
      sandbox.faults().add("ionq", new Fault.Hang(false));
      String url = sandbox.url("/ionq/v0.3");
      Path config = config("hang", 0, POLICIES, url, url, url, url, url, url, url, url);
      try (var process = serve(config, "--log-format", "json", "--log-level", "debug")) {
        process.awaitReady();
        soon().until(() -> sandbox.requests().counts("ionq").inFlight() == 8);
        process.askToStop();
        assertThat(process.awaitExit(Duration.ofSeconds(10))).isZero();
        List<JsonObject> lines = process.output().lines().map(JsonObject::new).toList();
        assertThat(lines.getLast().getString("message")).isEqualTo("stopped");
        assertThat(lines)
            .filteredOn(line -> List.of("WARN", "ERROR").contains(line.getString("level")))
            .isEmpty();
      }
    }
  }
}
