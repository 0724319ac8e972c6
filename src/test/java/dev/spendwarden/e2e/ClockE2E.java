package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.sandbox.Fault;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole daemon while the clock on the wall is set forward and back under it. To a process a
/// suspended machine is a clock set forward too: the time that its timers run by has stood still.
class ClockE2E {

  private static final Instant NINE = Instant.parse("2027-01-10T09:00:00Z");

  private static final String RULES =
      """
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  @TempDir Path folder;

  private final Wall wall = new Wall();
  private Laboratory lab;

  /// Runs like the system's clock, from wherever it was set to.
  private static final class Wall implements InstantSource {
    private volatile Duration ahead = Duration.ZERO;

    void set(Instant now) {
      ahead = Duration.between(Instant.now(), now);
    }

    void move(Duration by) {
      ahead = ahead.plus(by);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }
  }

  @BeforeEach
  void open() {
    wall.set(NINE);
    lab = new Laboratory(folder, DaemonClock.of(wall));
    lab.sources(polledEvery("200ms"));
    lab.sandbox.ionq().member("u1").quota(new BigDecimal("250")).consumed(new BigDecimal("100"));
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void aClockThatGoesBackLosesNoTransitionOverARestartToo() {
    lab.start(policy("limit: quota, period: month", RULES));
    consumed("205");
    awaitTypes("alert.fired");
    wall.move(Duration.ofHours(-1));
    staysAt("alert.fired");
    consumed("250");
    awaitTypes("alert.fired", "alert.escalated");

    lab.stop();
    lab.start(policy("limit: quota, period: month", RULES));
    staysAt("alert.fired", "alert.escalated");
    assertThat(lab.budget("user-quota", "u1").getString("spent")).isEqualTo("250");
    consumed("120");
    awaitTypes("alert.fired", "alert.escalated", "alert.resolved");
    assertThat(lab.messages()).extracting(m -> m.getInteger("sequence")).containsExactly(1, 2, 3);
  }

  @Test
  void timersPassOverASuspensionAndNothingIsToldTwiceWhenTheClockGoesBack() {
    lab.repeating("12h")
        .start(
            policy("limit: quota, period: month", RULES.replace("0.8, sev", "0.8, for: 2h, sev")));
    consumed("205");
    soon().until(() -> alertState().equals("pending"));
    wall.move(Duration.ofHours(8));
    awaitTypes("alert.fired");
    wall.move(Duration.ofHours(-7));
    staysAt("alert.fired");
    wall.move(Duration.ofHours(7 + 11));
    staysAt("alert.fired");
    wall.move(Duration.ofHours(1));
    awaitTypes("alert.fired", "alert.repeated");
    wall.move(Duration.ofHours(-6));
    staysAt("alert.fired", "alert.repeated");
    wall.move(Duration.ofHours(6));
    staysAt("alert.fired", "alert.repeated");
    consumed("100");
    awaitTypes("alert.fired", "alert.repeated", "alert.resolved");
  }

  @Test
  void aPollThatFellDueDuringASuspensionIsMadeSoonAfterIt() {
    lab.sources(polledEvery("6h")).start(policy("limit: quota, period: month", RULES));
    soon().until(() -> lab.sample("spendwarden_budget_spent", "u1").isPresent());
    long before = polls();
    wall.move(Duration.ofHours(5));
    consumed("205");
    wall.move(Duration.ofHours(2));
    awaitTypes("alert.fired");
    assertThat(polls()).isGreaterThan(before);
  }

  @Test
  void whatIsToBeTriedAgainDoesNotSitOutAClockThatWasSetBack() {
    lab.sandbox.faults().add("hooks/hooks", new Fault.Status(503, Optional.empty()));
    lab.start(policy("limit: quota, period: month", RULES));
    consumed("205");
    soon().atMost(Duration.ofMinutes(1)).until(this::isToBeTriedAgain);
    wall.move(Duration.ofHours(-1));
    lab.sandbox.faults().clear();
    awaitTypes("alert.fired");
    consumed("250");
    awaitTypes("alert.fired", "alert.escalated");
  }

  /// What is told of the user, that is: a poll that failed on a busy machine is told of as well.
  private boolean isToBeTriedAgain() {
    List<String> alerts =
        lab.items("/api/v1/alerts").stream()
            .filter(alert -> alert.getString("policy").equals("user-quota"))
            .map(alert -> alert.getString("id"))
            .toList();
    return lab.items("/api/v1/notifications").stream()
        .filter(notification -> alerts.contains(notification.getString("alert_id")))
        .anyMatch(notification ->
            notification.getInteger("attempts") > 0
                && notification.getString("state").equals("pending"));
  }

  @Test
  void heartbeatsGoOnAfterAClockThatWasSetForwardByMistakeAndBack() {
    lab.configured("heartbeat: { receiver: hooks, every: 2s }")
        .start(policy("limit: quota, period: month", RULES));
    soon().until(() -> !beats().isEmpty());
    wall.move(Duration.ofDays(2));
    Instant mistaken = wall.instant();
    soon().until(() -> beats().stream().anyMatch(beat -> !beat.isBefore(mistaken)));
    wall.move(Duration.ofDays(-2));
    Instant mended = wall.instant();
    // The beat of the moment at which it was set forward bears a time just before it.
    Instant dayAfter = mended.plus(Duration.ofDays(1));
    soon()
        .until(() ->
            beats().stream().anyMatch(beat -> beat.isAfter(mended) && beat.isBefore(dayAfter)));
    assertThat(beats()).as("each beat once").doesNotHaveDuplicates();
  }

  /// The days of Berlin with 23 and with 25 hours.
  @ParameterizedTest
  @CsvSource({
    "2027-03-27T23:00:00Z, 2027-03-28T22:00:00Z",
    "2027-10-30T22:00:00Z, 2027-10-31T23:00:00Z"
  })
  void aDayOfAZoneWithSummerTimeBeginsAndEndsOnceAtItsMidnight(Instant start, Instant end) {
    wall.set(start.minusSeconds(60));
    lab.start(policy("limit: quota, period: day, zone: Europe/Berlin", RULES));
    // The provider begins its own month with the first question.
    soon().until(() -> lab.sample("spendwarden_budget_spent", "u1").isPresent());
    consumed("205");
    awaitTypes("alert.fired");
    wall.set(start.plusSeconds(1));
    awaitTypes("alert.fired", "alert.resolved", "alert.fired");
    JsonObject period = lab.messages().getLast().getJsonObject("budget").getJsonObject("period");
    assertThat(period.getInstant("start")).isEqualTo(start);
    assertThat(period.getInstant("end")).isEqualTo(end);
    wall.set(end.minusSeconds(60));
    staysAt("alert.fired", "alert.resolved", "alert.fired");
    wall.set(end.plusSeconds(1));
    awaitTypes("alert.fired", "alert.resolved", "alert.fired", "alert.resolved", "alert.fired");
    assertThat(lab.messages())
        .filteredOn(m -> m.getString("type").equals("alert.resolved"))
        .extracting(m -> m.getJsonObject("alert").getString("reason"))
        .containsOnly("period_closed");
  }

  private String alertState() {
    return lab.items("/api/v1/alerts").stream()
        .filter(alert -> alert.getString("policy").equals("user-quota"))
        .map(alert -> alert.getString("state"))
        .findFirst()
        .orElse("");
  }

  private long polls() {
    return lab.sandbox.requests().counts("ionq").requests();
  }

  private String polledEvery(String interval) {
    return """
    { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s,
      poll_interval: %s, timeout: 3s, max_age: 2w }
    """
        .formatted(lab.sandbox.url("/ionq/v0.3"), Laboratory.ORGANIZATION, interval);
  }

  private static String policy(String budget, String rules) {
    return """
    version: 1
    policies:
      - name: user-quota
        select: { source: ionq-lab, kind: quota }
        per: [user]
        budget: { %s }
    %s\
    """
        .formatted(budget, rules.indent(0));
  }

  private void consumed(String amount) {
    lab.sandbox.ionq().member("u1").consumed(new BigDecimal(amount));
  }

  private void awaitTypes(String... types) {
    // A first poll on a busy machine may fail and be made again.
    soon()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(told()).containsExactly(types));
  }

  /// Nothing more than this is told while polls go on.
  private void staysAt(String... types) {
    lab.awaitPolls(lab.sandbox, 4);
    assertThat(told()).containsExactly(types);
  }

  /// All but heartbeats.
  private List<String> told() {
    return lab.types().stream().filter(type -> type.startsWith("alert.")).toList();
  }

  private List<Instant> beats() {
    return lab.messages().stream()
        .filter(message -> message.getString("type").equals("heartbeat"))
        .map(message -> Instant.parse(message.getString("time")))
        .toList();
  }
}
