package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.sandbox.GithubTwin;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A GitHub source before GitHub's stand-in, on one clock that is turned by hand: it is polled as
/// the daemon would, and what it reads is kept as the ledger would.
final class GithubRig implements AutoCloseable {

  static final String TOKEN = "ghp_t0ken";
  static final Instant NOON = Instant.parse("2027-01-20T12:00:00Z");

  private static final int MAX_POLLS = 400;
  private static final Duration POLL_INTERVAL = Duration.ofHours(6);

  private Instant now = NOON;
  private final Vertx vertx = Vertx.vertx();
  final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet((InstantSource) () -> now));
  final GuardedClient client = new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  final InMemoryExportStore store = new InMemoryExportStore();

  List<ReportType> reports = List.of(ReportType.DETAILED);
  List<Dimension> keep = List.of(Dimension.ORGANIZATION, Dimension.PRODUCT, Dimension.SKU);
  List<String> downloadHosts = List.of();
  Duration timeout = Duration.ofSeconds(20);
  Instant earliestNeeded = Instant.parse("2027-01-01T00:00:00Z");

  final List<PollResult> results = new ArrayList<>();
  final List<Reading> readings = new ArrayList<>();
  private final Map<Object, Charge> charges = new LinkedHashMap<>();
  private final Map<String, ReportStatus> statuses = new LinkedHashMap<>();
  private GithubSource source = source();

  GithubTwin twin() {
    return sandbox.github();
  }

  private GithubSource source() {
    return new GithubSource(
        new GithubSettings(
            "github-corvid",
            URI.create(sandbox.url("/github")),
            () -> TOKEN,
            "corvid",
            reports,
            Duration.ofSeconds(5),
            downloadHosts,
            keep,
            timeout),
        store,
        client);
  }

  /// Kill and start: all that was only in memory is gone.
  void restart() {
    source = source();
  }

  void forward(Duration by) {
    now = now.plus(by);
  }

  Instant now() {
    return now;
  }

  /// One poll; its reading is stored and said to be.
  PollResult poll() {
    PollResult result = pollUnstored();
    if (result instanceof PollResult.Complete(Reading reading, var ignored)) {
      store(reading);
      source.accepted(reading);
    }
    return result;
  }

  /// One poll whose reading is lost.
  PollResult pollUnstored() {
    PollResult result = source.poll(new PollContext(now, earliestNeeded));
    results.add(result);
    List<ReportStatus> told =
        switch (result) {
          case PollResult.Complete complete -> complete.reading().reports();
          case PollResult.Waiting waiting -> waiting.reports();
          case PollResult.Failed failed -> failed.reports();
        };
    told.forEach(status -> statuses.put(status.id(), status));
    return result;
  }

  /// Polls, waiting as it is told to, until a round is over.
  ///
  /// @return the failures on the way
  List<PollResult.Failed> round() {
    var failures = new ArrayList<PollResult.Failed>();
    for (int polls = 0; polls < MAX_POLLS; polls++) {
      switch (poll()) {
        case PollResult.Complete(var reading, var again) -> {
          if (again.isEmpty()) {
            return failures;
          }
        }
        case PollResult.Waiting(Duration again, var ignored) -> forward(again);
        case PollResult.Failed failed -> {
          failures.add(failed);
          forward(Duration.ofSeconds(5));
        }
      }
    }
    throw new AssertionError("no end after " + MAX_POLLS + " polls: " + results.getLast());
  }

  /// The next round, at its time.
  List<PollResult.Failed> nextRound() {
    forward(POLL_INTERVAL);
    return round();
  }

  private void store(Reading reading) {
    readings.add(reading);
    charges
        .values()
        .removeIf(charge ->
            reading.coverage().stream().anyMatch(span -> span.contains(charge.period().start())));
    for (Charge charge : reading.charges()) {
      Object key = List.of(charge.period(), charge.dimensions(), charge.unit());
      assertThat(charges.put(key, charge)).as("one charge for each key").isNull();
    }
  }

  List<Charge> charges() {
    return List.copyOf(charges.values());
  }

  Map<String, ReportStatus> statuses() {
    return statuses;
  }

  /// Net dollars by product, as the ledger has them.
  Map<String, BigDecimal> dollars() {
    var sums = new TreeMap<String, BigDecimal>();
    for (Charge charge : charges.values()) {
      if (charge.unit().isCurrency()) {
        sums.merge(
            charge.dimensions().get(Dimension.PRODUCT).orElse(""), charge.net(), BigDecimal::add);
      }
    }
    return sums;
  }

  BigDecimal quantity(String unit) {
    return charges.values().stream()
        .filter(charge -> charge.unit().code().equals(unit))
        .map(Charge::net)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /// Bodies of the asks for exports that GitHub saw.
  List<String> asks() {
    return sandbox.requests().requests("github").stream()
        .filter(request -> request.method().equals("POST"))
        .map(request -> request.body())
        .toList();
  }

  @Override
  public void close() {
    client.close();
    vertx.close().await();
    sandbox.close();
  }
}
