package dev.spendwarden.sources.github;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.http.Answer;
import dev.spendwarden.sources.http.Ask;
import dev.spendwarden.sources.http.Ask.Credential;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.HttpStatus;
import dev.spendwarden.sources.http.Origin;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The three calls on usage report exports.
final class ExportClient {

  static final String API_VERSION = "2022-11-28";

  /// Without a header GitHub asks to wait at least this long.
  private static final Duration SECONDARY_LIMIT_WAIT = Duration.ofMinutes(1);

  // An export takes about 300 bytes and 500 for each of its files.
  private static final long MAX_BYTES = 16L << 20;

  private final GithubSettings settings;
  private final GuardedClient client;
  private final String reports;
  private final Origin origin;

  /// What came of a call.
  sealed interface Result {

    record Known(RemoteExport export) implements Result {}

    /// @param exports those of types and dates that we may have asked for
    record Listed(List<RemoteExport> exports) implements Result {}

    /// Another export is being made (409).
    record Busy() implements Result {}

    record Failed(PollResult.Failed failure) implements Result {

      /// Whether GitHub may have done what was asked, though its answer did not come or makes no
      /// sense.
      boolean mayBeDone() {
        return switch (failure.reason()) {
          case SERVER, TIMEOUT, PARTIAL, MALFORMED, TOO_LARGE -> true;
          case AUTH, RATE_LIMITED, CLIENT, REFUSED -> false;
        };
      }
    }
  }

  private interface Reader {
    Result read(JsonField body) throws MalformedAnswer;
  }

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  ExportClient(GithubSettings settings, GuardedClient client) {
    this.settings = settings;
    this.client = client;
    String base = settings.baseUrl().toString().replaceAll("/+$", "");
    this.reports = base + "/enterprises/" + settings.enterprise() + "/settings/billing/reports";
    this.origin = Origin.of(settings.baseUrl());
  }

  Result create(ReportType type, DateRange range, String token, Instant now) {
    String body =
        """
        {"report_type": "%s", "start_date": "%s", "end_date": "%s", "send_email": false}\
        """
            .formatted(type.word(), range.first(), range.last());
    Ask ask =
        Ask.post(
            URI.create(reports),
            Map.of("content-type", "application/json"),
            body.getBytes(StandardCharsets.UTF_8),
            settings.timeout(),
            MAX_BYTES);
    return send(ask, token, now, ExportClient::known);
  }

  Result get(String id, String token, Instant now) {
    Ask ask = Ask.get(URI.create(reports + "/" + id), settings.timeout(), MAX_BYTES);
    return send(ask, token, now, ExportClient::known);
  }

  Result list(String token, Instant now) {
    Ask ask = Ask.get(URI.create(reports), settings.timeout(), MAX_BYTES);
    return send(
        ask,
        token,
        now,
        body -> {
          var exports = new ArrayList<RemoteExport>();
          for (JsonField item : body.field("usage_report_exports").items()) {
            exports.add(RemoteExport.read(item));
          }
          return new Result.Listed(List.copyOf(exports));
        });
  }

  private static Result known(JsonField body) throws MalformedAnswer {
    return new Result.Known(RemoteExport.read(body));
  }

  private Result send(Ask ask, String token, Instant now, Reader reader) {
    Ask complete =
        ask.with("accept", "application/vnd.github+json")
            .with("x-github-api-version", API_VERSION)
            .with(Credential.of(origin, "authorization", "Bearer " + token));
    return switch (client.send(complete)) {
      case Answer.Failed(var reason, var detail, var retryAfter) ->
          failed(reason, detail, retryAfter);
      case Answer.Ok ok -> result(ok, now, reader);
    };
  }

  private static Result result(Answer.Ok answer, Instant now, Reader reader) {
    if (answer.status() == 409) {
      return new Result.Busy();
    }
    Optional<FailureReason> byStatus = HttpStatus.classify(answer.status(), answer.headers());
    if (byStatus.isPresent()) {
      boolean limited = isSecondaryLimit(answer);
      FailureReason reason = limited ? FailureReason.RATE_LIMITED : byStatus.get();
      Optional<Duration> wait =
          HttpStatus.retryAfter(answer.headers(), now, HttpStatus.LONGEST_WAIT)
              .or(() -> limited ? Optional.of(SECONDARY_LIMIT_WAIT) : Optional.empty());
      return failed(reason, "status " + answer.status() + hint(answer.status(), reason), wait);
    }
    try {
      return reader.read(JsonReader.read(answer.body()));
    } catch (MalformedAnswer e) {
      return failed(FailureReason.MALFORMED, e.detail(), Optional.empty());
    }
  }

  /// The limit on bursts is answered 403, sometimes with nothing but its message to tell it from a
  /// missing right.
  private static boolean isSecondaryLimit(Answer.Ok answer) {
    return answer.status() == 403 && answer.text().toLowerCase(Locale.ROOT).contains("rate limit");
  }

  private static String hint(int status, FailureReason reason) {
    return switch (reason) {
      case AUTH ->
          status == 401
              ? ": the token is not valid or has expired"
              : ": the token may not read the enterprise's billing";
      case REFUSED -> ": redirects are not followed, check base_url";
      case CLIENT ->
          status == 404
              ? ": a missing scope shows as 404 at GitHub; the token needs"
                  + " manage_billing:enterprise, or the enterprise's slug is wrong"
              : "";
      case RATE_LIMITED, SERVER, TIMEOUT, MALFORMED, TOO_LARGE, PARTIAL -> "";
    };
  }

  private static Result failed(FailureReason reason, String detail, Optional<Duration> wait) {
    return new Result.Failed(new PollResult.Failed(reason, detail, wait));
  }
}
