package dev.spendwarden.sources.github;

import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.http.GuardedClient;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// GitHub's usage reports of an enterprise. A round reads the days that [ReadPlan] wants, range by
/// range; for each range every configured report is exported, one after the other, and only when
/// all files of all of them came whole do they become one reading, complete for these days.
///
/// A poll takes the next step and never waits for GitHub: while an export is being made it answers
/// [PollResult.Waiting].
public final class GithubSource implements Source {

  private static final Duration SLOWEST_LOOK = Duration.ofSeconds(30);
  private static final Duration GIVE_UP = Duration.ofMinutes(30);

  /// GitHub's clock may differ from ours by so much.
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final GithubSettings settings;
  private final ExportStore store;
  private final ExportClient client;
  private final Downloads downloads;

  private @Nullable ExportMemory memory;

  // The present round.
  private final Deque<DateRange> ranges = new ArrayDeque<>();
  private Instant roundBegan = Instant.MIN;
  private @Nullable Instant newestAsOf;

  /// Signed addresses by export, as fresh as the latest look.
  private final Map<String, List<URI>> urls = new HashMap<>();

  private Duration nextLook;
  private @Nullable Instant busySince;

  /// How a step of an export ended.
  private sealed interface Step {

    /// Its files can be fetched.
    record Ready(Export export) implements Step {}

