package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Quiet hours of actions, from the file to what is in force.
class ActionHoursTest {

  @TempDir private Path folder;

  private ConfigReader.Result read(String keys) throws IOException {
    Files.writeString(
        folder.resolve("p.yaml"),
        """
        version: 1
        policies:
          - { name: p, select: { source: lab }, rules: [{ name: r, when: spent > 3, actions: [tell] }] }
        """);
    Path file = folder.resolve("spendwarden.yaml");
    Files.writeString(
        file,
        """
        sources: [{ name: lab, type: ionq, api_key: "${KEY}", organization: o-1 }]
        receivers: [{ name: hooks, webhook: { url: https://hooks.example.org/x } }]
        time_intervals:
          - name: nights
            time_intervals: [{ times: [{ start_time: "00:00", end_time: "06:00" }] }]
        actions:
          tell: { type: webhook, url: https://act.example.org/x, %s }
        policies: [p.yaml]
        """
            .formatted(keys));
    return ConfigReader.read(file, Map.of("KEY", "k"), new CelConditions());
  }

  private static List<String> told(ConfigReader.Result result) {
    return result.problems().stream().map(Problem::message).toList();
  }

  @Test
  void namesAreResolvedToTimes() throws Exception {
    var hours = read("mode: auto, mute_time_intervals: [nights]").config().orElseThrow();
    assertThat(hours.actions().get("tell").hours().muteUntil(Instant.parse("2027-01-20T03:00:00Z")))
        .contains(Instant.parse("2027-01-20T06:00:00Z"));
    var active = read("mode: auto, active_time_intervals: nights").config().orElseThrow();
    assertThat(
            active.actions().get("tell").hours().muteUntil(Instant.parse("2027-01-20T07:00:00Z")))
        .contains(Instant.parse("2027-01-21T00:00:00Z"));
  }

  @Test
  void anUnknownNameIsRefusedWithTheNearestOne() throws Exception {
    var result = read("mode: auto, mute_time_intervals: [night]");
    assertThat(result.config()).isEmpty();
    assertThat(told(result))
        .containsExactly("unknown time interval 'night'; did you mean 'nights'?");
  }

  @Test
  void whereAPersonDecidesTheyDoNothingAndThatIsSaid() throws Exception {
    assertThat(told(read("mode: approve, mute_time_intervals: [nights]")))
        .containsExactly(
            "'mute_time_intervals' does nothing with 'mode: approve': who approves decides when");
  }
}
