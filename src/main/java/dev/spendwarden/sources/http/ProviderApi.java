package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.http.Ask.Credential;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// One provider's JSON interface as a source asks it: reads below one base URL, with one credential
/// that goes nowhere else. Blocking; safe on any thread.
public final class ProviderApi {

  private final GuardedClient client;
  private final Settings settings;
  private final String base;
  private final Origin origin;

  /// @param authorization the whole value of the `Authorization` header, asked before each request
  ///   so that a rotated key takes effect; throws [UncheckedIOException] when it cannot be read
  /// @param timeout for one whole answer
  /// @param maxBytes the most that is read of one answer
  /// @param longestWait the longest a provider may ask us to wait
  /// @param hint what a person should look at when an answer has this status; may be empty
  public record Settings(
      URI baseUrl,
      Supplier<String> authorization,
      Duration timeout,
      long maxBytes,
      Duration longestWait,
      IntFunction<String> hint) {

    public Settings {
      if (baseUrl.getRawQuery() != null || baseUrl.getRawFragment() != null) {
        throw new IllegalArgumentException("a base URL has no query and no fragment");
      }
    }
  }

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  public ProviderApi(GuardedClient client, Settings settings) {
    this.client = client;
    this.settings = settings;
    this.base = settings.baseUrl().toString().replaceAll("/+$", "");
    this.origin = Origin.of(settings.baseUrl());
  }

  /// The body of a `200`.
  ///
  /// @param pathAndQuery below the base URL, encoded
  /// @param now of the poll, for dates in `Retry-After`
  public byte[] get(String pathAndQuery, Instant now) throws CallFailure {
    String authorization;
    try {
      authorization = settings.authorization().get();
    } catch (UncheckedIOException e) {
      throw new CallFailure(FailureReason.AUTH, "the API key cannot be read");
    }
    Ask ask =
        Ask.get(URI.create(base + pathAndQuery), settings.timeout(), settings.maxBytes())
            .with("accept", "application/json")
            .with(Credential.of(origin, "authorization", authorization));
    return switch (client.send(ask)) {
      case Answer.Failed(var reason, var detail, var retryAfter) ->
          throw new CallFailure(reason, detail, retryAfter, 0);
      case Answer.Ok ok -> body(ok, now);
    };
  }

  private byte[] body(Answer.Ok answer, Instant now) throws CallFailure {
    int status = answer.status();
    Optional<FailureReason> failure = HttpStatus.classify(status, answer.headers());
    if (failure.isPresent()) {
      throw new CallFailure(
          failure.get(),
          "status " + status + settings.hint().apply(status),
          HttpStatus.retryAfter(answer.headers(), now, settings.longestWait()),
          status);
    }
    if (status != 200) {
      throw new CallFailure(
          FailureReason.MALFORMED,
          "status " + status + " where content was expected",
          Optional.empty(),
          status);
    }
    return answer.body();
  }

  /// A text as one segment of a path. [URLEncoder] is for forms, where a space is a plus.
  public static String pathSegment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }
}
