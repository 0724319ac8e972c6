package dev.spendwarden.sources.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.RawServer;
import io.vertx.core.Vertx;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
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
class AnthropicSourceReplayTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  private static final Instant MONTH = Instant.parse("2027-01-01T00:00:00Z");
  private static final String FIRST = "2026-12-16";
  private static final String TODAY = "2027-01-20";
  private static final String QUERY =
      "/v1/organizations/cost_report?starting_at=%sT00:00:00Z&bucket_width=1d"
          + "&group_by%%5B%%5D=workspace_id&group_by%%5B%%5D=description&limit=31";

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
  void asksWithKeyVersionAndNameForEverythingUpToToday() {
    try (var server = answering(whole())) {
      poll(server);
      assertThat(server.requests().getFirst())
          .startsWith("GET " + QUERY.formatted(FIRST) + " HTTP/1.1\r\n")
          .containsIgnoringCase("x-api-key: sk-ant-admin01-x\r\n")
          .containsIgnoringCase("anthropic-version: 2023-06-01\r\n")
          .containsIgnoringCase("user-agent: spendwarden/dev\r\n")
          .doesNotContain("ending_at");
    }
  }

  @Test
  void thePollsOfADayAskFromTheMonthsStartAndTheNextDayFromThirtyFiveDaysBack() {
    try (var server = answering(whole(), CostPages.of("2027-01-01", TODAY), whole())) {
      var source = source(server.uri("/"));
      source.poll(new PollContext(NOW, MONTH));
      source.poll(new PollContext(NOW.plusSeconds(300), MONTH));
      source.poll(new PollContext(NOW.plus(Duration.ofDays(1)), MONTH));
      assertThat(server.requests())
          .extracting(request -> request.substring(4, request.indexOf(" HTTP")))
          .containsExactly(
              QUERY.formatted(FIRST), QUERY.formatted("2027-01-01"), QUERY.formatted("2026-12-17"));
    }
  }

  @Test
  void aFailedRereadIsTriedAgain() {
    try (var server = answering(whole().without("2026-12-20"), whole())) {
      var source = source(server.uri("/"));
      assertThat(source.poll(new PollContext(NOW, MONTH))).isInstanceOf(PollResult.Failed.class);
      assertThat(source.poll(new PollContext(NOW.plusSeconds(5), MONTH)))
          .isInstanceOf(PollResult.Complete.class);
      assertThat(server.requests().getLast()).contains(QUERY.formatted(FIRST));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "123.78912, 1.2378912",
    "8401.5, 84.015",
    "310, 3.10",
    "0.00417, 0.0000417",
    "-12.5, -0.125",
    "0, 0",
    "0E-10, 0",
    "1E-7, 0.000000001",
    "12345678901234567890123456789012345678.123456789012345678901234567890,"
        + " 123456789012345678901234567890123456.78123456789012345678901234567890",
  })
  void centsBecomeDollarsExactly(String cents, BigDecimal dollars) {
    Charge charge =
        read(whole().with("2027-01-05", CostPages.input("ws-a", cents))).charges().getFirst();
    assertThat(charge.net()).isEqualByComparingTo(dollars);
    assertThat(charge)
        .isEqualTo(
            new Charge(
                "claude",
                ChargePeriod.ofUtcDay(LocalDate.parse("2027-01-05")),
                tokens("ws-a", "uncached_input_tokens"),
                Unit.USD,
                charge.net(),
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({"usd, USD, 1.2", "EUR, EUR, 1.2", "JPY, JPY, 120", "KWD, KWD, 0.12", "QQQ, QQQ, 1.2"})
  void amountsAreInTheSmallestUnitOfTheirCurrency(String currency, String code, String amount) {
    String row = CostPages.input("ws-a", "120").replace("USD", currency);
    Charge charge = read(whole().with("2027-01-05", row)).charges().getFirst();
    assertThat(charge.unit().code()).isEqualTo(code);
    assertThat(charge.net()).isEqualByComparingTo(amount);
  }

  @Test
  void rowsThatDifferOnlyInWhatIsNoDimensionAreOneCharge() {
    String wide =
        CostPages.input("ws-a", "0.2")
            .replace("0-200k", "200k-1M")
            .replace("Sonnet 5 Usage", "Sonnet 5 Usage (long)")
            .replace("\"inference_geo\": null", "\"inference_geo\": \"us\"");
    Reading reading = read(whole().with("2027-01-05", CostPages.input("ws-a", "0.1"), wide));
    assertThat(reading.charges())
        .singleElement()
        .satisfies(charge -> assertThat(charge.net()).isEqualByComparingTo("0.003"));
  }

  @Test
  void currenciesWorkspacesDaysAndTokenTypesStayApart() {
    Reading reading =
        read(
            whole()
                .with(
                    "2027-01-05",
                    CostPages.input("ws-a", "1"),
                    CostPages.input("ws-a", "2").replace("USD", "EUR"),
                    CostPages.input("ws-b", "3"),
                    CostPages.tokens("ws-a", "output_tokens", "4"),
                    CostPages.input("ws-a", "5").replace("standard", "batch"))
                .with("2027-01-06", CostPages.input("ws-a", "6")));
    assertThat(reading.charges())
        .extracting(Charge::net)
        .usingElementComparator(BigDecimal::compareTo)
        .containsExactly(
            money("0.01"),
            money("0.02"),
            money("0.03"),
            money("0.04"),
            money("0.05"),
            money("0.06"));
  }

  @Test
  void whatHasNoWorkspaceBelongsToTheDefaultOneAndOtherNullsAreLeftOut() {
    Reading reading =
        read(
            whole()
                .with(
                    "2027-01-05",
                    CostPages.webSearch("310"),
                    CostPages.tokens(null, "output_tokens", "1")));
    assertThat(reading.charges())
        .extracting(Charge::dimensions)
        .containsExactly(
            Dimensions.of(
                Map.of(Dimension.WORKSPACE, "default", Dimension.COST_TYPE, "web_search")),
            tokens("default", "output_tokens"));
  }

  @Test
  void tokenTypesCostTypesAndFieldsNobodyKnowsYetAreTaken() {
    String row =
        CostPages.tokens("ws-a", "dream_tokens", "7")
            .replace("\"standard\"", "\"flex_discount\"")
            .replace("\"inference_geo\"", "\"speed\": {\"of\": [1, 2]}, \"inference_geo\"");
    String session = CostPages.webSearch("8").replace("web_search", "session_usage");
    Reading reading = read(whole().with("2027-01-05", row, session));
    assertThat(reading.charges())
        .extracting(charge -> charge.dimensions().toString())
        .containsExactly(
            "workspace=ws-a,model=claude-sonnet-5,token_type=dream_tokens,"
                + "service_tier=flex_discount,cost_type=tokens",
            "workspace=default,cost_type=session_usage");
  }

  @Test
  void theWholeWindowIsCoveredAndWhatIsGoneFromItIsWithdrawn() {
    Reading reading = read(whole());
    assertThat(reading.charges()).isEmpty();
    assertThat(reading.vanished()).isEqualTo(Reading.Vanished.WITHDRAWN);
    assertThat(reading.coverage())
        .containsExactly(
            new ChargePeriod(
                Instant.parse("2026-12-16T00:00:00Z"), Instant.parse("2027-01-21T00:00:00Z")));
  }

  @Test
  void aDayThatTheProviderHasNotOpenedYetIsNotCovered() {
    Reading reading = read(whole().without(TODAY));
    assertThat(reading.coverage().getFirst().end())
        .isEqualTo(Instant.parse("2027-01-20T00:00:00Z"));
  }

  @Test
  void everyPageIsReadByItsTokenAsItCame() {
    String token = "page_MjAy/NS0w+NQ== &%";
    try (var server =
        answering(
            CostPages.of("2026-11-01", "2026-12-01")
                .with("2026-11-01", CostPages.input("ws-a", "1"))
                .next(token),
            CostPages.of("2026-12-02", "2027-01-01")
                .with("2026-12-31", CostPages.input("ws-a", "2"))
                .next("2027-01-02T00:00:00Z"),
            CostPages.of("2027-01-02", TODAY).with(TODAY, CostPages.input("ws-a", "3")))) {
      var result =
          source(server.uri("")).poll(new PollContext(NOW, Instant.parse("2026-11-01T00:00:00Z")));
      Reading reading = ((PollResult.Complete) result).reading();
      assertThat(reading.charges()).hasSize(3);
      assertThat(reading.coverage().getFirst().length()).isEqualTo(Duration.ofDays(81));
      assertThat(server.requests().get(1))
          .startsWith(
              "GET "
                  + QUERY.formatted("2026-11-01")
                  + "&page=page_MjAy%2FNS0w%2BNQ%3D%3D%20%26%25 HTTP/1.1\r\n");
      assertThat(server.requests().get(2)).contains("&page=2027-01-02T00%3A00%3A00Z HTTP/1.1");
    }
  }

  @Test
  void pagesThatGoRoundInACircleAreMalformed() {
    try (var server =
        answering(
            CostPages.of("2026-12-16", "2026-12-31").next("page_a"),
            CostPages.of("2027-01-01", "2027-01-10").next("page_b"),
            CostPages.of("2027-01-11", "2027-01-12").next("page_a"))) {
      assertThat(failed(poll(server)).reason()).isEqualTo(FailureReason.MALFORMED);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void pagesWithoutEndAreTooMany() {
    var count = new AtomicInteger();
    try (var server =
        RawServer.start((out, _) -> {
          String page = "{\"data\":[],\"has_more\":true,\"next_page\":\"p%d\"}";
          out.write(
              RawServer.whole(
                  200,
                  "",
                  page.formatted(count.incrementAndGet()).getBytes(StandardCharsets.UTF_8)));
          return true;
        })) {
      assertThat(failed(poll(server)).reason()).isEqualTo(FailureReason.TOO_LARGE);
      assertThat(count).hasValue(AdminApi.MAX_PAGES);
    }
  }

  @Test
  void oneFailingPageIsNoReading() {
    var first = RawServer.whole(200, "", CostPages.of(FIRST, "2027-01-10").next("p2").bytes());
    var second = RawServer.whole(529, "retry-after: 9\r\n", new byte[0]);
    var count = new AtomicInteger();
    try (var server =
        RawServer.start((out, _) -> {
          out.write(count.incrementAndGet() == 1 ? first : second);
          return true;
        })) {
      var failed = failed(poll(server));
      assertThat(failed.reason()).isEqualTo(FailureReason.SERVER);
      assertThat(failed.retryAfter()).contains(Duration.ofSeconds(9));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-12-16", "2026-12-25", "2027-01-19"})
  void aDayThatIsLackingIsNotTakenForADayWithoutSpend(String day) {
    var failed = failed(answer(whole().without(day).json()));
    assertThat(failed.reason()).isEqualTo(FailureReason.PARTIAL);
    assertThat(failed.detail()).contains(day + "T00:00:00Z");
  }

  @Test
  void aReportThatEndsDaysAgoIsPartial() {
    assertThat(failed(answer(CostPages.of(FIRST, "2027-01-12").json())).reason())
        .isEqualTo(FailureReason.PARTIAL);
    assertThat(failed(answer("{\"data\":[],\"has_more\":false,\"next_page\":null}")).reason())
        .isEqualTo(FailureReason.PARTIAL);
  }

  /// Each row turns one thing of a good answer into something else.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0000',
      textBlock =
          """
          "data"                     | "date"              | no data
          "data":[                   | "data":null,"x":[   | data null
          "has_more":false           | "more":false        | no has_more
          "has_more":false           | "has_more":"false"  | has_more a string
          "has_more":false           | "has_more":true     | more, but no token
          "results":[]               | "results":null      | results null
          "results":[]               | "result":[]         | no results
          2026-12-17T00:00:00Z","end | 2026-12-16T00:00:00Z","end | a day twice
          2026-12-16T00:00:00Z","end | 2026-12-15T00:00:00Z","end | a day before
          "2027-01-21T00:00:00Z"     | "2027-01-20T23:00:00Z"     | a short day
          2026-12-16T00:00:00Z","end | 2026-12-16T00:00:01Z","end | a day that starts late
          2026-12-16T00:00:00Z","end | 2026-12-16","end    | a date
          2026-12-16T00:00:00Z","end | yesterday","end     | a word
          "amount": "5"              | "amount": 5         | a number
          "amount": "5"              | "amount": null      | no amount
          "amount": "5"              | "amount": ""        | an empty amount
          "amount": "5"              | "amount": "5 USD"   | an amount with its unit
          "amount": "5"              | "amount": "1,5"     | a comma
          "amount": "5"              | "amount": "NaN"     | not a number
          "amount": "5"              | "amount": "1e999"   | an amount that hangs arithmetic
          "amount": "5"              | "amount": "5", "amount": "6" | twice
          "currency": "USD"          | "currency": null    | no currency
          "currency": "USD"          | "currency": "$"     | a sign
          "currency": "USD"          | "currency": "credits" | not a currency
          "workspace_id"             | "workspace"         | not cut by workspace
          "workspace_id": "ws-a"     | "workspace_id": 7   | a workspace that is a number
          "workspace_id": "ws-a"     | "workspace_id": ""  | a workspace without a name
          "model": "claude-sonnet-5" | "model": null       | tokens of no model
          "model": "claude-sonnet-5" | "m": 1              | a row without model
          "token_type": "uncached_input_tokens" | "token_type": null | tokens of no type
          "service_tier"             | "tier"              | a row without tier
          "cost_type"                | "kind"              | a row without cost type
          """)
  void anAnswerThatIsNotAsDocumentedIsMalformed(String found, String instead, String note) {
    String good = whole().with("2027-01-05", CostPages.input("ws-a", "5")).json();
    assertThat(good).contains(found);
    String bad = good.replaceFirst(Pattern.quote(found), instead.replace("$", "\\$"));
    assertThat(failed(answer(bad)).reason()).as(note).isEqualTo(FailureReason.MALFORMED);
  }

  @Test
  void theTokenOfTheLastPageIsNotLookedAt() {
    String json = whole().json().replace("\"next_page\":null", "\"next_page\":7");
    assertThat(answer(json)).isInstanceOf(PollResult.Complete.class);
  }

  @Test
  void anUngroupedAnswerWouldWithdrawEveryWorkspaceAndIsMalformed() {
    String row =
        CostPages.webSearch("912044.337")
            .replace("\"web_search\"", "null")
            .replace("\"Web Search Usage\"", "null");
    var failed = failed(answer(whole().with("2027-01-05", row).json()));
    assertThat(failed.reason()).isEqualTo(FailureReason.MALFORMED);
    assertThat(failed.detail()).contains("data[20].results[0]");
  }

  @Test
  void aDayFromTomorrowIsTakenForClocksDifferAndALaterOneIsNot() {
    assertThat(answer(CostPages.of(FIRST, "2027-01-21").json()))
        .isInstanceOf(PollResult.Complete.class);
    assertThat(failed(answer(CostPages.of(FIRST, "2027-01-22").json())).reason())
        .isEqualTo(FailureReason.MALFORMED);
  }

  @Test
  void anErrorIsToldByItsWordsAndNotByItsMessage() {
    String body =
        """
        {"type": "error", "error": {"type": "permission_error", "message": "key sk-ant-admin01-x",
         "details": {"error_code": "not_enabled"}}, "request_id": "req_1"}\
        """;
    try (var server =
        RawServer.answering(
            403, "request-id: req_011\r\n", body.getBytes(StandardCharsets.UTF_8))) {
      var failed = failed(poll(server));
      assertThat(failed.reason()).isEqualTo(FailureReason.AUTH);
      assertThat(failed.detail())
          .startsWith("status 403 permission_error (not_enabled), request req_011: ")
          .contains("admin key");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "{\"error\": \"x\"}",
        "{\"error\": {\"type\": \"<b>Bad</b>\"}}",
        "[]"
      })
  void anErrorOfAnotherShapeIsToldByItsStatus(String body) {
    try (var server =
        RawServer.answering(
            500, "request-id: <script>\r\n", body.getBytes(StandardCharsets.UTF_8))) {
      assertThat(failed(poll(server)).detail()).isEqualTo("status 500");
    }
  }

  @Test
  void aKeyThatCannotBeReadIsACredentialProblem() {
    var settings =
        new AnthropicSettings(
            "claude",
            URI.create("https://api.anthropic.com"),
            () -> {
              throw new UncheckedIOException(new NoSuchFileException("/run/secrets/key"));
            },
            false,
            Duration.ofSeconds(20));
    var result = new AnthropicSource(settings, client).poll(new PollContext(NOW, MONTH));
    assertThat(failed(result).reason()).isEqualTo(FailureReason.AUTH);
  }

  private static CostPages whole() {
    return CostPages.of(FIRST, TODAY);
  }

  private static Dimensions tokens(String workspace, String tokenType) {
    return Dimensions.of(
        Map.of(
            Dimension.WORKSPACE,
            workspace,
            Dimension.MODEL,
            "claude-sonnet-5",
            Dimension.TOKEN_TYPE,
            tokenType,
            Dimension.SERVICE_TIER,
            "standard",
            Dimension.COST_TYPE,
            "tokens"));
  }

  private static BigDecimal money(String amount) {
    return new BigDecimal(amount);
  }

  private static Reading read(CostPages page) {
    PollResult result = answer(page.json());
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    return ((PollResult.Complete) result).reading();
  }

  private static PollResult answer(String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    try (var server = RawServer.answering(200, "content-type: application/json\r\n", body)) {
      return poll(server);
    }
  }

  /// One page after the other.
  private static RawServer answering(CostPages... pages) {
    var count = new AtomicInteger();
    return RawServer.start((out, _) -> {
      out.write(RawServer.whole(200, "", pages[count.getAndIncrement()].bytes()));
      return true;
    });
  }

  private static PollResult poll(RawServer server) {
    return source(server.uri("")).poll(new PollContext(NOW, MONTH));
  }

  private static AnthropicSource source(URI base) {
    return new AnthropicSource(
        new AnthropicSettings(
            "claude", base, () -> "sk-ant-admin01-x", false, Duration.ofSeconds(20)),
        client);
  }

  private static PollResult.Failed failed(PollResult result) {
    assertThat(result).isInstanceOf(PollResult.Failed.class);
    var failed = (PollResult.Failed) result;
    assertThat(failed.detail()).doesNotContain("sk-ant-admin01-x");
    return failed;
  }
}
