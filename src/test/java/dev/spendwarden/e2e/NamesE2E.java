package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Inbox;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whatever a provider calls its users, what is shown and kept of them only names them.
/// Method: a user for every kind of trouble, each over 80 % of a quota, so that every name goes
/// through the store, the metrics, the interface, a webhook and Slack.
class NamesE2E {

  /// As they stand in the provider's JSON.
  private static final List<String> NAMES =
      List.of(
          "plain",
          "a \\\"quoted\\\" 'name' `x` \\\\ back",
          "line\\nspendwarden_budget_spent 1\\r\\n# HELP x",
          "{{ .Values }} ${labels.user} %s {0}",
          "<!channel> <@U1> <https://evil.example|click> *bold* &amp;",
          "<script>alert(1)</script><img src=x onerror=alert(1)>",
          "\\u001b[31mred\\u001b[0m\\u0007\\u009b2J",
          "\\u202egnp.exe\\u2066",
          "nothing\\u0000here",
          "half\\ud83d of a pair",
          "'; DROP TABLE alerts; --",
          "=cmd|' /C calc'!A0",
          "x".repeat(1_000_000));

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: quota
          select: { source: ionq-lab, kind: quota }
          per: [user]
          labels: { team: quantum }
          rules: [{ name: near, when: used >= 0.8, summary: "${labels.user} is near" }]
      """;

  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\\n]|\\\\[\"\\\\n])*+\"";

  private static final Pattern SAMPLE =
      Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(\\{" + LABEL + "(," + LABEL + ")*})? \\S+");

  /// What JSON and the exposition format must not hold raw.
  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f\\p{Cs}&&[^\n]]");

  @TempDir Path folder;
  private Laboratory lab;

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void namesOnlyName() {
    lab = new Laboratory(folder, 60);
    lab.sandbox.faults().add("ionq", new Fault.Body("application/json", report()));
    lab.start(POLICIES);
    soon().until(() -> lab.hooks().size() >= NAMES.size());
    soon().until(() -> slackMessages().size() >= NAMES.size());

    assertThat(lab.items("/api/v1/budgets?policy=quota")).hasSize(NAMES.size());
    assertThat(lab.text("/metrics").lines().filter(line -> !line.startsWith("#")))
        .allMatch(line -> SAMPLE.matcher(line).matches());
    assertThat(lab.text("/metrics")).doesNotContainPattern(CONTROL);
    for (String path : List.of("budgets", "alerts", "notifications")) {
      assertThat(lab.text("/api/v1/" + path)).doesNotContainPattern(CONTROL);
    }
    for (Inbox.Delivery delivery : lab.hooks()) {
      assertThat(new JsonObject(delivery.body()).getString("type")).isEqualTo("alert.fired");
      assertThat(delivery.body()).doesNotContainPattern(CONTROL);
      assertThat(delivery.body().length()).isLessThan(64 * 1024);
    }
    assertThat(slackMessages())
        .allSatisfy(message ->
            assertThat(message)
                .doesNotContain("<!channel>", "<@U1>", "<https://evil", "<script>")
                .doesNotContainPattern(CONTROL));
    lab.stop();
    assertThat(lab.start(POLICIES).items("/api/v1/budgets?policy=quota")).hasSize(NAMES.size());
    assertThat(lab.items("/api/v1/alerts?policy=quota")).hasSize(NAMES.size());
  }

  private List<String> slackMessages() {
    return lab.sandbox.inbox().deliveries().stream()
        .filter(delivery -> delivery.receiver().startsWith("slack"))
        .map(Inbox.Delivery::body)
        .toList();
  }

  private static String report() {
    String members =
        NAMES.stream()
            .map(name ->
                "{\"id\": \"%s\", \"jobs\": 1, \"quota\": 100, \"quota_consumed\": 90}"
                    .formatted(name))
            .collect(Collectors.joining(","));
    return "{\"currency\": \"USD\", \"qpus\": [], \"members\": [" + members + "]}";
  }
}
