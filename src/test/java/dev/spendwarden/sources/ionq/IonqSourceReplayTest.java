package dev.spendwarden.sources.ionq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.RawServer;
import dev.spendwarden.sources.ionq.IonqSettings.BalanceMeans;
import io.vertx.core.Vertx;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: the report's figures arrive exact, and a report that is not wholly what was asked for
/// yields nothing. Method: payloads written from the documented schema, over real HTTP.
@Timeout(60)
class IonqSourceReplayTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  private static final String ORGANIZATION = "0b6f2c1e-5a77-4f0e-9a51-6d1f7c2e8b90";
  private static final ChargePeriod JANUARY =
      new ChargePeriod(
          Instant.parse("2027-01-01T00:00:00Z"), Instant.parse("2027-02-01T00:00:00Z"));

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
  void asksForTheFixedDatesOfTheWindowWithTheKey() {
    try (var server = RawServer.answering(200, "", Payloads.bytes("report.json"))) {
      poll(server, settings(server.uri("/v0.3/"), ORGANIZATION, BalanceMeans.IGNORE));

      assertThat(server.requests().getFirst())
          .startsWith(
              "GET /v0.3/report/organizations/"
                  + ORGANIZATION
                  + "?start_date=2027-01-01&end_date=2027-01-31 HTTP/1.1\r\n")
          .containsIgnoringCase("authorization: apiKey k-1\r\n");
    }
  }

  @Test
  void theOrganizationIsOnePathSegmentWhateverItHolds() {
    try (var server = RawServer.answering(200, "", Payloads.bytes("minimal.json"))) {
      poll(server, settings(server.uri("/v0.3"), "a/../b c?d=e#ü*", BalanceMeans.IGNORE));
      assertThat(server.requests().getFirst())
          .startsWith("GET /v0.3/report/organizations/a%2F..%2Fb%20c%3Fd%3De%23%C3%BC%2A?start_");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".", ".."})
  void anOrganizationThatWouldChangeThePathIsRefused(String organization) {
    assertThatThrownBy(() ->
            settings(URI.create("https://api.ionq.co/v0.3"), organization, BalanceMeans.IGNORE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void qpusBecomeChargesOfTheWindowExactly() {
    Reading reading = read("report.json", BalanceMeans.IGNORE);

    assertThat(reading.charges())
        .containsExactly(
            charge("qpu.forte-1", "41200.40"),
            charge("qpu.forte-enterprise-1", "20050"),
            charge("qpu.tempo-7", "0"));
    assertThat(reading.coverage()).containsExactly(JANUARY);
    assertThat(reading.vanished()).isEqualTo(Reading.Vanished.MISSING);
    assertThat(reading.reports()).isEmpty();
  }

  @Test
  void membersBecomeQuotaReadingsUnderTheirIds() {
    Reading reading = read("report.json", BalanceMeans.IGNORE);

    assertThat(reading.quotas().subList(1, reading.quotas().size()))
        .containsExactly(
            quota("64dd2177aa10fd9d001c0001", "50000", "39120.15"),
            quota("64dd2177aa10fd9d001c0002", "25000", "22130.25"),
            quota("64dd2177aa10fd9d001c0003", null, "0"),
            quota("64dd2177aa10fd9d001c0004", "0", "0.000000000001"),
            // c0005 has no figure and therefore no reading.
            quota("64dd2177aa10fd9d001c0006", "12345678901234567890.123456789", "-3.5"));
  }

  @ParameterizedTest
  @CsvSource({"IGNORE, 61250.40", "REMAINING, 61250.40", "SPENT, 58749.60"})
  void theAccountsCounterFollowsWhatTheBalanceMeans(BalanceMeans means, BigDecimal consumed) {
    QuotaReading account = read("report.json", means).quotas().getFirst();

    assertThat(account.scope()).isEqualTo(Dimensions.NONE);
    assertThat(account.limit()).contains(new BigDecimal("120000"));
    assertThat(account.consumed()).isEqualByComparingTo(consumed);
  }

  @Test
  void anOrganizationWithoutBudgetQpusAndMembersIsAReading() {
    Reading reading = read("minimal.json", BalanceMeans.IGNORE);
    assertThat(reading.charges()).isEmpty();
    assertThat(reading.quotas())
        .containsExactly(
            new QuotaReading(
                "ionq-lab", Dimensions.NONE, Unit.QUOTA, Optional.empty(), BigDecimal.ZERO));
  }

  @ParameterizedTest
  @CsvSource({"report.json, USD", "lowercase-currency.json, USD", "no-currency.json, quota"})
  void theUnitIsTheReportsCurrencyOrQuota(String payload, String unit) {
    Reading reading = read(payload, BalanceMeans.IGNORE);
    assertThat(reading.charges()).allMatch(c -> c.unit().code().equals(unit));
    assertThat(reading.quotas()).allMatch(q -> q.unit().code().equals(unit));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "malformed-members-absent.json | members: expected an array, found nothing",
        "malformed-members-null.json | members: expected an array, found null",
        "malformed-qpus-absent.json | qpus: expected an array, found nothing",
        "malformed-usage-null.json | qpus[1].usage: expected a number, found null",
        "malformed-usage-text.json | qpus[0].usage: expected a number, found a string",
        "malformed-usage-hangs.json | qpus[0].usage: a number of more than 100 digits or a scale"
            + " beyond 60",
        "malformed-qpu-name-absent.json | qpus[0].qpu_name: expected a string, found nothing",
        "malformed-qpu-twice.json | qpus[1].qpu_name: stands there twice",
        "malformed-member-twice.json | members[1].id: stands there twice",
        "malformed-member-id-number.json | members[0].id: expected a string, found a number",
        "malformed-member-id-empty.json | members[0].id: empty",
        "malformed-member-not-an-object.json | members[0]: expected an object, found null",
        "malformed-quota-text.json | members[0].quota: expected a number, found a string",
        "malformed-consumed-null.json | members[0].quota_consumed: expected a number, found null",
        "malformed-quota-negative.json | members[0].quota: a limit below zero",
        "malformed-budget-text.json | budget: expected a number, found a string",
        "malformed-currency-strange.json | currency: not a currency of three letters",
        "malformed-other-start.json | start_date: the report is about other dates, 2027-01-01 was"
            + " asked for",
        "malformed-other-end.json | end_date: the report is about other dates, 2027-01-31 was asked"
            + " for",
        "malformed-other-organization.json | organization_id: the report is about another"
            + " organization than the one asked for",
        "malformed-truncated.json | the JSON document ends too early",
        "malformed-followed-by-another.json | something follows the JSON document",
        "malformed-key-twice.json | a key stands twice",
        "malformed-error-page.json | the answer is not JSON",
        "malformed-empty.json | the answer is empty",
        "malformed-array.json | expected an object, found an array",
      })
  void aReportThatIsNotWhatWasAskedForYieldsNothing(String payload, String detail) {
    var failed = failed(answer(Payloads.bytes(payload), BalanceMeans.IGNORE));
    assertThat(failed.reason()).isEqualTo(FailureReason.MALFORMED);
    assertThat(failed.detail()).isEqualTo(detail);
  }

  @ParameterizedTest
  @CsvSource({"REMAINING, budget", "SPENT, balance"})
  void aBalanceThatCountsMustBeThere(BalanceMeans means, String field) {
    var failed = failed(answer(Payloads.bytes("minimal.json"), means));
    assertThat(failed.reason()).isEqualTo(FailureReason.MALFORMED);
    assertThat(failed.detail()).startsWith(field + ": expected a number");
  }

  @Test
  void anUnknownOrganizationHintsAtIdAndRole() {
    try (var server = RawServer.answering(404, "", new byte[0])) {
      var failed =
          failed(poll(server, settings(server.uri("/"), ORGANIZATION, BalanceMeans.IGNORE)));
      assertThat(failed.reason()).isEqualTo(FailureReason.CLIENT);
      assertThat(failed.detail()).contains("organization id").contains("role");
    }
  }

  @Test
  void aKeyFileThatCannotBeReadIsAnAuthFailure() {
    Supplier<String> unreadable =
        () -> {
          throw new UncheckedIOException(new NoSuchFileException("/run/secrets/key"));
        };
    var settings =
        new IonqSettings(
            "ionq-lab",
            URI.create("https://api.ionq.co/v0.3"),
            unreadable,
            ORGANIZATION,
            BalanceMeans.IGNORE,
            IonqWindow.CALENDAR_MONTH,
            Duration.ofSeconds(20));
    var result = new IonqSource(settings, client).poll(new PollContext(NOW, NOW));
    assertThat(failed(result).reason()).isEqualTo(FailureReason.AUTH);
  }

  @Test
  void aThousandMembersAreNoMatter() {
    String members =
        IntStream.range(0, 1000)
            .mapToObj(i ->
                "{\"id\": \"u%d\", \"user_email\": \"u%d@corvid.example\", \"quota\": 250.5,"
                        .formatted(i, i)
                    + " \"quota_consumed\": %d.01}".formatted(i))
            .collect(Collectors.joining(","));
    byte[] body =
        ("{\"qpus\": [], \"members\": [" + members + "]}").getBytes(StandardCharsets.UTF_8);

    var complete = (PollResult.Complete) answer(body, BalanceMeans.IGNORE);

    assertThat(complete.reading().quotas()).hasSize(1001);
    assertThat(complete.reading().quotas().getLast().consumed())
        .isEqualTo(new BigDecimal("999.01"));
  }

  private static Reading read(String payload, BalanceMeans means) {
    PollResult result = answer(Payloads.bytes(payload), means);
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    return ((PollResult.Complete) result).reading();
  }

  private static PollResult answer(byte[] body, BalanceMeans means) {
    try (var server = RawServer.answering(200, "content-type: application/json\r\n", body)) {
      return poll(server, settings(server.uri("/v0.3"), ORGANIZATION, means));
    }
  }

  private static PollResult poll(RawServer server, IonqSettings settings) {
    return new IonqSource(settings, client).poll(new PollContext(NOW, NOW));
  }

  private static IonqSettings settings(URI base, String organization, BalanceMeans means) {
    return new IonqSettings(
        "ionq-lab",
        base,
        () -> "k-1",
        organization,
        means,
        IonqWindow.CALENDAR_MONTH,
        Duration.ofSeconds(20));
  }

  private static PollResult.Failed failed(PollResult result) {
    assertThat(result).isInstanceOf(PollResult.Failed.class);
    return (PollResult.Failed) result;
  }

  private static Charge charge(String qpu, String usage) {
    return new Charge(
        "ionq-lab",
        JANUARY,
        Dimensions.of(Dimension.QPU, qpu),
        Unit.USD,
        new BigDecimal(usage),
        Optional.empty());
  }

  private static QuotaReading quota(String user, @Nullable String limit, String consumed) {
    return new QuotaReading(
        "ionq-lab",
        Dimensions.of(Dimension.USER, user),
        Unit.USD,
        Optional.ofNullable(limit).map(BigDecimal::new),
        new BigDecimal(consumed));
  }
}
