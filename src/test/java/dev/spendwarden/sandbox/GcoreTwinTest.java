package dev.spendwarden.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GcoreTwinTest {

  private static final String EXPENSES = "/gcore/billing/org/v1/expenses";
  private static final String REPORTS = "/gcore/billing/org/v1/reports";
  private static final LocalDate DAY = LocalDate.parse("2027-01-19");

  private final Visitor.Clock clock = new Visitor.Clock("2027-01-20T09:30:00Z");
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final Visitor visitor = new Visitor(sandbox);

  @AfterEach
  void close() {
    visitor.close();
    sandbox.close();
  }

  @Test
  void writesMoneyAsTwelvePlaceDecimalsInTheirCurrencies() {
    spends(DAY, "EUR", "1118.2044");
    spends(DAY, "USD", "-3.1");
    assertThat(get(EXPENSES).body())
        .contains(
            "\"char_code\":\"EUR\"",
            "\"money_value\":\"1118.204400000000\"",
            "\"char_code\":\"USD\"",
            "\"money_value\":\"-3.100000000000\"");
    assertThat(get(EXPENSES + "?money_decimals=2").body()).contains("\"money_value\":\"1118.20\"");
    assertThat(sandbox.gcore().booked(DAY, DAY))
        .containsEntry("EUR", new BigDecimal("1118.2044"))
        .containsEntry("USD", new BigDecimal("-3.1"));
  }

  @Test
  void listsWithdrawnRowsUnlessAskedOtherwise() {
    int id = spends(DAY, "EUR", "1");
    spends(DAY, "EUR", "2");
    sandbox.gcore().withdraw(id);
    assertThat(results(EXPENSES)).hasSize(2);
    assertThat(results(EXPENSES + "?deleted=none")).hasSize(2);
    assertThat(results(EXPENSES + "?deleted=false"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("deleted", false));
    assertThat(results(EXPENSES + "?deleted=true"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("id", new BigDecimal(id)));
    assertThat(sandbox.gcore().booked(DAY, DAY)).containsEntry("EUR", new BigDecimal("2"));
  }

  @Test
  void pagesByOffsetWhileNextPointsElsewhere() {
    for (int i = 0; i < 45; i++) {
      spends(DAY, "EUR", "1");
    }
    Map<String, @Nullable Object> first = visitor.json(get(EXPENSES));
    assertThat(first).containsEntry("count", new BigDecimal(45)).containsEntry("previous", null);
    assertThat(Json.text(first, "next"))
        .isEqualTo("http://api.gcore.example/billing/org/v1/expenses?limit=20&offset=20");
    var ids = new HashSet<@Nullable Object>();
    for (int offset = 0; offset < 45; offset += 20) {
      results(EXPENSES + "?limit=20&offset=" + offset).forEach(row -> ids.add(row.get("id")));
    }
    assertThat(ids).hasSize(45);
    assertThat(visitor.json(get(EXPENSES + "?offset=40"))).containsEntry("next", null);
  }

  @Test
  void neverGivesMoreThanAHundred() {
    for (int i = 0; i < 120; i++) {
      spends(DAY, "EUR", "1");
    }
    assertThat(results(EXPENSES + "?limit=500")).hasSize(100);
  }

  @Test
  void filtersExpensesByDayInclusively() {
    spends(DAY.minusDays(1), "EUR", "1");
    spends(DAY, "EUR", "2");
    spends(DAY.plusDays(1), "EUR", "3");
    assertThat(results(EXPENSES + "?for_date_after=2027-01-19")).hasSize(2);
    assertThat(results(EXPENSES + "?for_date_before=2027-01-19")).hasSize(2);
    assertThat(results(EXPENSES + "?for_date=2027-01-19")).hasSize(1);
    assertThat(get(EXPENSES + "?for_date=tomorrow").statusCode()).isEqualTo(400);
  }

  @Test
  void reportsMixTaskTypesAndMoveOn() {
    String uuid = sandbox.gcore().report("ResellerExpenses", "Pending");
    sandbox
        .gcore()
        .put(
            new GcoreTwin.Task(
                "closing",
                clock.instant(),
                clock.instant(),
                20001,
                "ClosingPeriod",
                "",
                "InProgress",
                DAY,
                DAY,
                List.of()));
    assertThat(results(REPORTS)).hasSize(2);
    assertThat(results(REPORTS + "?status=Pending&status=Failed"))
        .singleElement()
        .satisfies(task -> assertThat(task).containsEntry("uuid", uuid));
    clock.forward(Duration.ofMinutes(5));
    assertThat(results(REPORTS)).hasSize(2);
    sandbox.gcore().status(uuid, "Failed", "timeout");
    assertThat(get(REPORTS + "?template=Reseller").body())
        .contains(
            "\"created_at\":\"2027-01-20T09:30:00Z\",\"updated_at\":\"2027-01-20T09:35:00Z\"",
            "\"status\":\"Failed\"",
            "{\"errors\":[{\"message\":\"timeout\"}]}");
  }

  @Test
  void showsOneTaskByItsUuidUntilItIsDeleted() {
    String uuid = sandbox.gcore().report("ResellerExpenses", "Pending");
    assertThat(get(REPORTS + "/" + uuid).body()).contains("\"uuid\":\"" + uuid + "\"");
    sandbox.gcore().delete(uuid);
    assertThat(get(REPORTS + "/" + uuid).statusCode()).isEqualTo(404);
  }

  @Test
  void filtersReportsByAgeInAllThreeSpellings() {
    sandbox.gcore().report("ResellerExpenses", "Completed");
    for (String after : List.of("2027-01-20", "2027-01-20%2009:30:00", "2027-01-20T09:30:00Z")) {
      assertThat(results(REPORTS + "?created_after=" + after)).as(after).hasSize(1);
    }
    assertThat(results(REPORTS + "?created_after=2027-01-20T09:30:01Z")).isEmpty();
  }

  @Test
  void wantsAnApiKey() {
    assertThat(visitor.get(REPORTS).statusCode()).isEqualTo(401);
    assertThat(visitor.get(REPORTS, "Authorization", "apikey wrong").statusCode()).isEqualTo(401);
    assertThat(visitor.get(REPORTS, "Authorization", "APIKey 1234$abcdef").statusCode())
        .isEqualTo(200);
  }

  private int spends(LocalDate day, String currency, String money) {
    return sandbox.gcore().spends(20044, day, "CDN", currency, new BigDecimal(money));
  }

  private List<Map<String, @Nullable Object>> results(String path) {
    return Json.asArray(visitor.json(get(path)).get("results")).stream()
        .map(Json::asObject)
        .toList();
  }

  private HttpResponse<String> get(String path) {
    return visitor.get(path, "Authorization", "apikey 1234$abcdef");
  }
}
