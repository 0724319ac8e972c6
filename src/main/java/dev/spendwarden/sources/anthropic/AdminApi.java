package dev.spendwarden.sources.anthropic;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.http.Answer;
import dev.spendwarden.sources.http.Ask;
import dev.spendwarden.sources.http.Ask.Credential;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.Origin;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Anthropic's Admin API: reports asked for page by page, each answer checked, every page or
/// nothing. Blocking.
final class AdminApi {

  /// Both reports are cut alike up to here; the brackets of a repeated parameter are encoded.
  static final String BY_WORKSPACE = "&group_by%5B%5D=workspace_id";

  // 60 pages of 31 days are five years, more than any budget looks back.
  static final int MAX_PAGES = 60;

  // A row takes some 350 bytes: about 1,500 rows for each of the 31 days of a page.
  static final long MAX_PAGE_BYTES = 16L << 20;

  private static final int MAX_TOKEN = 1024;
  private static final String VERSION = "2023-06-01";

  private final AnthropicSettings settings;
  private final GuardedClient client;
  private final String base;
  private final Origin origin;

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  AdminApi(AnthropicSettings settings, GuardedClient client) {
    this.settings = settings;
    this.client = client;
    this.base = settings.baseUrl().toString().replaceAll("/+$", "") + "/v1/organizations/";
    this.origin = Origin.of(settings.baseUrl());
  }

  /// Takes in what one page holds.
  interface PageReader {
    void read(JsonField page) throws MalformedAnswer;
  }

  /// Reads every page of a report; empty when all of them came.
  ///
  /// @param report path and query, without `page`: a page's token is only good with the very
  ///   parameters it was made for
  Optional<PollResult.Failed> read(String report, Instant now, PageReader reader) {
    Optional<String> key = adminKey();
    if (key.isEmpty()) {
      return failed(FailureReason.AUTH, "the admin key cannot be read");
    }
    Set<String> tokens = new HashSet<>();
    String url = base + report;
    for (int page = 1; page <= MAX_PAGES; page++) {
      switch (client.send(ask(url, key.get()))) {
        case Answer.Failed(var reason, var detail, var retryAfter) -> {
          return Optional.of(new PollResult.Failed(reason, detail, retryAfter));
        }
        case Answer.Ok answer -> {
          Optional<PollResult.Failed> failure = ApiError.of(answer, now);
          if (failure.isPresent()) {
            return failure;
          }
          try {
            JsonField body = JsonReader.read(answer.body());
            reader.read(body);
            Optional<String> next = nextPage(body);
            if (next.isEmpty()) {
              return Optional.empty();
            }
            if (!tokens.add(next.get())) {
              return failed(FailureReason.MALFORMED, "next_page: the pages go round in a circle");
            }
            url = base + report + "&page=" + encoded(next.get());
          } catch (MalformedAnswer e) {
            return failed(FailureReason.MALFORMED, "page " + page + ": " + e.detail());
          }
        }
      }
    }
    return failed(FailureReason.TOO_LARGE, "the report has more than " + MAX_PAGES + " pages");
  }

  private Optional<String> adminKey() {
    try {
      return Optional.of(settings.adminKey().get());
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private Ask ask(String url, String key) {
    return Ask.get(URI.create(url), settings.timeout(), MAX_PAGE_BYTES)
        .with("accept", "application/json")
        .with("anthropic-version", VERSION)
        .with(Credential.of(origin, "x-api-key", key));
  }

  // The token is typed as a date in places and is none: it goes back as it came.
  private static Optional<String> nextPage(JsonField body) throws MalformedAnswer {
    JsonField hasMore = body.field("has_more");
    boolean more =
        hasMore
            .optionalBoolean()
            .orElseThrow(() -> hasMore.malformed("missing: there may be further pages"));
    if (!more) {
      return Optional.empty();
    }
    JsonField nextPage = body.field("next_page");
    String token = nextPage.text();
    if (token.isEmpty() || token.length() > MAX_TOKEN) {
      throw nextPage.malformed("a page token has 1 to " + MAX_TOKEN + " characters");
    }
    return Optional.of(token);
  }

  private static Optional<PollResult.Failed> failed(FailureReason reason, String detail) {
    return Optional.of(new PollResult.Failed(reason, detail, Optional.empty()));
  }

  // URLEncoder is for forms, where a space is a plus.
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }
}
