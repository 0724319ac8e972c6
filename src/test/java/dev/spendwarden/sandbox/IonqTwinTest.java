package dev.spendwarden.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IonqTwinTest {

  private static final String REPORT = "/ionq/v0.3/report/organizations/lab";
  private static final String JANUARY = REPORT + "?start_date=2027-01-01&end_date=2027-01-31";

  private final Visitor.Clock clock = new Visitor.Clock("2027-01-20T09:00:00Z");
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final Visitor visitor = new Visitor(sandbox);

  @AfterEach
  void close() {
    visitor.close();
    sandbox.close();
  }

  @Test
  void reportsMembersAndQpusOfTheAskedWindow() {
    sandbox.ionq().budget(new BigDecimal("120000"));
    sandbox
        .ionq()
        .member("u1")
        .person("Ines", null, "ines@corvid.example")
        .quota(new BigDecimal("250"))
        .consumed(new BigDecimal("205.10"));
    HttpResponse<String> response = report(JANUARY);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .contains(
            "\"start_date\":\"2027-01-01\",\"end_date\":\"2027-01-31\"",
            "\"organization_id\":\"lab\",\"budget\":120000,\"balance\":119794.9,"
                + "\"currency\":\"USD\"",
            "{\"qpu_name\":\"qpu.forte-1\",\"usage\":205.1}",
            "\"last_name\":null",
            "\"quota\":250,\"quota_consumed\":205.1");
  }

  @Test
  void leavesOutTheQuotaOfMembersWithoutOne() {
    sandbox.ionq().member("guest");
    assertThat(members(report(JANUARY)).getFirst())
        .containsEntry("quota_consumed", BigDecimal.ZERO)
        .doesNotContainKey("quota");
  }

  @Test
  void slidesTheWindowWhenNoDatesAreAsked() {
    sandbox.ionq().member("u1").consumed(new BigDecimal("10"));
    assertThat(consumed(report(REPORT))).isEqualByComparingTo("10");
    clock.forward(Duration.ofDays(31));
    assertThat(consumed(report(REPORT))).isEqualByComparingTo("0");
    assertThat(consumed(report(JANUARY))).isEqualByComparingTo("10");
  }

  @Test
  void keepsTheSpendOfAMemberWhoLeftInTheQpus() {
    sandbox.ionq().member("u1").consumed(new BigDecimal("10")).leaves();
    HttpResponse<String> response = report(JANUARY);
    assertThat(members(response)).isEmpty();
    assertThat(response.body()).contains("{\"qpu_name\":\"qpu.forte-1\",\"usage\":10}");
  }

  @ParameterizedTest
  @CsvSource({
    "'?start_date=yesterday', start_date",
    "'?end_date=2027-02-30', end_date",
    "'?start_date=2027-01-02&end_date=2027-01-01', end_date",
    "'?from=2027-01-02', from"
  })
  void refusesWhatItCannotRead(String query, String key) {
    HttpResponse<String> response = report(REPORT + query);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .contains("\"validation\":{\"keys\":[\"" + key + "\"],\"source\":\"query\"}");
  }

  @ParameterizedTest
  @CsvSource({"apiKey bad-key", "Bearer good-key", "apikey good-key"})
  void refusesAWrongCredential(String authorization) {
    assertThat(visitor.get(JANUARY, "Authorization", authorization).statusCode()).isEqualTo(401);
  }

  @Test
  void refusesEveryKeyButTheNamedOnes() {
    sandbox.ionq().acceptOnly("second-key");
    assertThat(report(JANUARY).statusCode()).isEqualTo(401);
    assertThat(visitor.get(JANUARY, "Authorization", "apiKey second-key").statusCode())
        .isEqualTo(200);
  }

  @Test
  void growsByTheSeedAndTheClockHoweverOftenItIsAsked() {
    var options =
        new Sandbox.Options(
            0, 7, clock, (world, start) -> world.ionq().member("u1").grows(new BigDecimal("2.4")));
    try (var often = Sandbox.start(options);
        var once = Sandbox.start(options);
        var asksOften = new Visitor(often);
        var asksOnce = new Visitor(once)) {
      for (int i = 0; i < 50; i++) {
        clock.forward(Duration.ofMinutes(61));
        asksOften.get(JANUARY, "Authorization", "apiKey key");
      }
      String expected = asksOften.get(JANUARY, "Authorization", "apiKey key").body();
      assertThat(asksOnce.get(JANUARY, "Authorization", "apiKey key").body()).isEqualTo(expected);
      assertThat(often.ionq().booked().get("u1"))
          .isBetween(new BigDecimal("105"), new BigDecimal("140"));
    }
  }

  @Test
  void demoWarnsEscalatesAndRecoversWithinAMinuteOfItsTime() {
    var time = new Visitor.Clock(DemoScenario.START.toString());
    try (var demo = Sandbox.start(new Sandbox.Options(0, 1, time, new DemoScenario()));
        var asks = new Visitor(demo)) {
      assertThat(used(asks)).isLessThan(new BigDecimal("0.8"));
      time.forward(Duration.ofHours(15));
      assertThat(used(asks)).isBetween(new BigDecimal("0.8"), new BigDecimal("0.99"));
      time.forward(Duration.ofHours(20));
      assertThat(used(asks)).isBetween(new BigDecimal("1"), new BigDecimal("1.5"));
      time.forward(Duration.ofHours(8));
      assertThat(used(asks)).isLessThan(new BigDecimal("0.8"));
    }
  }

  @Test
  void usageCutsTheSameBooksByDayAndByTheFiveLargest() {
    for (int i = 1; i <= 6; i++) {
      sandbox
          .ionq()
          .member("u" + i)
          .project(i % 2 == 0 ? "chem" : "")
          .spends(new BigDecimal(i).add(new BigDecimal("0.5")), "qpu.forte-1");
    }
    String body = usage("2027-01-01", "2027-01-21", "user", "daily").body();
    assertThat(body)
        .contains(
            "\"group_type\":\"user\",\"modality\":\"daily\"",
            "\"usage_unit\":\"usd\",\"amount_total\":24",
            "\"amount\":6.5,\"job_count\":1",
            "\"from\":\"2027-01-20T00:00:00Z\",\"to\":\"2027-01-21T00:00:00Z\"")
        .doesNotContain("\"u1\"");
    assertThat(usage("2027-01-01", "2027-01-21", "project", "monthly").body())
        .contains("\"amount_total\":24,", "{\"amount\":13.5,", "\"group_id\":\"chem\"");
    assertThat(usage("2027-01-01", "2027-01-20", "user", "weekly").body())
        .as("the end is exclusive")
        .contains("\"amount_total\":0,", "\"usage_data\":[]");
  }

  @ParameterizedTest
  @CsvSource({
    "2027-01-01, 2027-01-01, user, daily, end_date",
    "soon, 2027-01-02, user, daily, start_date",
    "2027-01-01, 2027-01-02, qpu, daily, group_by",
    "2027-01-01, 2027-01-02, user, hourly, modality",
  })
  void usageNeedsAllFourParameters(
      String start, String end, String groupBy, String modality, String blamed) {
    HttpResponse<String> response = usage(start, end, groupBy, modality);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("\"keys\":[\"" + blamed + "\"]");
    assertThat(report("/ionq/v0.4/organizations/lab/usage").statusCode()).isEqualTo(400);
  }

  private HttpResponse<String> usage(String start, String end, String groupBy, String modality) {
    return report(
        "/ionq/v0.4/organizations/lab/usage?start_date=%s&end_date=%s&group_by=%s&modality=%s"
            .formatted(start, end, groupBy, modality));
  }

  private static BigDecimal used(Visitor asks) {
    Map<String, @Nullable Object> first =
        members(asks.get(JANUARY, "Authorization", "apiKey key")).getFirst();
    return new BigDecimal(Json.text(first, "quota_consumed"))
        .divide(new BigDecimal(Json.text(first, "quota")), 4, java.math.RoundingMode.HALF_UP);
  }

  private HttpResponse<String> report(String path) {
    return visitor.get(path, "Authorization", "apiKey sandbox-key");
  }

  private static BigDecimal consumed(HttpResponse<String> response) {
    return new BigDecimal(Json.text(members(response).getFirst(), "quota_consumed"));
  }

  private static List<Map<String, @Nullable Object>> members(HttpResponse<String> response) {
    var report = Json.asObject(Json.parse(response.body()).orElseThrow());
    return Json.asArray(report.get("members")).stream().map(Json::asObject).toList();
  }
}
