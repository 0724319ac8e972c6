package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.spendwarden.sandbox.Fault;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/// Every way in which a provider's answer can be bad, against one daemon that has an alert firing
/// on that source and one on another: nothing resolves, nothing fires again, one line says so, the
/// other source does not notice, and when the answers are good again nobody is told anything.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputE2E {

  private static final String POLICIES =
      SpineE2E.QUOTA
          + """
            - name: other-quota
              select: { source: ionq-other, kind: quota }
              per: [user]
              budget: { limit: quota, period: month }
              rules: [{ name: nearly-spent, when: used >= 0.8, severity: warning }]
          """;

  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.spendwarden");
  private final Kept lines = new Kept();
  private Laboratory lab;

  /// A way to be bad and the word for it.
  record Bad(String note, Fault fault, String reason) {
    @Override
    public String toString() {
      return note;
    }
  }

  static Stream<Bad> bad() {
    return Stream.of(
        new Bad("401", status(401), "auth"),
        new Bad("403", status(403), "auth"),
        new Bad("404", status(404), "client"),
        new Bad("429", status(429), "rate_limited"),
        new Bad("500", status(500), "server"),
        new Bad("503", status(503), "server"),
        new Bad("a hang", new Fault.Hang(false), "timeout"),
        new Bad("a trickle", new Fault.Trickle(Duration.ofMillis(50)), "timeout"),
        new Bad("truncated", new Fault.Truncate(), "partial"),
        new Bad("closed", new Fault.Close(false), "server"),
        new Bad(
            "cut JSON", new Fault.Body("application/json", "{\"members\": [{\"id\""), "malformed"),
        new Bad("other JSON", new Fault.Body("application/json", "[1, 2]"), "malformed"),
        new Bad("a login page", new Fault.Body("text/html", "<!doctype html>"), "malformed"),
        new Bad("no members", new Fault.Drop("members"), "malformed"),
        new Bad("null consumed", new Fault.Replace("quota_consumed", "null"), "malformed"),
        new Bad("a huge number", new Fault.Replace("quota_consumed", "1e999999999"), "malformed"),
        new Bad("a huge usage", new Fault.Replace("usage", "1e999999999"), "malformed"),
        new Bad("a redirect", new Fault.Redirect(302, "http://127.0.0.1:1/"), "refused"));
  }

  private static Fault status(int status) {
    return new Fault.Status(status, Optional.empty());
  }

  @BeforeAll
  void openWithOneAlertFiringOnEachSource(@TempDir Path folder) {
    lab = new Laboratory(folder, 3600);
    for (var sandbox : List.of(lab.sandbox, lab.other)) {
      sandbox.ionq().member("u1").quota(new BigDecimal("250")).consumed(new BigDecimal("205"));
      sandbox.ionq().member("u2").quota(new BigDecimal("400")).consumed(new BigDecimal("96.25"));
    }
    lab.start(POLICIES);
    soon().until(() -> lab.types().equals(List.of("alert.fired", "alert.fired")));
    lines.setContext(logger.getLoggerContext());
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void mend() {
    lab.sandbox.faults().clear();
    soon().until(() -> up("ionq-lab") == 1);
  }

  @AfterAll
  void close() {
    logger.detachAppender(lines);
    lab.close();
  }

  @ParameterizedTest
  @MethodSource("bad")
  void holdsEverythingAsItIs(Bad bad) {
    lines.warnings.clear();
    lab.sandbox.faults().add("ionq", bad.fault());
    soon().until(() -> up("ionq-lab") == 0);
    lab.awaitPolls(lab.sandbox, 1);

    assertThat(lab.sample("spendwarden_source_failure", "ionq-lab", "\"" + bad.reason() + "\""))
        .as("the reason, of " + lab.source("ionq-lab"))
        .hasValue(1);
    assertThat(lab.budget("user-quota", "u1").getString("data_state")).isEqualTo("error");
    assertThat(lab.budget("user-quota", "u1").getString("spent")).isEqualTo("205");
    assertThat(lab.sample("spendwarden_budget_spent", "user-quota", "u1")).hasValue(205);
    assertThat(lines.warnings).as("one WARN").hasSize(1);
    assertThat(lines.warnings.getFirst())
        .contains("source_poll_failed source=ionq-lab reason=" + bad.reason());

    lab.awaitPolls(lab.other, 1);
    assertThat(up("ionq-other")).isOne();
    assertThat(lab.budget("other-quota", "u1").getString("data_state")).isEqualTo("fresh");

    lab.sandbox.faults().clear();
    soon().until(() -> up("ionq-lab") == 1);
    lab.awaitPolls(lab.sandbox, 1);
    assertThat(lab.budget("user-quota", "u1").getString("data_state")).isEqualTo("fresh");
    assertThat(lines.warnings).hasSize(1);
    assertThat(lab.types()).containsExactly("alert.fired", "alert.fired");
    assertThat(lab.items("/api/v1/alerts?policy=user-quota&policy=other-quota"))
        .hasSize(2)
        .allMatch(a -> a.getString("state").equals("firing"));
  }

  @Test
  void aTroubleThatTurnsIntoAnotherIsNews() {
    lines.warnings.clear();
    lab.sandbox.faults().add("ionq", status(503));
    soon().until(() -> up("ionq-lab") == 0);
    lab.awaitPolls(lab.sandbox, 1);
    lab.sandbox.faults().clear();
    lab.sandbox.faults().add("ionq", status(401));
    soon()
        .until(
            () -> lab.sample("spendwarden_source_failure", "ionq-lab", "\"auth\"").equals(one()));

    assertThat(lines.warnings).as("one WARN a reason").hasSize(2);
    assertThat(lines.warnings.getFirst()).contains("reason=server failures=1");
    assertThat(lines.warnings.getLast()).contains("reason=auth");
    assertThat(lab.types()).containsExactly("alert.fired", "alert.fired");
  }

  private static OptionalDouble one() {
    return OptionalDouble.of(1);
  }

  private int up(String source) {
    return (int) lab.sample("spendwarden_source_up", "source=\"" + source + "\"").orElse(-1);
  }

  /// Our own lines of WARN and worse.
  private static final class Kept extends AppenderBase<ILoggingEvent> {
    final List<String> warnings = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
        warnings.add(event.getFormattedMessage());
      }
    }
  }
}
