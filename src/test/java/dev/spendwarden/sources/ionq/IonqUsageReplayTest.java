package dev.spendwarden.sources.ionq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.KnownCharges;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.RawServer;
import dev.spendwarden.sources.ionq.IonqSettings.BalanceMeans;
import dev.spendwarden.sources.ionq.IonqUsageSource.GroupBy;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: a day's charges sum to the day, exactly, and usage that is not what was asked for yields
/// nothing. Method: payloads written from the published description, over real HTTP.
@Timeout(60)
class IonqUsageReplayTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  private static final Instant JANUARY = Instant.parse("2027-01-01T00:00:00Z");
  private static final String USER = "64dd2177aa10fd9d001c000";

  private static Vertx vertx;
  private static GuardedClient client;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    client = new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  }

  @AfterAll
  static void close() {
    client.close();
    vertx.close().await();
  }

  @Test
  void asksForDaysUntilTomorrowWithTheKey() {
    try (var server = RawServer.answering(200, "", Payloads.bytes("usage.json"))) {
      poll(server, GroupBy.USER, NOW, JANUARY);
      assertThat(server.requests().getFirst())
          .startsWith(
              "GET /v0.4/organizations/corvid.lab/usage?start_date=2027-01-01&end_date=2027-01-21"
                  + "&group_by=user&modality=daily HTTP/1.1\r\n")
          .containsIgnoringCase("authorization: apiKey k-1\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2027-01-20T09:00:00Z, 2027-01-18T00:00:00Z, 2027-01-01, the configured window",
    "2027-01-20T09:00:00Z, 2026-10-01T00:00:00Z, 2026-10-01, an earlier open period",
    "2027-01-03T09:00:00Z, 2027-01-01T00:00:00Z, 2026-12-27, days that may still be restated",
  })
  void readsAllThatMayStillMatter(Instant now, Instant needed, LocalDate from, String note) {
    byte[] nothing = "{\"usage_data\": []}".getBytes(StandardCharsets.UTF_8);
    try (var server = RawServer.answering(200, "", nothing)) {
      Reading reading = complete(poll(server, GroupBy.PROJECT, now, needed));
      assertThat(server.requests().getFirst())
          .as(note)
          .contains("start_date=" + from + "&")
          .contains("group_by=project");
      assertThat(reading.coverage())
          .containsExactly(
              new ChargePeriod(
                  ChargePeriod.ofUtcDay(from).start(), Instant.parse("2027-02-01T00:00:00Z")));
    }
  }

  @Test
  void groupsBecomeDailyChargesAndWhatTheyLeaveIsOther() {
    Reading reading = read("usage.json", GroupBy.USER);

    assertThat(reading.charges())
        .containsExactlyInAnyOrder(
            charge("2027-01-20", USER + "1", "300.05"),
            charge("2027-01-20", USER + "2", "200"),
            charge("2027-01-20", USER + "3", "100.000000000001"),
            charge("2027-01-20", USER + "4", "50"),
            charge("2027-01-20", USER + "5", "25"),
            charge("2027-01-20", "other", "25.049999999999"),
            charge("2027-01-19", USER + "1", "550.25"),
            charge("2027-01-18", USER + "2", "6.01"),
            // What belongs to nobody.
            charge("2027-01-18", "other", "3.99"));
    assertThat(reading.vanished()).isEqualTo(Reading.Vanished.WITHDRAWN);
    assertThat(reading.quotas()).isEmpty();
  }

  @Test
  void theChargesOfADaySumToTheDay() {
    List<Charge> charges = read("usage.json", GroupBy.USER).charges();
    assertThat(sum(charges, "2027-01-20")).isEqualByComparingTo("700.10");
    assertThat(sum(charges, "2027-01-19")).isEqualByComparingTo("550.25");
    assertThat(sum(charges, "2027-01-18")).isEqualByComparingTo("10");
  }

  @Test
  void groupsThatIonqRoundedUpAreSetOffByANegativeRemainder() {
    String rounded =
        """
        {"usage_data": [{"from": "2027-01-20", "amount": 10,
          "group_usages": [{"group_id": "p1", "amount": 5.01}, {"group_id": "p2", "amount": 5}]}]}
        """;
    List<Charge> charges = complete(answer(rounded, GroupBy.PROJECT)).charges();
    assertThat(sum(charges, "2027-01-20")).isEqualByComparingTo("10");
    assertThat(charges)
        .extracting(charge -> charge.dimensions().toString())
        .containsExactly("project=p1", "project=p2", "project=other");
  }

  @ParameterizedTest
  @CsvSource({"usd, USD", "EUR, EUR", "quantum-credits, quantum_credits", "'', USD"})
  void theUnitIsTheUsages(String written, String unit) {
    String usage =
        """
        {"usage_unit": "%s", "usage_data": [{"from": "2027-01-20", "amount": 1}]}
        """
            .formatted(written);
    assertThat(complete(answer(usage, GroupBy.USER)).charges())
        .singleElement()
        .matches(charge -> charge.unit().code().equals(unit));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "`user` | `project` | group_type: not what was asked for, user",
        "`daily` | `weekly` | modality: not what was asked for, daily",
        "`2027-01-20` | `2027-01-21` | usage_data[0].from: a day that was not asked for",
        "`2027-01-20` | `2026-12-31` | usage_data[0].from: a day that was not asked for",
        "`2027-01-20` | `2027-01-19` | usage_data[1].from: stands there twice",
        "`2027-01-20` | `lately` | usage_data[0].from: expected a date",
        "`amount`: 7.5 | `amount`: null | usage_data[0].amount: expected a number, found null",
        "`amount`: 7.5 | `amount`: `7.5` | usage_data[0].amount: expected a number, found a string",
        "`amount`: 2 | `sum`: 2 | usage_data[0].group_usages[0].amount: expected a number",
        "`u2` | `u1` | usage_data[0].group_usages[1].group_id: stands there twice",
        "`u2` | 7 | usage_data[0].group_usages[1].group_id: expected a string, found a number",
        "`usd` | `$` | usage_unit: not a unit",
        "`usage_data` | `data` | usage_data: expected an array, found nothing",
      })
  void usageThatIsNotWhatWasAskedForYieldsNothing(String what, String instead, String detail) {
    String good =
        """
        {"group_type": "user", "modality": "daily", "usage_unit": "usd", "usage_data": [
          {"from": "2027-01-20", "amount": 7.5, "group_usages": [
            {"group_id": "u1", "amount": 2}, {"group_id": "u2", "amount": 3}]},
          {"from": "2027-01-19", "amount": 1, "group_usages": null}]}
        """;
    assertThat(complete(answer(good, GroupBy.USER)).charges()).hasSize(4);
    String bad = good.replace(what.replace('`', '"'), instead.replace('`', '"'));
    assertThat(bad).isNotEqualTo(good);
    var failed = (PollResult.Failed) answer(bad, GroupBy.USER);
    assertThat(failed.reason()).isEqualTo(FailureReason.MALFORMED);
    assertThat(failed.detail()).startsWith(detail);
  }

  @Test
  void noDaysUnderATotalThatIsNotZeroWithdrawNothing() {
    var failed =
        (PollResult.Failed) answer("{\"amount_total\": 5, \"usage_data\": []}", GroupBy.USER);
    assertThat(failed.reason()).isEqualTo(FailureReason.MALFORMED);
  }

  private static Reading read(String payload, GroupBy groupBy) {
    return complete(answer(new String(Payloads.bytes(payload), StandardCharsets.UTF_8), groupBy));
  }

  private static PollResult answer(String body, GroupBy groupBy) {
    try (var server = RawServer.answering(200, "", body.getBytes(StandardCharsets.UTF_8))) {
      return poll(server, groupBy, NOW, JANUARY);
    }
  }

  private static PollResult poll(RawServer server, GroupBy groupBy, Instant now, Instant needed) {
    var settings =
        new IonqSettings(
            "ionq-lab",
            server.uri("/v0.4"),
            () -> "k-1",
            "corvid.lab",
            BalanceMeans.IGNORE,
            IonqWindow.CALENDAR_MONTH,
            Duration.ofSeconds(20));
    return new IonqUsageSource(settings, groupBy, client, KnownCharges.NOTHING)
        .poll(new PollContext(now, needed));
  }

  private static Reading complete(PollResult result) {
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    return ((PollResult.Complete) result).reading();
  }

  private static BigDecimal sum(List<Charge> charges, String day) {
    return charges.stream()
        .filter(c -> c.period().equals(ChargePeriod.ofUtcDay(LocalDate.parse(day))))
        .map(Charge::net)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static Charge charge(String day, String user, String amount) {
    return new Charge(
        "ionq-lab",
        ChargePeriod.ofUtcDay(LocalDate.parse(day)),
        Dimensions.of(Dimension.USER, user),
        Unit.USD,
        new BigDecimal(amount),
        Optional.empty());
  }
}
