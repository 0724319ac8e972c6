package dev.spendwarden.enforce;

import dev.spendwarden.enforce.Lever.Failure;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.http.Answer;
import dev.spendwarden.sources.http.Ask;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.HttpStatus;
import dev.spendwarden.sources.http.Origin;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// One provider's JSON API as levers call it: through the guarded client, with the action's own
/// credential. Retries nothing and never throws for what the other side does. Thread-safe.
public final class ProviderApi {

  private static final long MAX_BYTES = 8L << 20;

  private final GuardedClient client;
  private final String base;
  private final Origin origin;
  private final Supplier<Ask.Credential.Header> credential;
  private final Map<String, String> headers;
  private final Duration timeout;

  /// @param credential asked for at every call, so that a rotated file takes effect; may throw
  ///   [UncheckedIOException]
  /// @param headers sent with every call
  public ProviderApi(
      GuardedClient client,
      URI base,
      Supplier<Ask.Credential.Header> credential,
      Map<String, String> headers,
      Duration timeout) {
    this.client = client;
    this.base = base.toString().replaceAll("/+$", "");
    this.origin = Origin.of(base);
    this.credential = credential;
    this.headers = Map.copyOf(headers);
    this.timeout = timeout;
  }

  /// What came of a call.
  public sealed interface Reply {

    /// A 2xx answer.
    record Read(JsonField body) implements Reply {}

    /// 404: what the path names is not there.
    record Missing() implements Reply {}

    record Failed(Failure failure) implements Reply {}
  }

  public Reply get(String path) {
    return call("GET", path, Optional.empty());
  }

  /// @param json the body
  public Reply send(String method, String path, String json) {
    return call(method, path, Optional.of(json));
  }

  public Reply delete(String path) {
    return call("DELETE", path, Optional.empty());
  }

  private Reply call(String method, String path, Optional<String> json) {
    Ask.Credential.Header secret;
    try {
      secret = credential.get();
    } catch (UncheckedIOException e) {
      return failed(FailureReason.AUTH, "the action's credential cannot be read");
    }
    Ask ask =
        new Ask(
                method,
                URI.create(base + path),
                headers,
                json.map(text -> text.getBytes(StandardCharsets.UTF_8)),
                timeout,
                MAX_BYTES,
                Optional.of(new Ask.Credential(origin, List.of(secret))))
            .with("accept", headers.getOrDefault("accept", "application/json"));
    if (json.isPresent()) {
      ask = ask.with("content-type", "application/json");
    }
    return switch (client.send(ask)) {
      case Answer.Failed(var reason, var detail, var _) -> failed(reason, detail);
      case Answer.Ok ok -> reply(ok);
    };
  }

  private static Reply reply(Answer.Ok ok) {
    Optional<FailureReason> failure = HttpStatus.classify(ok.status(), ok.headers());
    if (ok.status() == 404) {
      return new Reply.Missing();
    }
    if (failure.isPresent()) {
      String hint = failure.get() == FailureReason.AUTH ? ": the credential may not do this" : "";
      return failed(failure.get(), "status " + ok.status() + hint);
    }
    try {
      byte[] body = ok.body().length == 0 ? new byte[] {'{', '}'} : ok.body();
      return new Reply.Read(JsonReader.read(body));
    } catch (MalformedAnswer e) {
      return failed(FailureReason.MALFORMED, e.detail());
    }
  }

  private static Reply failed(FailureReason reason, String detail) {
    return new Reply.Failed(new Failure(reason, detail));
  }

  /// For a path: URLEncoder is for forms, where a space is a plus.
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }
}
