package dev.spendwarden.web;

import static dev.spendwarden.metrics.Samples.full;
import static dev.spendwarden.metrics.Samples.policy;
import static dev.spendwarden.metrics.Samples.quiet;
import static dev.spendwarden.metrics.Samples.snapshot;
import static dev.spendwarden.metrics.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus.State;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.metrics.Samples;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.sources.FailureReason;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApiTest {

  private final WebFixture web = new WebFixture();
  private final Assessment u1 = full("quota", user("u1"), "205.10", "250.00");

  @AfterEach
  void close() throws Exception {
    web.close();
  }

  private void showU1Firing() {
    web.snapshot =
        snapshot(
            List.of(policy("quota", Dimension.USER)),
            List.of(new BudgetView(u1, Optional.of(Samples.firing(u1)))));
  }

  private JsonObject json(String path) {
    var response = web.get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return new JsonObject(response.body());
  }

  private List<String> ids(JsonObject page) {
    var ids = new ArrayList<String>();
    JsonArray items = page.getJsonArray("items");
    for (int i = 0; i < items.size(); i++) {
      ids.add(items.getJsonObject(i).getString("id"));
    }
    return ids;
  }

  @Test
  void aBudgetLooksAsTheContractSays() {
    showU1Firing();
    String id = u1.budget().id();
    var expected =
        """
        {"id":"%s","policy":"quota","labels":{"user":"u1"},"unit":"USD","limit":"250",\
        "spent":"205.1","used":0.8204,"period":{"start":"2027-01-01T00:00:00Z",\
        "end":"2027-02-01T00:00:00Z","zone":"UTC"},"burn":{"1h":0.5,"6h":2.25},\
        "forecast":{"p10":"230.5","p50":"250","p90":"300.25","prob_over":0.5},\
        "runway_seconds":3600.0,"data_as_of":"2027-01-20T09:04:00Z","data_state":"fresh",\
        "alert":%s}\
        """
            .formatted(id, alertJson("firing", "null", "null"));
    assertThat(web.get("/api/v1/budgets/" + id).body()).isEqualTo(expected);
    assertThat(web.get("/api/v1/budgets").body())
        .isEqualTo("{\"items\":[" + expected + "],\"next\":null}");
  }

  private String alertJson(String state, String ended, String reason) {
    return """
    {"id":"alr_%s","policy":"quota","budget_id":"%s","labels":{"team":"quantum","user":"u1"},\
    "state":"%s","severity":"warning","rules":["nearly-spent"],\
    "started_at":"2027-01-20T09:05:00Z","ended_at":%s,"reason":%s,"sequence":3,\
    "silenced":false,"acked_by":null}\
    """
        .formatted(u1.budget().id().substring(4), u1.budget().id(), state, ended, reason);
  }

  @Test
  void aBudgetOfWhichNothingIsKnownHasNullsAndNoZeros() {
    var blank = Samples.blank("quota", Dimensions.NONE, Samples.MONTH);
    web.snapshot = snapshot(List.of(policy("quota")), List.of(quiet(blank)));
    var budget = json("/api/v1/budgets/" + blank.budget().id());
    for (String name :
        List.of(
            "unit",
            "limit",
            "spent",
            "used",
            "forecast",
            "runway_seconds",
            "data_as_of",
            "alert")) {
      assertThat(budget.containsKey(name)).as(name).isTrue();
      assertThat(budget.getValue(name)).as(name).isNull();
    }
    assertThat(budget.getString("data_state")).isEqualTo("missing");
    assertThat(budget.getJsonObject("burn").getValue("1h")).isNull();
  }

  @Test
  void alertsAndNotificationsComeFromTheStore() {
    showU1Firing();
    web.database.alerts.add(Samples.alert(u1, Alert.State.RESOLVED, Severity.WARNING));
    web.database.notifications.add(notification("swn_1", Notification.State.DEAD));
    assertThat(web.get("/api/v1/alerts").body())
        .isEqualTo(
            "{\"items\":["
                + alertJson("resolved", "\"2027-01-20T09:05:00Z\"", "\"recovered\"")
                + "],\"next\":null}");
    assertThat(web.get("/api/v1/notifications").body())
        .isEqualTo(
            """
            {"items":[{"id":"swn_1","receiver":"hooks","type":"alert.fired","alert_id":"alr_1",\
            "budget_id":"bud_1","policy":"quota","labels":{"user":"u1"},\
            "alerts":["alr_1"],"alert_count":1,"state":"dead","attempts":3,"last_error":"404","created_at":"2027-01-20T09:05:00Z",\
            "next_attempt_at":null,"delivered_at":null}],"next":null}\
            """);
    assertThat(ids(json("/api/v1/alerts?state=firing"))).isEmpty();
    assertThat(ids(json("/api/v1/alerts?user=u1&policy=quota"))).hasSize(1);
    assertThat(ids(json("/api/v1/notifications?receiver=hooks&state=dead"))).hasSize(1);
    assertThat(ids(json("/api/v1/notifications?receiver=slack"))).isEmpty();
  }

  private static Notification notification(String id, Notification.State state) {
    return new Notification(
        id,
        "hooks",
        "alert.fired",
        Optional.of("alr_1"),
        Optional.of("bud_1"),
        1,
        "{\"alert\": {\"policy\": \"quota\", \"labels\": {\"user\": \"u1\"}}}",
        state,
        3,
        Optional.of("404"),
        Samples.NOW,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void pagesCoverAListOnceThoughNewItemsArriveInFront() {
    for (int i = 0; i < 25; i++) {
      web.database.notifications.add(notification("swn_" + i, Notification.State.DELIVERED));
    }
    var seen = new ArrayList<String>();
    String path = "/api/v1/notifications?limit=10";
    String next = "";
    while (next != null) {
      var page = json(path + next);
      seen.addAll(ids(page));
      web.database.notifications.addFirst(
          notification("new_" + seen.size(), Notification.State.PENDING));
      String cursor = page.getString("next");
      next = cursor == null ? null : "&cursor=" + cursor;
    }
    assertThat(seen).hasSize(25).doesNotHaveDuplicates().allMatch(id -> id.startsWith("swn_"));
  }

  @Test
  void budgetsAreFilteredSortedAndPaged() {
    var views = new ArrayList<BudgetView>();
    for (int i = 0; i < 30; i++) {
      views.add(quiet(full("quota", user("u" + i), Integer.toString(i), "100")));
    }
    views.add(new BudgetView(u1, Optional.of(Samples.firing(u1))));
    web.snapshot = snapshot(List.of(policy("quota", Dimension.USER)), views);
    var seen = new ArrayList<String>();
    String next = "";
    while (next != null) {
      var page = json("/api/v1/budgets?sort=risk&limit=7" + next);
      seen.addAll(ids(page));
      next = page.getString("next") == null ? null : "&cursor=" + page.getString("next");
    }
    // u1 is both a quiet budget of the loop and the firing one: the same id, so 30 in all.
    assertThat(seen).hasSize(30);
    assertThat(new HashSet<>(seen)).hasSize(30);
    assertThat(seen.getFirst()).isEqualTo(u1.budget().id());
    assertThat(ids(json("/api/v1/budgets?state=firing"))).containsExactly(u1.budget().id());
    assertThat(ids(json("/api/v1/budgets?user=u7&user=u8"))).hasSize(2);
    assertThat(ids(json("/api/v1/budgets?policy=other"))).isEmpty();
  }

  @Test
  void explainShowsWhereNumbersComeFromAndEachRuleWithItsParts() {
    showU1Firing();
    String path = "/api/v1/budgets/" + u1.budget().id() + "/explain";
    assertThat(web.get(path).statusCode()).isEqualTo(404);

    web.explanation = explanationOfU1();
    var explained = json(path);
    assertThat(explained.getJsonObject("budget").getString("spent")).isEqualTo("205.1");
    assertThat(explained.getString("limit_from")).isEqualTo("provider");
    var rule = explained.getJsonArray("rules").getJsonObject(0);
    assertThat(rule.getString("when")).isEqualTo("used >= 0.8");
    assertThat(rule.getString("holds")).isEqualTo("true");
    assertThat(rule.getString("state")).isEqualTo("firing");
    assertThat(rule.getString("keep_firing_for")).isEqualTo("30m");
    assertThat(rule.getJsonArray("parts"))
        .contains(new JsonObject().put("text", "used").put("value", "0.8204"));
    var input = explained.getJsonArray("inputs").getJsonObject(0);
    assertThat(input.getString("kind")).isEqualTo("counter");
    assertThat(input.getString("amount")).isEqualTo("205.1");
    assertThat(input.getInteger("revision")).isEqualTo(1);
    var source = explained.getJsonArray("sources").getJsonObject(0);
    assertThat(source.getDouble("fresh_within_seconds")).isEqualTo(3600);
  }

  @Test
  void explainIsPlainTextForWhoAsksForIt() {
    showU1Firing();
    web.explanation = explanationOfU1();
    String path = "/api/v1/budgets/" + u1.budget().id() + "/explain";
    var response = web.send("GET", path, "", Map.of("Accept", "text/plain"));
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
    assertThat(response.body()).startsWith("quota/user=u1").contains("205.1 USD of 250");
  }

  /// By the evaluation that runs, over a reading with the figures of `u1`.
  private static Optional<Explanation> explanationOfU1() {
    var terms = new SourceTerms("ionq-lab", Duration.ofHours(1));
    var evaluation =
        new Evaluation(List.of(Samples.policy("quota", Dimension.USER)), List.of(terms));
    var reading =
        new QuotaReading(
            "ionq-lab",
            user("u1"),
            Unit.USD,
            Optional.of(new BigDecimal("250")),
            new BigDecimal("205.10"));
    evaluation.accept(
        new Reading(
            "ionq-lab",
            Samples.NOW,
            List.of(),
            List.of(reading),
            List.of(),
            List.of(),
            Reading.Vanished.MISSING),
        Samples.NOW);
    return evaluation.explain("quota", user("u1"), Samples.NOW);
  }

  @Test
  void sourcesPoliciesSilencesAndStatusAreShown() {
    showU1Firing();
    web.sources =
        List.of(Samples.healthy("ionq-lab"), Samples.failing("claude", FailureReason.AUTH));
    var claude = json("/api/v1/sources").getJsonArray("items").getJsonObject(1);
    assertThat(claude.getString("failure")).isEqualTo("auth");
    assertThat(claude.getBoolean("up")).isFalse();
    var shown = json("/api/v1/policies").getJsonArray("items").getJsonObject(0);
    assertThat(shown.getString("name")).isEqualTo("quota");
    assertThat(shown.getJsonObject("budget").getString("limit")).isEqualTo("quota");
    assertThat(shown.getJsonArray("per")).containsExactly("user");
    assertThat(ids(json("/api/v1/silences"))).containsExactly("sil_1");
    var status = json("/api/v1/status");
    assertThat(status.getBoolean("ready")).isTrue();
    assertThat(status.getJsonObject("alerts").getInteger("firing")).isEqualTo(1);
    assertThat(status.getJsonObject("sources").getInteger("failing")).isEqualTo(1);
  }

  @Test
  void ownHealthThatIsGoodCanBeLeftOut() {
    var quota = full("quota", user("u1"), "1", "2");
    var well = full("source-health", user("ionq-lab"), "1", "2");
    var ill = full("source-health", user("claude"), "1", "2");
    web.snapshot =
        snapshot(
            List.of(policy("quota"), policy("source-health")),
            List.of(
                quiet(quota), quiet(well), new BudgetView(ill, Optional.of(Samples.firing(ill)))));
    assertThat(ids(json("/api/v1/budgets"))).hasSize(3);
    assertThat(ids(json("/api/v1/budgets?health=live")))
        .containsExactlyInAnyOrder(quota.budget().id(), ill.budget().id());
  }

  private record Row(String path, int status, String detail) {}

  @Test
  void wrongQuestionsAreToldWhatIsWrong() {
    var rows =
        List.of(
            new Row("/api/v1/budgets/bud_none", 404, "no budget"),
            new Row("/api/v1/budgets/bud_none/explain", 404, "no budget"),
            new Row("/api/v1/budgets?limit=0", 400, "1 to 1000"),
            new Row("/api/v1/budgets?limit=1001", 400, "1 to 1000"),
            new Row("/api/v1/budgets?limit=ten", 400, "1 to 1000"),
            new Row("/api/v1/budgets?cursor=%21%21", 400, "next"),
            new Row("/api/v1/budgets?cursor=LTE6eA", 400, "next"),
            new Row("/api/v1/budgets?polcy=quota", 400, "polcy"),
            new Row("/api/v1/budgets?sort=size", 400, "risk"),
            new Row("/api/v1/budgets?health=good", 400, "live"),
            new Row("/api/v1/notifications?user=u1", 400, "user"),
            new Row("/api/v1/nothing", 404, "nothing at this path"));
    for (Row row : rows) {
      var response = web.get(row.path());
      assertThat(response.statusCode()).as(row.path()).isEqualTo(row.status());
      assertThat(response.headers().firstValue("Content-Type"))
          .contains("application/problem+json");
      var problem = new JsonObject(response.body());
      assertThat(problem.getInteger("status")).isEqualTo(row.status());
      assertThat(problem.getString("detail")).contains(row.detail());
      assertThat(problem.getString("title")).isNotBlank();
    }
  }

  @Test
  void aStoreThatFailsIsNotAvailableAndKeepsItsSecrets() {
    web.database.broken = true;
    var response = web.get("/api/v1/alerts");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
    assertThat(response.body()).doesNotContain("secret", "StoreException");
  }

  @Test
  void oddNamesComeBackAsValidJson() {
    var odd = full("quota", user("half \ud83d \u0000 \"q\" <script>"), "1", "100");
    web.snapshot = snapshot(List.of(policy("quota", Dimension.USER)), List.of(quiet(odd)));
    var labels = json("/api/v1/budgets").getJsonArray("items").getJsonObject(0);
    assertThat(labels.getJsonObject("labels").getString("user"))
        .isEqualTo("half ? \u0000 \"q\" <script>");
  }

  @Test
  void reportTasksAreListedNewestFirstAndFiltered() {
    web.snapshot =
        Samples.withReports(
            Samples.report("gcore-edge", "r2", "ResellerExpenses", State.COMPLETED, true),
            Samples.report("gcore-edge", "r1", "ResellerPlans", State.PENDING, false));
    assertThat(web.get("/api/v1/reports?type=ResellerExpenses").body())
        .isEqualTo(
            """
            {"items":[{"id":"r2","source":"gcore-edge","type":"ResellerExpenses",\
            "state":"completed","degraded":true,"created_at":"2027-01-20T09:05:00Z",\
            "updated_at":"2027-01-20T09:05:00Z","covers":"2027-01-01 to 2027-01-20"}],\
            "next":null}\
            """);
    assertThat(ids(json("/api/v1/reports"))).containsExactly("r2", "r1");
    assertThat(ids(json("/api/v1/reports?source=gcore-edge&state=pending"))).containsExactly("r1");
    assertThat(ids(json("/api/v1/reports?source=github-corvid"))).isEmpty();
    assertThat(json("/api/v1/reports?limit=1").getString("next")).isNotNull();
    assertThat(web.get("/api/v1/reports?user=u1").statusCode()).isEqualTo(400);
  }
}
