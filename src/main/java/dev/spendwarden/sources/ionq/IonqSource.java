package dev.spendwarden.sources.ionq;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.http.Answer;
import dev.spendwarden.sources.http.Ask;
import dev.spendwarden.sources.http.Ask.Credential;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.HttpStatus;
import dev.spendwarden.sources.http.Origin;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// IonQ's v0.3 organization report, one request a poll. Every poll shows the running total of its
/// window, so that burn rates come from the difference of polls.
public final class IonqSource implements Source {

  // IonQ's own client waits no longer, whatever the header says.
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  // A member takes about 250 bytes: room for some 60,000 of them.
  private static final long MAX_BYTES = 16L << 20;

  private final IonqSettings settings;
  private final GuardedClient client;
  private final String reportUrl;
  private final Origin origin;

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  public IonqSource(IonqSettings settings, GuardedClient client) {
    this.settings = settings;
    this.client = client;
    String base = settings.baseUrl().toString().replaceAll("/+$", "");
    this.reportUrl = base + "/report/organizations/" + pathSegment(settings.organization());
    this.origin = Origin.of(settings.baseUrl());
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public Duration resolution() {
    return Duration.ZERO;
  }

  @Override
  public PollResult poll(PollContext context) {
    String key;
    try {
      key = settings.apiKey().get();
    } catch (UncheckedIOException e) {
      return failed(FailureReason.AUTH, "the API key cannot be read", Optional.empty());
    }
    IonqWindow.Dates dates = settings.window().at(context.now());
    URI url = URI.create(reportUrl + "?start_date=" + dates.first() + "&end_date=" + dates.last());
    Ask ask =
        Ask.get(url, settings.timeout(), MAX_BYTES)
            .with("accept", "application/json")
            .with(Credential.of(origin, "authorization", "apiKey " + key));
    return switch (client.send(ask)) {
      case Answer.Failed(var reason, var detail, var retryAfter) ->
          failed(reason, detail, retryAfter);
      case Answer.Ok ok -> result(ok, dates, context.now());
    };
  }

  private PollResult result(Answer.Ok answer, IonqWindow.Dates dates, Instant now) {
    Optional<FailureReason> failure = HttpStatus.classify(answer.status(), answer.headers());
    if (failure.isPresent()) {
      return failed(
          failure.get(),
          describe(answer.status(), failure.get()),
          HttpStatus.retryAfter(answer.headers(), now, LONGEST_WAIT));
    }
    if (answer.status() != 200) {
      return failed(
          FailureReason.MALFORMED,
          "status " + answer.status() + " where a report was expected",
          Optional.empty());
    }
    try {
      return new PollResult.Complete(
          IonqReport.read(answer.body(), settings, dates, now), Optional.empty());
    } catch (MalformedAnswer e) {
      return failed(FailureReason.MALFORMED, e.detail(), Optional.empty());
    }
  }

  private static String describe(int status, FailureReason reason) {
    String hint =
        switch (reason) {
          case AUTH -> ": the API key is not valid or may not read the organization's report";
          case REFUSED -> ": redirects are not followed, check base_url";
          case CLIENT ->
              status == 404
                  ? ": the organization id may be wrong, or the key's role too low (the report"
                      + " needs an organization owner's)"
                  : "";
          case RATE_LIMITED, SERVER, TIMEOUT, MALFORMED, TOO_LARGE, PARTIAL -> "";
        };
    return "status " + status + hint;
  }

  private static PollResult failed(
      FailureReason reason, String detail, Optional<Duration> retryAfter) {
    return new PollResult.Failed(reason, detail, retryAfter);
  }

  // URLEncoder is for forms, where a space is a plus.
  private static String pathSegment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }
}
