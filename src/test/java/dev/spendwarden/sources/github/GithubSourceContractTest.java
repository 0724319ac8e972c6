package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.SourceContract;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.RawServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The contract, with an export that was asked for before: the poll looks at it, finds it completed
/// and fetches its file from another host.
class GithubSourceContractTest extends SourceContract {

  private static final DateRange JANUARY =
      new DateRange(LocalDate.parse("2027-01-01"), LocalDate.parse("2027-01-20"));

  private RawServer files;

  @BeforeAll
  void serveTheFile() {
    files =
        RawServer.answering(200, "", Reports.text("detailed.csv").getBytes(StandardCharsets.UTF_8));
  }

  @AfterAll
  void stopServing() {
    files.close();
  }

  @Override
  protected Source source(GuardedClient client, URI baseUrl, Duration timeout) {
    var store = new InMemoryExportStore();
    GithubSettings settings = settings(baseUrl, timeout);
    store.put(
        Export.intended("under-test", settings.shape(), ReportType.DETAILED, JANUARY, NOW)
            .withAnswer("7f0c3c52-6a1e-4a0e-9b7a-2d1f4e5a6b01", Optional.empty())
            .withState(Export.State.PROCESSING, NOW));
    return new GithubSource(settings, store, client);
  }

  private static GithubSettings settings(URI baseUrl, Duration timeout) {
    return new GithubSettings(
        "under-test",
        baseUrl,
        () -> CREDENTIAL,
        "corvid",
        List.of(ReportType.DETAILED),
        Duration.ofSeconds(5),
        List.of(),
        List.of(Dimension.PRODUCT),
        timeout);
  }

  @Override
  protected byte[] goodBody() {
    return """
    {"id": "7f0c3c52-6a1e-4a0e-9b7a-2d1f4e5a6b01", "report_type": "detailed",
     "start_date": "2027-01-01", "end_date": "2027-01-20", "status": "completed",
     "download_urls": ["http://127.0.0.1:%d/part-0.csv?sig=one"],
     "created_at": "2027-01-20T09:00:00Z", "actor": "spendwarden-bot"}\
    """
        .formatted(files.port())
        .getBytes(StandardCharsets.UTF_8);
  }

  /// The first request of all is the ask, whose failures are told like any other.
  @ParameterizedTest
  @CsvSource({
    "302, '', REFUSED, base_url",
    "400, '', CLIENT, status 400",
    "401, '', AUTH, not valid or has expired",
    "403, '', AUTH, may not read the enterprise's billing",
    "403, 'x-ratelimit-remaining: 0', RATE_LIMITED, status 403",
    "403, 'retry-after: 30', RATE_LIMITED, status 403",
    "404, '', CLIENT, a missing scope shows as 404",
    "429, '', RATE_LIMITED, status 429",
    "503, '', SERVER, status 503"
  })
  void anAskThatIsRefusedSaysWhy(int status, String header, FailureReason reason, String detail) {
    String headers = header.isEmpty() ? "" : header + "\r\n";
    try (var server = RawServer.answering(status, headers, new byte[0])) {
      var failed = failed(ask(server));
      assertThat(failed.reason()).isEqualTo(reason);
      assertThat(failed.detail()).contains(detail);
      assertThat(server.requests().getFirst())
          .startsWith("POST /base/enterprises/corvid/settings/billing/reports HTTP/1.1\r\n")
          .containsIgnoringCase("authorization: Bearer " + CREDENTIAL)
          .containsIgnoringCase("x-github-api-version: 2022-11-28")
          .containsIgnoringCase("accept: application/vnd.github+json")
          .endsWith(
              "{\"report_type\": \"detailed\", \"start_date\": \"2027-01-01\","
                  + " \"end_date\": \"2027-01-20\", \"send_email\": false}");
    }
  }

  @Test
  void aBurstLimitIsKnownByItsMessageAndWaitsAMinute() {
    byte[] body =
        "{\"message\": \"You have exceeded a secondary rate limit.\", \"status\": \"403\"}"
            .getBytes(StandardCharsets.UTF_8);
    try (var server = RawServer.answering(403, "", body)) {
      var failed = failed(ask(server));
      assertThat(failed.reason()).isEqualTo(FailureReason.RATE_LIMITED);
      assertThat(failed.retryAfter()).contains(Duration.ofMinutes(1));
    }
  }

  @Test
  void theResetOfTheHourlyLimitIsWaitedFor() {
    long reset = NOW.plusSeconds(700).getEpochSecond();
    try (var server =
        RawServer.answering(
            403, "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: " + reset + "\r\n", new byte[0])) {
      assertThat(failed(ask(server)).retryAfter()).contains(Duration.ofSeconds(700));
    }
  }

  private dev.spendwarden.sources.PollResult ask(RawServer server) {
    return new GithubSource(
            settings(server.uri("/base"), PATIENT), new InMemoryExportStore(), client())
        .poll(new PollContext(NOW, NOW.minus(Duration.ofDays(19))));
  }
}
