package dev.spendwarden.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.sandbox.AnthropicTwin.Line;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicTwinTest {

  private static final String COSTS = "/anthropic/v1/organizations/cost_report?starting_at=";
  private static final String BY_ALL = "&group_by%5B%5D=workspace_id&group_by%5B%5D=description";
  private static final Line INPUT = Line.tokens("ws-a", "claude-sonnet-5", "uncached_input_tokens");
  private static final Line OUTPUT = Line.tokens(null, "claude-sonnet-5", "output_tokens");

  private final Visitor.Clock clock = new Visitor.Clock("2027-01-20T09:30:00Z");
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final Visitor visitor = new Visitor(sandbox);

  @AfterEach
  void close() {
    visitor.close();
    sandbox.close();
  }

  @Test
  void writesCentsAsFractionalDecimalStrings() {
    spends(INPUT, "2027-01-20T01:00:00Z", "123.78912");
    spends(OUTPUT, "2027-01-20T02:00:00Z", "8401.50");
    assertThat(get(COSTS + "2027-01-20T05:00:00Z" + BY_ALL).body())
        .contains(
            "\"starting_at\":\"2027-01-20T00:00:00Z\",\"ending_at\":\"2027-01-21T00:00:00Z\"",
            "{\"currency\":\"USD\",\"amount\":\"123.78912\",\"workspace_id\":\"ws-a\"",
            "{\"currency\":\"USD\",\"amount\":\"8401.5\",\"workspace_id\":null",
            "\"has_more\":false,\"next_page\":null");
  }

  @Test
  void sumsAndNullsWhatIsNotGroupedBy() {
    spends(INPUT, "2027-01-20T01:00:00Z", "0.1");
    spends(OUTPUT, "2027-01-20T02:00:00Z", "0.2");
    assertThat(get(COSTS + "2027-01-20T00:00:00Z").body())
        .contains("\"amount\":\"0.3\",\"workspace_id\":null,\"description\":null")
        .containsOnlyOnce("amount");
  }

  @Test
  void givesSevenBucketsUnlessAskedForMoreAndPagesTheRest() {
    spends(INPUT, "2027-01-01T00:00:00Z", "1");
    spends(INPUT, "2027-01-20T00:00:00Z", "2");
    String first = COSTS + "2027-01-01T00:00:00Z" + BY_ALL;
    var starts = new ArrayList<String>();
    var total = BigDecimal.ZERO;
    Map<String, @Nullable Object> page = visitor.json(get(first));
    assertThat(buckets(page)).hasSize(7);
    for (int pages = 1; ; pages++) {
      for (var bucket : buckets(page)) {
        starts.add(Json.text(bucket, "starting_at"));
        for (Object row : Json.asArray(bucket.get("results"))) {
          total = total.add(new BigDecimal(Json.text(Json.asObject(row), "amount")));
        }
      }
      if (Boolean.FALSE.equals(page.get("has_more"))) {
        assertThat(pages).isEqualTo(3);
        break;
      }
      page = visitor.json(get(first + "&page=" + page.get("next_page")));
    }
    assertThat(starts).hasSize(20).doesNotHaveDuplicates().isSorted();
    assertThat(total)
        .isEqualByComparingTo(
            sandbox
                .anthropic()
                .booked(LocalDate.parse("2027-01-01"), LocalDate.parse("2027-01-31"))
                .values()
                .stream()
                .reduce(BigDecimal.ZERO, BigDecimal::add));
  }

  @Test
  void refusesAPageTokenWithOtherParameters() {
    String first = COSTS + "2027-01-01T00:00:00Z";
    Object token = visitor.json(get(first)).get("next_page");
    assertThat(get(first + "&page=" + token).statusCode()).isEqualTo(200);
    assertThat(get(first + BY_ALL + "&page=" + token).statusCode()).isEqualTo(400);
    assertThat(get(first + "&page=2027-01-08T00:00:00Z").statusCode()).isEqualTo(400);
  }

  @Test
  void dropsTodayWhenAskedToEndNow() {
    spends(INPUT, "2027-01-20T01:00:00Z", "5");
    String start = COSTS + "2027-01-19T00:00:00Z";
    assertThat(get(start + "&ending_at=2027-01-20T09:30:00Z").body()).doesNotContain("\"amount\"");
    assertThat(get(start + "&ending_at=2027-01-21T00:00:00Z").body()).contains("\"amount\":\"5\"");
    assertThat(get(start).body()).contains("\"amount\":\"5\"");
  }

  @Test
  void listsDaysWithoutSpendAsEmptyBuckets() {
    var page = visitor.json(get(COSTS + "2027-01-18T00:00:00Z"));
    assertThat(buckets(page))
        .hasSize(3)
        .allSatisfy(bucket -> assertThat(bucket).containsEntry("results", List.of()));
  }

  @Test
  void reportsTokensByHour() {
    spends(INPUT, "2027-01-20T08:10:00Z", "1.5");
    String usage =
        "/anthropic/v1/organizations/usage_report/messages?starting_at=2027-01-20T08:00:00Z"
            + "&bucket_width=1h&group_by%5B%5D=model";
    var page = visitor.json(get(usage));
    assertThat(buckets(page)).hasSize(2);
    Object row = Json.asArray(buckets(page).getFirst().get("results")).getFirst();
    assertThat(Json.asObject(row))
        .containsEntry("uncached_input_tokens", new BigDecimal(3000))
        .containsEntry("model", "claude-sonnet-5")
        .containsEntry("workspace_id", null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2027-01-01",
        "2027-01-01T00:00:00Z&limit=0",
        "2027-01-01T00:00:00Z&limit=32",
        "2027-01-01T00:00:00Z&bucket_width=1h",
        "2027-01-01T00:00:00Z&group_by%5B%5D=model",
        "2027-01-01T00:00:00Z&group_by=workspace_id"
      })
  void refusesWhatTheApiRefuses(String rest) {
    HttpResponse<String> response = get(COSTS + rest);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("\"type\":\"invalid_request_error\"");
  }

  @Test
  void wantsAKeyAndAVersion() {
    String me = "/anthropic/v1/organizations/me";
    assertThat(visitor.get(me, "anthropic-version", "2023-06-01").statusCode()).isEqualTo(401);
    assertThat(visitor.get(me, "x-api-key", "sk-ant-admin01-x").statusCode()).isEqualTo(400);
    assertThat(get(me).body()).contains("\"type\":\"organization\"");
  }

  private void spends(Line line, String at, String cents) {
    sandbox.anthropic().spends(line, Instant.parse(at), new BigDecimal(cents));
  }

  private HttpResponse<String> get(String path) {
    return visitor.get(
        path, "x-api-key", "sk-ant-admin01-sandbox", "anthropic-version", "2023-06-01");
  }

  private static List<Map<String, @Nullable Object>> buckets(Map<String, @Nullable Object> page) {
    return Json.asArray(page.get("data")).stream().map(Json::asObject).toList();
  }
}
