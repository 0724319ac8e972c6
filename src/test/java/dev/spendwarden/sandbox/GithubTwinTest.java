package dev.spendwarden.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GithubTwinTest {

  private static final String REPORTS = "/github/enterprises/corvid/settings/billing/reports";
  private static final LocalDate DAY = LocalDate.parse("2027-01-19");

  private final Visitor.Clock clock = new Visitor.Clock("2027-01-20T09:30:00Z");
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final Visitor visitor = new Visitor(sandbox);

  @BeforeEach
  void someUsage() {
    sandbox
        .github()
        .spends(UsageRow.actions(DAY, "actions_linux", "0.006", "1834.5", "corvid-labs", "widget"))
        .spends(UsageRow.actions(DAY, "actions_macos", "0.062", "212", "corvid-labs", "ios, app"))
        .spends(UsageRow.credits(DAY, "ada", "claude-sonnet-5", "412.75", "corvid-labs"));
  }

  @AfterEach
  void close() {
    visitor.close();
    sandbox.close();
  }

  @Test
  void exportIsProcessedForAWhileAndThenCompleted() {
    Map<String, @Nullable Object> asked = ask("detailed", "2027-01-01", 202);
    assertThat(asked).containsEntry("status", "processing").doesNotContainKey("download_urls");
    clock.forward(Duration.ofSeconds(19));
    assertThat(export(asked)).containsEntry("status", "processing");
    clock.forward(Duration.ofSeconds(1));
    assertThat(export(asked)).containsEntry("status", "completed").containsKey("download_urls");
    assertThat(get(REPORTS).body()).contains("{\"usage_report_exports\":[{\"id\":\"" + id(asked));
  }

  @Test
  void secondExportIsRefusedWhileOneIsProcessed() {
    ask("detailed", "2027-01-01", 202);
    ask("ai_credit", "2027-01-01", 409);
    clock.forward(Duration.ofSeconds(20));
    ask("ai_credit", "2027-01-01", 202);
  }

  @Test
  void exportCanFail() {
    sandbox.github().failNext();
    Map<String, @Nullable Object> asked = ask("detailed", "2027-01-01", 202);
    clock.forward(Duration.ofSeconds(20));
    assertThat(export(asked)).containsEntry("status", "failed").doesNotContainKey("download_urls");
    assertThat(ask("detailed", "2027-01-01", 202)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "detailed,'date,product,sku,quantity,unit_type,applied_cost_per_quantity,gross_amount,"
        + "discount_amount,net_amount,username,organization,repository,workflow_path,"
        + "cost_center_name',3",
    "summarized,'date,product,sku,quantity,unit_type,applied_cost_per_quantity,gross_amount,"
        + "discount_amount,net_amount,organization,repository,cost_center_name',3",
    "premium_request,'date,username,product,sku,model,quantity,unit_type,"
        + "applied_cost_per_quantity,gross_amount,discount_amount,net_amount,exceeds_quota,"
        + "total_monthly_quota,organization,cost_center_name',0",
    "ai_credit,'date,username,product,sku,model,quantity,unit_type,applied_cost_per_quantity,"
        + "gross_amount,discount_amount,net_amount,total_monthly_quota,organization,repository,"
        + "cost_center_name,aic_quantity,aic_gross_amount,input,output,cache_read,cache_write',1"
  })
  void everyReportTypeHasItsOwnColumns(String type, String header, int rows) {
    List<String> lines = download(urls(completed(type)).getFirst()).body().lines().toList();
    assertThat(lines.getFirst()).isEqualTo(header);
    assertThat(lines).hasSize(rows + 1);
  }

  @Test
  void partsHoldTheBooksToTheLastDigitEachWithItsHeader() throws IOException {
    sandbox.github().rowsPerPart(2).byteOrderMark(true);
    List<String> urls = urls(completed("detailed"));
    assertThat(urls).hasSize(2);
    var net = BigDecimal.ZERO;
    for (String url : urls) {
      String csv = download(url).body();
      assertThat(csv).startsWith("\uFEFFdate,");
      try (var reader = CsvReader.builder().ofNamedCsvRecord(csv.substring(1))) {
        for (var row : reader) {
          net = net.add(new BigDecimal(row.getField("net_amount")));
        }
      }
    }
    assertThat(net)
        .isEqualByComparingTo("28.2785")
        .isEqualByComparingTo(
            sandbox.github().booked(DAY, DAY).values().stream()
                .reduce(BigDecimal.ZERO, BigDecimal::add));
  }

  @Test
  void downloadRefusesATokenAnExpiredAddressAndAForgedOne() {
    String url = urls(completed("detailed")).getFirst();
    assertThat(visitor.get(url, "Authorization", "Bearer ghp_token").statusCode()).isEqualTo(403);
    assertThat(download(url.replace("sig=", "sig=0")).statusCode()).isEqualTo(403);
    assertThat(download(url).statusCode()).isEqualTo(200);
    clock.forward(Duration.ofHours(1));
    assertThat(download(url).statusCode()).isEqualTo(403);
    String fresh = urls(visitor.json(get(REPORTS + "/" + url.split("/")[4]))).getFirst();
    assertThat(download(fresh).statusCode()).isEqualTo(200);
  }

  @Test
  void filesAreGzippedForCallersThatAcceptIt() throws Exception {
    String url = urls(completed("detailed")).getFirst();
    var ask = visitor.request(url, "Accept-Encoding", "gzip").build();
    HttpResponse<byte[]> packed = visitor.client().send(ask, BodyHandlers.ofByteArray());
    assertThat(packed.headers().firstValue("content-encoding")).contains("gzip");
    try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
      assertThat(new String(unpacked.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(download(url).body());
    }
  }

  @Test
  void exportHoldsWhatWasKnownWhenItWasAskedFor() {
    Map<String, @Nullable Object> asked = ask("detailed", "2027-01-01", 202);
    sandbox
        .github()
        .spends(UsageRow.actions(DAY, "actions_windows", "0.01", "5", "corvid-labs", "widget"));
    clock.forward(Duration.ofSeconds(20));
    assertThat(download(urls(export(asked)).getFirst()).body()).doesNotContain("actions_windows");
    assertThat(download(urls(completed("detailed")).getFirst()).body()).contains("actions_windows");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"report_type\":\"everything\",\"start_date\":\"2027-01-01\"}",
        "{\"report_type\":\"detailed\",\"start_date\":\"01/01/2027\"}",
        "{\"report_type\":\"detailed\",\"start_date\":\"2026-12-20\"}",
        "{\"report_type\":\"detailed\",\"start_date\":\"2027-01-21\"}"
      })
  void refusesWhatMakesNoReport(String body) {
    assertThat(post(body).statusCode()).isEqualTo(400);
  }

  @Test
  void saysWhoMayAsk() {
    assertThat(visitor.get(REPORTS).statusCode()).isEqualTo(401);
    assertThat(visitor.get(REPORTS, "Authorization", "Bearer bad").statusCode()).isEqualTo(401);
    assertThat(visitor.get(REPORTS, "Authorization", "Bearer scopeless").statusCode())
        .isEqualTo(404);
    assertThat(get(REPORTS.replace("corvid", "missing")).statusCode()).isEqualTo(404);
    assertThat(get(REPORTS, "X-GitHub-Api-Version", "1999-01-01").statusCode()).isEqualTo(400);
  }

  private Map<String, @Nullable Object> completed(String type) {
    Map<String, @Nullable Object> asked = ask(type, "2027-01-01", 202);
    clock.forward(Duration.ofSeconds(20));
    return export(asked);
  }

  private Map<String, @Nullable Object> ask(String type, String start, int status) {
    HttpResponse<String> response =
        post("{\"report_type\":\"" + type + "\",\"start_date\":\"" + start + "\"}");
    assertThat(response.statusCode()).isEqualTo(status);
    return visitor.json(response);
  }

  private Map<String, @Nullable Object> export(Map<String, @Nullable Object> asked) {
    return visitor.json(get(REPORTS + "/" + id(asked)));
  }

  private static String id(Map<String, @Nullable Object> export) {
    return Json.text(export, "id");
  }

  private static List<String> urls(Map<String, @Nullable Object> export) {
    return Json.asArray(export.get("download_urls")).stream().map(String::valueOf).toList();
  }

  private HttpResponse<String> download(String url) {
    return visitor.get(url);
  }

  private HttpResponse<String> post(String body) {
    return visitor.post(REPORTS, body, "Authorization", "Bearer ghp_sandbox");
  }

  private HttpResponse<String> get(String path, String... more) {
    var headers = new java.util.ArrayList<>(List.of("Authorization", "Bearer ghp_sandbox"));
    headers.addAll(List.of(more));
    return visitor.get(path, headers.toArray(String[]::new));
  }
}