    record Stop(PollResult result) implements Step {}
  }

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  public GithubSource(GithubSettings settings, ExportStore store, GuardedClient http) {
    this.settings = settings;
    this.store = store;
    this.client = new ExportClient(settings, http);
    this.downloads = new Downloads(settings, http);
    this.nextLook = settings.exportPollInterval();
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public Duration resolution() {
    return Duration.ofDays(1);
  }

  @Override
  public PollResult poll(PollContext context) {
    String token;
    try {
      token = settings.token().get();
    } catch (UncheckedIOException e) {
      return new PollResult.Failed(
          FailureReason.AUTH, "the token cannot be read", Optional.empty());
    }
    ExportMemory known = memory == null ? ExportMemory.load(store, settings) : memory;
    memory = known;
    return new Turn(known, token, context.now()).take(context.earliestNeeded());
  }

  /// The charges of the range at the head of the round are safe: on to the next.
  @Override
  public void accepted(Reading reading) {
    DateRange range = ranges.peek();
    ExportMemory known = memory;
    if (range == null || known == null || !reading.coverage().equals(List.of(range.span()))) {
      return;
    }
    for (ReportType type : settings.reports()) {
      known
          .open(type, range)
          .ifPresent(export -> known.put(export.withState(Export.State.READ, export.stateSince())));
    }
    ranges.remove();
    urls.clear();
  }

  /// One poll.
  private final class Turn {

    private final ExportMemory exports;
    private final String token;
    private final Instant now;

    Turn(ExportMemory exports, String token, Instant now) {
      this.exports = exports;
      this.token = token;
      this.now = now;
    }

    PollResult take(Instant earliestNeeded) {
      if (ranges.isEmpty() || !roundBegan.plus(ExportMemory.OF_USE).isAfter(now)) {
        beginRound(earliestNeeded);
      }
      DateRange range = ranges.element();
      for (ReportType type : settings.reports()) {
        Step step = advance(type, range);
        if (step instanceof Step.Stop(PollResult result)) {
          return result;
        }
      }
      return read(range);
    }

    private void beginRound(Instant earliestNeeded) {
      ranges.clear();
      ranges.addAll(
          ReadPlan.at(now, earliestNeeded, exports.read(settings.reports()), settings.maxDays()));
      roundBegan = now;
      newestAsOf = null;
      urls.clear();
      exports.begin(List.copyOf(ranges), now);
    }

    private Step advance(ReportType type, DateRange range) {
      Optional<Export> open = exports.open(type, range);
      if (open.isEmpty()) {
        return ask(exports.intend(type, range, now));
      }
      Export export = open.get();
      return switch (export.state()) {
        case ASKED -> adoptOrAsk(export);
        case PROCESSING -> look(export);
        case COMPLETED, READ, FAILED, DROPPED -> new Step.Ready(export);
      };
    }

    private Step ask(Export intent) {
      return switch (client.create(intent.type(), intent.range(), token, now)) {
        case ExportClient.Result.Known(RemoteExport remote) -> {
          nextLook = settings.exportPollInterval();
          yield learn(intent, remote);
        }
        case ExportClient.Result.Busy _ -> adoptOrWait(intent);
        case ExportClient.Result.Failed failed -> {
          // Otherwise the next poll looks for it before asking again.
          if (!failed.mayBeDone()) {
            exports.put(intent.withState(Export.State.DROPPED, now));
          }
          yield stop(failed.failure());
        }
        case ExportClient.Result.Listed _ -> throw new IllegalStateException("a list of one");
      };
    }

    /// After an ask whose answer did not come.
    private Step adoptOrAsk(Export intent) {
      return switch (client.list(token, now)) {
        case ExportClient.Result.Listed(List<RemoteExport> all) -> {
          Optional<RemoteExport> ours = match(intent, all);
          yield ours.isPresent() ? learn(intent, ours.get()) : ask(intent);
        }
        case ExportClient.Result.Failed failed -> stop(failed.failure());
        case ExportClient.Result.Busy _ -> waitForOthers();
        case ExportClient.Result.Known _ -> throw new IllegalStateException("one of a list");
      };
    }

    /// After 409: the export in the making may be the one we want.
    private Step adoptOrWait(Export intent) {
      return switch (client.list(token, now)) {
        case ExportClient.Result.Listed(List<RemoteExport> all) -> {
          Optional<RemoteExport> ours = match(intent, all);
          yield ours.isPresent() ? learn(intent, ours.get()) : waitForOthers();
        }
        case ExportClient.Result.Failed failed -> stop(failed.failure());
        case ExportClient.Result.Busy _ -> waitForOthers();
        case ExportClient.Result.Known _ -> throw new IllegalStateException("one of a list");
      };
    }

    /// The same report of the same days, in the making or made since we asked.
    private Optional<RemoteExport> match(Export intent, List<RemoteExport> all) {
      Instant since = intent.askedAt().minus(CLOCKS_DIFFER);
      return all.stream()
          .filter(remote -> remote.type().equals(intent.type().word()))
          .filter(remote -> remote.range().equals(intent.range()))
          .filter(remote -> remote.status() != RemoteExport.Status.FAILED)
          .filter(remote ->
              remote.status() == RemoteExport.Status.PROCESSING
                  || remote.createdAt().map(at -> !at.isBefore(since)).orElse(false))
          .filter(remote -> !exports.isPast(remote.id()))
          .max(Comparator.comparing(remote -> remote.createdAt().orElse(Instant.MIN)));
    }

    private Step waitForOthers() {
      Instant since = busySince == null ? now : busySince;
      busySince = since;
      if (since.plus(GIVE_UP).isBefore(now)) {
        busySince = null;
        return failed(
            FailureReason.TIMEOUT,
            "GitHub has been making another export of this enterprise for over "
                + GIVE_UP.toMinutes()
                + " minutes, and makes one at a time");
      }
      return waitABit();
    }

    private Step look(Export export) {
      return switch (client.get(export.id().orElseThrow(), token, now)) {
        case ExportClient.Result.Known(RemoteExport remote) -> learn(export, remote);
        case ExportClient.Result.Failed failed -> {
          if (failed.failure().reason() == FailureReason.CLIENT) {
            // It is gone, or never was ours to see: the next poll asks for a new one.
            exports.put(export.withState(Export.State.DROPPED, now));
          }
          yield stop(failed.failure());
        }
        case ExportClient.Result.Busy _ -> waitForOthers();
        case ExportClient.Result.Listed _ -> throw new IllegalStateException("a list of one");
      };
    }

    /// Takes in what GitHub says of an export.
    private Step learn(Export export, RemoteExport remote) {
      busySince = null;
      boolean asAsked =
          remote.type().equals(export.type().word()) && remote.range().equals(export.range());
      if (!asAsked) {
        exports.put(export.withState(Export.State.DROPPED, now));
        return failed(
            FailureReason.MALFORMED,
            "the export is of another report or other days than the %s report of %s that was asked"
                    .formatted(export.type().word(), export.range())
                + " for");
      }
      Export known = export.withAnswer(remote.id(), remote.createdAt());
      return switch (remote.status()) {
        case COMPLETED -> {
          urls.put(remote.id(), remote.urls());
          yield new Step.Ready(exports.put(known.withState(Export.State.COMPLETED, now)));
        }
        case FAILED -> {
          exports.put(known.withState(Export.State.FAILED, now));
          yield failed(FailureReason.SERVER, describe(known) + "GitHub could not make it");
        }
        case PROCESSING -> stillProcessing(known.withState(Export.State.PROCESSING, now));
      };
    }

    private Step stillProcessing(Export export) {
      if (export.stateSince().plus(GIVE_UP).isBefore(now)) {
        exports.put(export.withState(Export.State.FAILED, now));
        return failed(
            FailureReason.TIMEOUT,
            describe(export) + "not made within " + GIVE_UP.toMinutes() + " minutes, given up");
      }
      exports.put(export);
      return waitABit();
    }

    private Step waitABit() {
      Duration wait = nextLook;
      Duration longer = wait.multipliedBy(3).dividedBy(2);
      Duration slowest =
          SLOWEST_LOOK.compareTo(settings.exportPollInterval()) > 0
              ? SLOWEST_LOOK
              : settings.exportPollInterval();
      nextLook = longer.compareTo(slowest) > 0 ? slowest : longer;
      return new Step.Stop(new PollResult.Waiting(wait, statuses()));
    }

    // Reading.

    private PollResult read(DateRange range) {
      var ledgers = new Ledgers(settings.reports());
      var book = new ReportSums.Book(settings.name());
      Instant asOf = now;
      for (ReportType type : settings.reports()) {
        Export export = exports.open(type, range).orElseThrow();
        Optional<PollResult> failure = fetch(export, ledgers, book);
        if (failure.isPresent()) {
          return failure.get();
        }
        asOf = export.asOf().isBefore(asOf) ? export.asOf() : asOf;
      }
      // Ranges come newest first: older days read later make the newest ones no fresher.
      asOf = newestAsOf == null || asOf.isBefore(newestAsOf) ? asOf : newestAsOf;
      newestAsOf = asOf;
      var reading =
          new Reading(
              settings.name(),
              asOf,
              book.charges(),
              List.of(),
              statuses(),
              List.of(range.span()),
              Reading.Vanished.WITHDRAWN);
      boolean more = ranges.size() > 1;
      return new PollResult.Complete(reading, more ? Optional.of(Duration.ZERO) : Optional.empty());
    }

    /// Books an export's files, all or none; asks for fresh addresses once when one has expired.
    private Optional<PollResult> fetch(Export export, Ledgers ledgers, ReportSums.Book book) {
      String id = export.id().orElseThrow();
      Downloads.Result result = null;
      for (int attempt = 0; attempt < 2; attempt++) {
        if (!urls.containsKey(id)) {
          Step step = look(export);
          if (step instanceof Step.Stop(PollResult stopped)) {
            return Optional.of(stopped);
          }
        }
        var sums = new ReportSums(export.type(), export.range(), settings.keep(), ledgers);
        result = downloads.fetch(export.type().word(), urls.getOrDefault(id, List.of()), sums);
        if (result instanceof Downloads.Result.Done) {
          sums.bookTo(book);
          return Optional.empty();
        }
        urls.remove(id);
        if (result instanceof Downloads.Result.Failed(PollResult.Failed failure)) {
          return Optional.of(withStatuses(failure));
        }
      }
      return result instanceof Downloads.Result.Expired(PollResult.Failed failure)
          ? Optional.of(withStatuses(failure))
          : Optional.empty();
    }

    // Results.

    private String describe(Export export) {
      return export.type().word() + " report of " + export.range() + ": ";
    }

    private List<ReportStatus> statuses() {
      return exports.statuses(roundBegan);
    }

    private Step failed(FailureReason reason, String detail) {
      return stop(new PollResult.Failed(reason, detail, Optional.empty()));
    }

    private Step stop(PollResult.Failed failure) {
      return new Step.Stop(withStatuses(failure));
    }

    private PollResult.Failed withStatuses(PollResult.Failed failure) {
      return new PollResult.Failed(
          failure.reason(), failure.detail(), failure.retryAfter(), statuses());
    }
  }
}
