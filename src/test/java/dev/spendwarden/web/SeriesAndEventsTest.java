package dev.spendwarden.web;

import static dev.spendwarden.metrics.Samples.full;
import static dev.spendwarden.metrics.Samples.policy;
import static dev.spendwarden.metrics.Samples.quiet;
import static dev.spendwarden.metrics.Samples.snapshot;
import static dev.spendwarden.metrics.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.BudgetHistory;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.Day;
import dev.spendwarden.metrics.Samples;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the page's charts and its liveness are made of.
class SeriesAndEventsTest {

  private final WebFixture web = new WebFixture();
  private final Assessment u1 = full("quota", user("u1"), "205.10", "250.00");
  private final Assessment u2 = full("quota", user("u2"), "20", "250.00");
  private final AtomicReference<Optional<Instant>> askedFrom = new AtomicReference<>();

  @BeforeEach
  void show() {
    web.snapshot =
        snapshot(List.of(policy("quota", Dimension.USER)), List.of(quiet(u2), quiet(u1)));
    web.histories =
        (budgets, from, to) -> {
          askedFrom.set(from);
          return budgets.contains(u1.budget()) ? Map.of(u1.budget(), history()) : Map.of();
        };
  }

  @AfterEach
  void close() throws Exception {
    web.close();
  }

  private BudgetHistory history() {
    var days =
        List.of(
            new Day(LocalDate.of(2027, 1, 16), new BigDecimal("0.10"), true),
            new Day(LocalDate.of(2027, 1, 17), new BigDecimal("5"), false));
    return new BudgetHistory(
        u1, new BigDecimal("200.00"), days, Samples.NOW.minus(Duration.ofDays(3)));
  }

  private static String series(Budget budget) {
    return "/api/v1/budgets/" + budget.id() + "/series";
  }

  @Test
  void aSeriesHasExactDaysWithRunningTotals() {
    assertThat(web.get(series(u1.budget())).body())
        .isEqualTo(
            """
            {"budget_id":"%s","unit":"USD","limit":"250","period":{"start":"2027-01-01T00:00:00Z",\
            "end":"2027-02-01T00:00:00Z","zone":"UTC"},"forecast":{"p10":"230.5","p50":"250",\
            "p90":"300.25","prob_over":0.5},"opening":"200","items":[\
            {"day":"2027-01-16","spent":"0.1","total":"200.1","state":"settled","restated":true},\
            {"day":"2027-01-17","spent":"5","total":"205.1","state":"provisional",\
            "restated":false}],"next":null}\
            """
                .formatted(u1.budget().id()));
    assertThat(askedFrom.get()).isEmpty();
    web.get(series(u1.budget()) + "?from=2027-01-05T00:00:00Z");
    assertThat(askedFrom.get()).contains(Instant.parse("2027-01-05T00:00:00Z"));
  }

  @Test
  void aBudgetWithoutDaysHasAnEmptySeriesAndAWrongTimeIsToldSo() {
    var empty = new JsonObject(web.get(series(u2.budget())).body());
    assertThat(empty.getJsonArray("items")).isEmpty();
    assertThat(empty.getString("opening")).isEqualTo("0");
    var wrong = web.get(series(u1.budget()) + "?from=yesterday");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("from: a time like");
    assertThat(web.get("/api/v1/budgets/bud_none/series").statusCode()).isEqualTo(404);
  }

  @Test
  void sparkLinesComeWithThePageThatAsksForThem() {
    JsonArray items =
        new JsonObject(web.get("/api/v1/budgets?sort=risk&spark=true").body())
            .getJsonArray("items");
    assertThat(items.getJsonObject(0).getJsonArray("spark")).containsExactly("0.1", "5");
    assertThat(items.getJsonObject(1).getJsonArray("spark")).isEmpty();
    assertThat(web.get("/api/v1/budgets").body()).doesNotContain("spark");
    assertThat(web.get("/api/v1/budgets?spark=true&limit=101").statusCode()).isEqualTo(400);
  }

  private List<String> users(String query) {
    var users = new ArrayList<String>();
    JsonArray items =
        new JsonObject(web.get("/api/v1/budgets" + query).body()).getJsonArray("items");
    for (int i = 0; i < items.size(); i++) {
      users.add(items.getJsonObject(i).getJsonObject("labels").getString("user"));
    }
    return users;
  }

  @Test
  void budgetsAreSortedBothWaysAndWhatIsNotKnownComesLast() {
    var blank = Samples.blank("quota", user("u3"), Samples.MONTH);
    web.snapshot =
        snapshot(
            List.of(policy("quota", Dimension.USER)), List.of(quiet(blank), quiet(u2), quiet(u1)));
    for (String key : List.of("used", "spent")) {
      assertThat(users("?sort=" + key)).as(key).containsExactly("u2", "u1", "u3");
      assertThat(users("?sort=" + key + "&order=desc")).as(key).containsExactly("u1", "u2", "u3");
    }
    assertThat(users("?sort=risk")).containsExactly("u1", "u2", "u3");
    assertThat(users("?sort=policy&order=desc")).containsExactly("u3", "u2", "u1");
    assertThat(users("?sort=forecast&order=desc").getLast()).isEqualTo("u3");
    assertThat(users("?q=U2")).containsExactly("u2");
    assertThat(web.get("/api/v1/budgets?sort=used&order=up").statusCode()).isEqualTo(400);
  }

  private BufferedReader stream() throws IOException {
    var connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + web.port + "/api/v1/events").toURL().openConnection();
    assertThat(connection.getHeaderField("Content-Type")).isEqualTo("text/event-stream");
    InputStream in = connection.getInputStream();
    return new BufferedReader(new InputStreamReader(in, java.nio.charset.StandardCharsets.UTF_8));
  }

  private static String event(BufferedReader stream) throws IOException {
    String event = stream.readLine();
    assertThat(stream.readLine()).isEqualTo("data: {}");
    assertThat(stream.readLine()).isEmpty();
    return event;
  }

  @Test
  @Timeout(30)
  void anOpenStreamIsToldOfEachChangeAndOfChangingCalls() throws IOException {
    try (BufferedReader stream = stream()) {
      assertThat(event(stream)).as("at once, for what was missed").isEqualTo("event: changed");
      web.changed();
      assertThat(event(stream)).isEqualTo("event: changed");
      web.post("/api/v1/notifications/swn_1/retry", "");
      assertThat(event(stream)).isEqualTo("event: changed");
    }
  }

  @Test
  @Timeout(60)
  void oneStreamTooManyIsRefusedAndARoomThatIsLeftIsGivenAway() throws IOException {
    var streams = new ArrayList<BufferedReader>();
    for (int i = 0; i < EventStream.MAX_STREAMS; i++) {
      streams.add(stream());
      event(streams.getLast());
    }
    assertThat(web.get("/api/v1/events").statusCode()).isEqualTo(503);
    for (BufferedReader stream : streams) {
      stream.close();
    }
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> stream().close());
  }
}
