package dev.spendwarden.sources.github;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.http.Answer;
import dev.spendwarden.sources.http.Ask;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.HttpStatus;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Fetches the files of an export, without the token, from the hosts that are allowed.
final class Downloads {

  /// Beyond this it is no bill; it streams by, so that memory does not mind.
  private static final long MAX_BYTES = 64L << 30;

  private static final int MAX_REDIRECTS = 3;

  private final GuardedClient client;
  private final DownloadHosts hosts;
  private final Duration timeout;

  /// What came of an export's files.
  sealed interface Result {

    /// All of them came whole.
    record Done() implements Result {}

    /// The host refuses an address: signed ones live for an hour or so, and a fresh one may do.
    record Expired(PollResult.Failed failure) implements Result {}

    record Failed(PollResult.Failed failure) implements Result {}
  }

  Downloads(GithubSettings settings, GuardedClient client) {
    this.client = client;
    this.hosts = DownloadHosts.of(settings);
    this.timeout = settings.timeout().multipliedBy(GithubSettings.FILE_TIMEOUTS);
  }

  /// Adds every file to `sums`, which are only of use when the result is [Result.Done].
  ///
  /// @param report for messages
  Result fetch(String report, List<URI> urls, ReportSums sums) {
    for (int part = 0; part < urls.size(); part++) {
      String where = "%s report, part %d of %d: ".formatted(report, part + 1, urls.size());
      Result result = fetch(where, urls.get(part), sums, 0);
      if (!(result instanceof Result.Done)) {
        return result;
      }
    }
    return new Result.Done();
  }

  private Result fetch(String where, URI url, ReportSums sums, int redirects) {
    String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
    if (!hosts.allow(host)) {
      return failed(
          FailureReason.REFUSED,
          where
              + "it lies on "
              + (host.isEmpty() ? "no host" : host)
              + ", which download_hosts does not name");
    }
    Answer answer;
    try {
      answer = client.download(Ask.get(url, timeout, MAX_BYTES), sums::add);
    } catch (UncheckedIOException e) {
      return unreadable(where, e);
    }
    return switch (answer) {
      case Answer.Failed(var reason, var detail, var retryAfter) ->
          new Result.Failed(new PollResult.Failed(reason, where + detail, retryAfter));
      case Answer.Ok ok -> {
        Optional<URI> redirect = redirect(url, ok);
        yield redirect.isPresent() && redirects < MAX_REDIRECTS
            ? fetch(where, redirect.get(), sums, redirects + 1)
            : byStatus(where + host + " ", ok);
      }
    };
  }

  private static Result byStatus(String where, Answer.Ok answer) {
    int status = answer.status();
    if (status == 200) {
      return new Result.Done();
    }
    String detail = where + "answers with status " + status;
    if (status == 403 || status == 404 || status == 410) {
      return new Result.Expired(
          new PollResult.Failed(FailureReason.CLIENT, detail, Optional.empty()));
    }
    return failed(
        HttpStatus.classify(status, answer.headers()).orElse(FailureReason.MALFORMED), detail);
  }

  /// The documented addresses are GitHub's own and may lead to its storage.
  private static Optional<URI> redirect(URI from, Answer.Ok answer) {
    boolean redirects = List.of(301, 302, 303, 307, 308).contains(answer.status());
    if (!redirects) {
      return Optional.empty();
    }
    try {
      return answer.headers().first("location").map(from::resolve);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Result unreadable(String where, UncheckedIOException thrown) {
    return switch (thrown.getCause()) {
      case MalformedCsv csv -> failed(FailureReason.MALFORMED, where + csv.detail());
      case TooManySums sums -> failed(FailureReason.TOO_LARGE, where + sums.detail());
      case null, default -> throw thrown;
    };
  }

  private static Result failed(FailureReason reason, String detail) {
    return new Result.Failed(new PollResult.Failed(reason, detail, Optional.empty()));
  }
}
