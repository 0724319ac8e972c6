package dev.spendwarden.metrics;

import static dev.spendwarden.metrics.Samples.NOW;
import static dev.spendwarden.metrics.Samples.full;
import static dev.spendwarden.metrics.Samples.policy;
import static dev.spendwarden.metrics.Samples.quiet;
import static dev.spendwarden.metrics.Samples.snapshot;
import static dev.spendwarden.metrics.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.ReportStatus.State;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.SourceHealth;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExpositionTest {

  private final Meters meters = new Meters("1.2.3");
  private Snapshot snapshot = Snapshot.EMPTY;
  private List<SourceHealth> sources = List.of();
  private int maxSeries = 2000;
  private final Exposition exposition =
      new Exposition(
          meters,
          new BudgetCollector(
              () -> snapshot, () -> sources, () -> maxSeries, meters::seriesDropped));

  @AfterEach
  void close() {
    meters.close();
  }

  private String text(Format format) throws IOException {
    var out = new ByteArrayOutputStream();
    exposition.write(format, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private PrometheusText scrape() throws IOException {
    return PrometheusText.parse(text(Format.TEXT), false);
  }

  @Test
  void showsHowFarForecastsWereOffForPoliciesThatWereScored() throws IOException {
    Policy quota = policy("quota", Dimension.USER);
    snapshot =
        new Snapshot(
            NOW,
            Map.of("quota", quota, "new", policy("new", Dimension.USER)),
            Map.of(),
            List.of(),
            List.of(),
            Map.of("quota", new ForecastScore(20, 16, 20, 1.5)));
    assertThat(scrape().value("spendwarden_forecast_error_ratio", "policy", "quota"))
        .isEqualTo(0.075);
    assertThat(text(Format.TEXT)).doesNotContain("spendwarden_forecast_error_ratio{policy=\"new");
  }

  @Test
  void showsEveryNumberOfABudgetInBothFormats() throws IOException {
    snapshot =
        snapshot(
            List.of(policy("quota", Dimension.USER)),
            List.of(quiet(full("quota", user("u1"), "205.10", "250"))));
    for (Format format : Format.values()) {
      var text = PrometheusText.parse(text(format), format == Format.OPEN_METRICS);
      String[] labels = {"policy", "quota", "unit", "USD", "user", "u1"};
      assertThat(text.value("spendwarden_budget_spent", labels)).isEqualTo(205.1);
      assertThat(text.value("spendwarden_budget_limit", labels)).isEqualTo(250);
      assertThat(text.value("spendwarden_budget_used_ratio", labels)).isEqualTo(0.8204);
      assertThat(text.value("spendwarden_budget_elapsed_ratio", labels)).isEqualTo(0.625);
      assertThat(text.value("spendwarden_budget_burn_rate", "user", "u1", "window", "6h"))
          .isEqualTo(2.25);
      assertThat(text.value("spendwarden_budget_forecast", "user", "u1", "percentile", "90"))
          .isEqualTo(300.25);
      assertThat(text.value("spendwarden_budget_over_probability", labels)).isEqualTo(0.5);
      assertThat(text.value("spendwarden_budget_exhaustion_timestamp_seconds", labels))
          .isEqualTo(NOW.getEpochSecond() + 3600);
      assertThat(text.value("spendwarden_budget_period_end_timestamp_seconds", labels))
          .isEqualTo(Samples.MONTH.end().getEpochSecond());
      assertThat(text.value("spendwarden_build_info", "version", "1.2.3")).isEqualTo(1);
    }
  }

  @Test
  void leavesOutWhatIsNotKnown() throws IOException {
    var endless = new Period(Period.FAR_PAST, Period.FAR_FUTURE, ZoneOffset.UTC);
    snapshot =
        snapshot(
            List.of(policy("quota", Dimension.USER)),
            List.of(quiet(Samples.blank("quota", user("u1"), endless))));
    PrometheusText text = scrape();
    assertThat(text.families()).noneMatch(name -> name.startsWith("spendwarden_budget_"));
    assertThat(text.all("spendwarden_alerts")).hasSize(6);
  }

  @Test
  void countsAlertsBySeverityAndStateFromZero() throws IOException {
    var firing = full("quota", user("u1"), "205", "250");
    var pending = full("quota", user("u2"), "255", "250");
    var resolved = full("quota", user("u3"), "5", "250");
    snapshot =
        snapshot(
            List.of(policy("quota", Dimension.USER), policy("idle")),
            List.of(
                view(firing, Alert.State.FIRING, Severity.WARNING),
                view(pending, Alert.State.PENDING, Severity.CRITICAL),
                view(resolved, Alert.State.RESOLVED, Severity.CRITICAL)));
    PrometheusText text = scrape();
    assertThat(alerts(text, "quota", "warning", "firing")).isEqualTo(1);
    assertThat(alerts(text, "quota", "critical", "pending")).isEqualTo(1);
    assertThat(alerts(text, "quota", "critical", "firing")).isZero();
    assertThat(alerts(text, "idle", "info", "firing")).isZero();
  }

  private static double alerts(PrometheusText text, String policy, String severity, String state) {
    return text.value("spendwarden_alerts", "policy", policy, "severity", severity, "state", state);
  }

  private static BudgetView view(
      dev.spendwarden.policy.Assessment assessment, Alert.State state, Severity severity) {
    return new BudgetView(assessment, Optional.of(Samples.alert(assessment, state, severity)));
  }

  @Test
  void tellsWhySourcesAreDown() throws IOException {
    sources = List.of(Samples.healthy("ionq-lab"), Samples.failing("claude", FailureReason.AUTH));
    PrometheusText text = scrape();
    assertThat(text.value("spendwarden_source_up", "source", "ionq-lab")).isEqualTo(1);
    assertThat(text.value("spendwarden_source_up", "source", "claude")).isZero();
    assertThat(text.value("spendwarden_source_failure", "source", "claude", "reason", "auth"))
        .isEqualTo(1);
    assertThat(text.value("spendwarden_source_failure", "source", "claude", "reason", "timeout"))
        .isZero();
    assertThat(text.all("spendwarden_source_last_success_timestamp_seconds")).hasSize(1);
    assertThat(text.value("spendwarden_source_data_timestamp_seconds", "source", "ionq-lab"))
        .isEqualTo(NOW.getEpochSecond() - 61);
  }

  @Test
  void keepsTheMostUsedBudgetsUnderTheCapAndSumsTheRest() throws IOException {
    var views = new ArrayList<BudgetView>();
    for (int i = 0; i < 50; i++) {
      views.add(quiet(full("quota", user("u" + i), Integer.toString(i), "100")));
    }
    snapshot = snapshot(List.of(policy("quota", Dimension.USER)), views);
    maxSeries = 60;
    PrometheusText text = scrape();
    List<PrometheusText.Sample> ofPolicy =
        text.all().stream().filter(s -> "quota".equals(s.labels().get("policy"))).toList();
    assertThat(ofPolicy).hasSizeBetween(45, 60);
    var spent = text.all("spendwarden_budget_spent");
    assertThat(spent).extracting(s -> s.labels().get("user")).contains("u49", "u48", "other");
    assertThat(spent).extracting(s -> s.labels().get("user")).doesNotContain("u0");
    assertThat(spent.stream().mapToDouble(PrometheusText.Sample::value).sum())
        .as("the parts sum to the whole")
        .isEqualTo(49 * 50 / 2.0);
    int kept = spent.size() - 1;
    assertThat(text.value("spendwarden_budget_limit", "user", "other"))
        .isEqualTo((50 - kept) * 100);
    double dropped = text.value("spendwarden_series_dropped_total");
    assertThat(dropped).isEqualTo((50 - kept) * 12);
    assertThat(scrape().value("spendwarden_series_dropped_total"))
        .as("scraping again drops nothing more")
        .isEqualTo(dropped);
  }

  @Test
  void capsEachPolicyByItself() throws IOException {
    var views = new ArrayList<BudgetView>();
    for (int i = 0; i < 20; i++) {
      views.add(quiet(full("big", user("u" + i), "1", "100")));
    }
    views.add(quiet(full("small", Dimensions.NONE, "1", "100")));
    snapshot = snapshot(List.of(policy("big", Dimension.USER), policy("small")), views);
    maxSeries = 100;
    PrometheusText text = scrape();
    assertThat(text.value("spendwarden_budget_spent", "policy", "small")).isEqualTo(1);
    assertThat(text.value("spendwarden_budget_spent", "policy", "big", "user", "other"))
        .isPositive();
  }

  @Test
  void aUserCalledOtherAndABudgetWithoutLabelsHaveAllTheirSeries() throws IOException {
    snapshot =
        snapshot(
            List.of(policy("quota", Dimension.USER), policy("total")),
            List.of(
                quiet(full("quota", user("other"), "1", "100")),
                quiet(full("total", Dimensions.NONE, "2", "100"))));
    PrometheusText text = scrape();
    assertThat(text.value("spendwarden_budget_used_ratio", "user", "other")).isEqualTo(0.01);
    assertThat(text.value("spendwarden_budget_used_ratio", "policy", "total")).isEqualTo(0.02);
    assertThat(text.value("spendwarden_series_dropped_total")).isZero();
  }

  @Test
  void oddNamesBreakNoScrape() throws IOException {
    var names =
        List.of(
            "quote\" back\\slash",
            "line\nend",
            "nul\u0000 and \u001b[31m and \u0085",
            "half \ud83d surrogate",
            "whole \ud83d\ude00 pair",
            "x".repeat(1_000_000),
            "",
            "other",
            "}= ,{#");
    var views = new ArrayList<BudgetView>();
    names.forEach(name -> views.add(quiet(full("quota", user(name), "1", "100"))));
    // A budget without the dimension, which looks like one with an empty value.
    views.add(quiet(full("quota", Dimensions.NONE, "1", "100")));
    // Alike once they are cut.
    views.add(quiet(full("quota", user("x".repeat(1_000) + "y"), "1", "100")));
    snapshot = snapshot(List.of(policy("quota", Dimension.USER)), views);
    for (Format format : Format.values()) {
      var text = PrometheusText.parse(text(format), format == Format.OPEN_METRICS);
      var spent = text.all("spendwarden_budget_spent");
      assertThat(spent)
          .extracting(s -> s.labels().get("user"))
          .contains("quote\" back\\slash", "line\nend", "whole \ud83d\ude00 pair", "}= ,{#")
          .allMatch(user -> user.length() <= Labels.MAX_VALUE);
      assertThat(spent.stream().mapToDouble(PrometheusText.Sample::value).sum())
          .as("what became alike is counted under other")
          .isEqualTo(11);
    }
  }

  @Test
  void hugeAndTinyAmountsStayNumbers() throws IOException {
    snapshot =
        snapshot(
            List.of(policy("quota", Dimension.USER)),
            List.of(
                quiet(full("quota", user("huge"), "12345678901234567890123456789012345678", "1")),
                quiet(full("quota", user("exp"), "1e400", "1")),
                quiet(full("quota", user("negative"), "-0.10", "1"))));
    PrometheusText text = scrape();
    assertThat(text.value("spendwarden_budget_spent", "user", "huge"))
        .isEqualTo(1.2345678901234568e37);
    assertThat(text.value("spendwarden_budget_spent", "user", "exp")).isInfinite();
    assertThat(text.value("spendwarden_budget_spent", "user", "negative")).isEqualTo(-0.1);
  }

  @Test
  void everyFamilyIsDescribed() throws IOException {
    meters.know(List.of("ionq-lab"), List.of("hooks"));
    sources = List.of(Samples.healthy("ionq-lab"));
    PrometheusText text = scrape();
    assertThat(text.families()).allMatch(text::isDescribed);
  }

  @Test
  void promtoolFindsNothingToComplainAbout() throws IOException, InterruptedException {
    Path promtool = Path.of("/usr/bin/promtool");
    assumeTrue(Files.isExecutable(promtool), "skipped: there is no /usr/bin/promtool here");
    meters.know(List.of("ionq-lab"), List.of("hooks"));
    sources = List.of(Samples.healthy("ionq-lab"));
    snapshot =
        snapshot(
            List.of(policy("quota", Dimension.USER)),
            List.of(quiet(full("quota", user("u1"), "205.10", "250"))));
    Process process =
        new ProcessBuilder(promtool.toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (var in = process.getOutputStream()) {
      in.write(text(Format.TEXT).getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).isEmpty();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void theProcessHasThePlainNamesOfEveryPrometheusClient() throws IOException {
    PrometheusText text = scrape();
    assertThat(text.value("process_cpu_seconds_total")).isBetween(0.1, 1e6);
    assertThat(text.value("system_cpus")).isGreaterThanOrEqualTo(1);
    assertThat(text.families()).doesNotContain("process_cpu_time_ns", "system_cpu_count");
  }

  @Test
  void countsEachReportTaskOnceUnderItsStatusAndTheOthersAtZero() throws IOException {
    snapshot =
        Samples.withReports(
            Samples.report("gcore-edge", "r1", "ResellerExpenses", State.COMPLETED, false),
            Samples.report("gcore-edge", "r2", "ResellerExpenses", State.COMPLETED, true),
            Samples.report("gcore-edge", "r3", "ResellerExpenses", State.FAILED, false),
            Samples.report("gcore-edge", "r4", "odd \"type\"", State.PENDING, false));
    PrometheusText text = scrape();
    for (String status : List.of("completed", "degraded", "failed")) {
      assertThat(reports(text, "ResellerExpenses", status)).as(status).isEqualTo(1);
    }
    assertThat(reports(text, "ResellerExpenses", "pending")).isZero();
    assertThat(reports(text, "ResellerExpenses", "cancelled")).isZero();
    assertThat(reports(text, "odd \"type\"", "pending")).isEqualTo(1);
  }

  private static double reports(PrometheusText text, String type, String status) {
    return text.value(
        "spendwarden_reports", "source", "gcore-edge", "type", type, "status", status);
  }
}
