package dev.spendwarden.sources.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Estimate;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.RawServer;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: tokens by the hour become an estimate at yesterday's prices and never a charge. Method: a
/// cost report and a usage report written from the documented schema, over real HTTP.
@Timeout(60)
class FineBurnReplayTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:40:00Z");
  private static final Instant MONTH = Instant.parse("2027-01-01T00:00:00Z");
  private static final Instant FIRST = Instant.parse("2027-01-18T23:00:00Z");

  private static Vertx vertx;
  private static GuardedClient client;

  /// Results by the start of their hour; every hour up to the present one.
  private final Map<Instant, String> hours = new TreeMap<>();

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

  FineBurnReplayTest() {
    for (Instant at = FIRST; !at.isAfter(NOW); at = at.plus(Duration.ofHours(1))) {
      hours.put(at, "");
    }
  }

  @Test
  void todaysTokensCostWhatYesterdaysDid() {
    use("2027-01-19T05:00:00Z", row("ws-a", "claude-sonnet-5", 6000, 0, 0));
    use("2027-01-19T06:00:00Z", row("ws-a", "claude-sonnet-5", 2000, 0, 0));
    use("2027-01-20T08:00:00Z", row("ws-a", "claude-sonnet-5", 4000, 0, 0));

    Estimate estimate = estimate(costs(CostPages.input("ws-a", "800")));

    assertThat(estimate.covered())
        .isEqualTo(new ChargePeriod(FIRST, Instant.parse("2027-01-20T09:00:00Z")));
    Charge last = estimate.charges().getLast();
    // 8 dollars for 8000 tokens.
    assertThat(last.net()).isEqualByComparingTo("4");
    assertThat(last.period().start()).isEqualTo(Instant.parse("2027-01-20T08:00:00Z"));
    assertThat(last.dimensions().toString())
        .isEqualTo(
            "workspace=ws-a,model=claude-sonnet-5,token_type=uncached_input_tokens,"
                + "service_tier=standard,cost_type=tokens");
  }

  @Test
  void everyTokenTypeHasItsOwnPrice() {
    use("2027-01-19T05:00:00Z", row("ws-a", "claude-sonnet-5", 1000, 100, 10));
    use("2027-01-20T08:00:00Z", row("ws-a", "claude-sonnet-5", 1, 1, 1));
    Estimate estimate =
        estimate(
            costs(
                CostPages.input("ws-a", "1000"),
                CostPages.tokens("ws-a", "output_tokens", "1000"),
                CostPages.tokens("ws-a", "cache_creation.ephemeral_1h_input_tokens", "1000")));
    assertThat(of(estimate, "2027-01-20T08:00:00Z"))
        .extracting(charge -> Amount.plain(charge.net()))
        .containsExactlyInAnyOrder("0.01", "0.1", "1");
  }

  @Test
  void aWorkspaceThatIsNewTodayPaysWhatTheOthersPaid() {
    use("2027-01-19T05:00:00Z", row("ws-a", "claude-sonnet-5", 1000, 0, 0));
    use("2027-01-19T05:00:00Z", row(null, "claude-sonnet-5", 1000, 0, 0));
    use("2027-01-20T08:00:00Z", row("ws-new", "claude-sonnet-5", 500, 0, 0));
    Estimate estimate =
        estimate(
            costs(
                CostPages.input("ws-a", "3000"),
                CostPages.tokens(null, "uncached_input_tokens", "1000")));
    // 40 dollars for 2000 tokens.
    assertThat(of(estimate, "2027-01-20T08:00:00Z"))
        .singleElement()
        .satisfies(charge -> assertThat(charge.net()).isEqualByComparingTo("10"));
  }

  @Test
  void whatHadNoPriceYesterdayIsLeftOut() {
    use("2027-01-19T05:00:00Z", row("ws-a", "claude-sonnet-5", 1000, 0, 0));
    use("2027-01-20T08:00:00Z", row("ws-a", "claude-brandnew-6", 1000, 0, 0));
    use(
        "2027-01-20T08:00:00Z",
        row("ws-a", "claude-sonnet-5", 1000, 0, 0).replace("standard", "priority"));
    Estimate estimate = estimate(costs(CostPages.input("ws-a", "800")));
    assertThat(of(estimate, "2027-01-20T08:00:00Z")).isEmpty();
  }

  @Test
  void aDayOfCorrectionsHasNoPrice() {
    use("2027-01-19T05:00:00Z", row("ws-a", "claude-sonnet-5", 1000, 0, 0));
    use("2027-01-20T08:00:00Z", row("ws-a", "claude-sonnet-5", 1000, 0, 0));
    assertThat(estimate(costs(CostPages.input("ws-a", "-800"))).charges()).isEmpty();
  }

  @Test
  void theHourThatStillGrowsIsLeftOut() {
    use("2027-01-19T05:00:00Z", row("ws-a", "claude-sonnet-5", 1000, 0, 0));
    use("2027-01-20T09:00:00Z", row("ws-a", "claude-sonnet-5", 1000, 0, 0));
    assertThat(of(estimate(costs(CostPages.input("ws-a", "800"))), "2027-01-20T09:00:00Z"))
        .isEmpty();
  }

  @Test
  void chargesAreTheSameWithAndWithout() {
    use("2027-01-20T08:00:00Z", row("ws-a", "claude-sonnet-5", 1000, 0, 0));
    String costs = costs(CostPages.input("ws-a", "800"));
    var with = (PollResult.Complete) poll(true, costs);
    var without = (PollResult.Complete) poll(false, costs);
    assertThat(with.reading().charges()).isEqualTo(without.reading().charges());
    assertThat(without.reading().estimate()).isEmpty();
  }

  @Test
  void asksForHoursByWorkspaceModelAndTier() {
    try (var server = answering(costs(), usage())) {
      source(true, server).poll(new PollContext(NOW, MONTH));
      assertThat(server.requests().getLast())
          .startsWith(
              "GET /v1/organizations/usage_report/messages?starting_at=2027-01-18T23:00:00Z"
                  + "&bucket_width=1h&group_by%5B%5D=workspace_id&group_by%5B%5D=model"
                  + "&group_by%5B%5D=service_tier&limit=168 HTTP/1.1\r\n");
    }
  }

  @Test
  void usageThatCannotBeReadIsNoReadingAtAll() {
    hours.remove(Instant.parse("2027-01-20T03:00:00Z"));
    assertThat(reason(usage())).isEqualTo(FailureReason.PARTIAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "data"                | "date"
          "output_tokens": 0    | "output_tokens": "0"
          "output_tokens": 0    | "output_tokens": null
          "output_tokens": 0    | "output_tokens": -1
          "cache_creation"      | "cache"
          "workspace_id"        | "workspace"
          "model"               | "m"
          "service_tier"        | "tier"
          T04:00:00Z","ending   | T04:30:00Z","ending
          """,
      quoteCharacter = '\u0000')
  void usageThatIsNotAsDocumentedIsMalformed(String found, String instead) {
    use("2027-01-20T08:00:00Z", row("ws-a", "claude-sonnet-5", 1000, 0, 0));
    assertThat(usage()).contains(found);
    assertThat(reason(usage().replace(found, instead))).isEqualTo(FailureReason.MALFORMED);
  }

  private FailureReason reason(String usage) {
    try (var server = answering(costs(), usage)) {
      var failed = (PollResult.Failed) source(true, server).poll(new PollContext(NOW, MONTH));
      return failed.reason();
    }
  }

  private void use(String hour, String row) {
    hours.merge(Instant.parse(hour), row, (a, b) -> a.isEmpty() ? b : a + "," + b);
  }

  private static String row(
      @Nullable String workspace, String model, int input, int output, int written) {
    return """
    {"uncached_input_tokens": %d, "cache_read_input_tokens": 0,
     "cache_creation": {"ephemeral_1h_input_tokens": %d, "ephemeral_5m_input_tokens": 0},
     "output_tokens": %d, "server_tool_use": {"web_search_requests": 2}, "api_key_id": null,
     "model": "%s", "workspace_id": %s, "service_tier": "standard", "context_window": null,
     "inference_geo": null, "account_id": null, "service_account_id": null}\
    """
        .formatted(
            input, written, output, model, workspace == null ? null : "\"" + workspace + "\"");
  }

  private String usage() {
    var buckets = new StringBuilder();
    hours.forEach((hour, rows) ->
        buckets
            .append(buckets.isEmpty() ? "" : ",")
            .append("{\"starting_at\":\"%s\",".formatted(hour))
            .append("\"ending_at\":\"%s\",".formatted(hour.plus(Duration.ofHours(1))))
            .append("\"results\":[%s]}".formatted(rows)));
    return "{\"data\":[%s],\"has_more\":false,\"next_page\":null}".formatted(buckets);
  }

  /// The bill, with these rows yesterday.
  private static String costs(String... rows) {
    return CostPages.of("2026-12-16", "2027-01-20").with("2027-01-19", rows).json();
  }

  private Estimate estimate(String costs) {
    return ((PollResult.Complete) poll(true, costs)).reading().estimate().orElseThrow();
  }

  private static List<Charge> of(Estimate estimate, String hour) {
    return estimate.charges().stream()
        .filter(charge -> charge.period().start().equals(Instant.parse(hour)))
        .toList();
  }

  private PollResult poll(boolean fineBurn, String costs) {
    try (var server = answering(costs, usage())) {
      return source(fineBurn, server).poll(new PollContext(NOW, MONTH));
    }
  }

  private static AnthropicSource source(boolean fineBurn, RawServer server) {
    return new AnthropicSource(
        new AnthropicSettings(
            "claude", server.uri(""), () -> "k", fineBurn, Duration.ofSeconds(20)),
        client);
  }

  private static RawServer answering(String... bodies) {
    var count = new AtomicInteger();
    return RawServer.start((out, _) -> {
      byte[] body = bodies[count.getAndIncrement()].getBytes(StandardCharsets.UTF_8);
      out.write(RawServer.whole(200, "", body));
      return true;
    });
  }
}
