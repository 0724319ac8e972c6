package dev.spendwarden.store;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.LedgerStore;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.QuotaRevision;
import dev.spendwarden.ledger.ReportRevision;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.store.InMemoryDatabase.Undo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/// Revisions in maps, by their key and the instant from which they were known.
final class InMemoryLedgerStore implements LedgerStore {

  private record ChargeKey(
      String source, ChargePeriod period, Dimensions dimensions, Unit unit, Instant knownAt) {}

  private record QuotaKey(String source, Dimensions scope, Unit unit, Instant knownAt) {}

  private record ReportKey(String source, String id, Instant knownAt) {}

  private record PostingKey(Instant knownAt, String source) {}

  private final Undo undo;
  private final Map<ChargeKey, ChargeRevision> charges = new LinkedHashMap<>();
  private final Map<QuotaKey, QuotaRevision> quotas = new LinkedHashMap<>();
  private final Map<ReportKey, ReportRevision> reports = new LinkedHashMap<>();
  private final Map<String, SourceStatus> statuses = new TreeMap<>();

  InMemoryLedgerStore(Undo undo) {
    this.undo = undo;
  }

  @Override
  public void append(Posting posting) {
    posting.charges().forEach(r -> refuseForeign(posting, r.charge().source(), r.knownAt()));
    posting.quotas().forEach(r -> refuseForeign(posting, r.reading().source(), r.knownAt()));
    posting.reports().forEach(r -> refuseForeign(posting, r.status().source(), r.knownAt()));
    for (var revision : posting.charges()) {
      Charge charge = revision.charge();
      var key =
          new ChargeKey(
              charge.source(),
              charge.period(),
              charge.dimensions(),
              charge.unit(),
              revision.knownAt());
      if (charges.putIfAbsent(key, revision) == null) {
        undo.push(() -> charges.remove(key));
      }
    }
    for (var revision : posting.quotas()) {
      QuotaReading reading = revision.reading();
      var key = new QuotaKey(reading.source(), reading.scope(), reading.unit(), revision.knownAt());
      if (quotas.putIfAbsent(key, revision) == null) {
        undo.push(() -> quotas.remove(key));
      }
    }
    for (var revision : posting.reports()) {
      var key =
          new ReportKey(revision.status().source(), revision.status().id(), revision.knownAt());
      if (reports.putIfAbsent(key, revision) == null) {
        undo.push(() -> reports.remove(key));
      }
    }
  }

  private static void refuseForeign(Posting posting, String source, Instant knownAt) {
    if (!source.equals(posting.source()) || !knownAt.equals(posting.knownAt())) {
      throw new IllegalArgumentException("a posting holds a revision of another source or instant");
    }
  }

  @Override
  public void putStatus(SourceStatus status) {
    SourceStatus former = statuses.put(status.source(), status);
    undo.push(() -> {
      if (former == null) {
        statuses.remove(status.source());
      } else {
        statuses.put(status.source(), former);
      }
    });
  }

  @Override
  public List<SourceStatus> statuses() {
    return List.copyOf(statuses.values());
  }

  @Override
  public void replay(Instant knownUntil, Consumer<Posting> sink) {
    var parts =
        new TreeMap<PostingKey, Parts>(
            Comparator.comparing(PostingKey::knownAt).thenComparing(PostingKey::source));
    charges.forEach((key, revision) ->
        parts
            .computeIfAbsent(new PostingKey(key.knownAt, key.source), k -> new Parts())
            .charges
            .add(revision));
    quotas.forEach((key, revision) ->
        parts
            .computeIfAbsent(new PostingKey(key.knownAt, key.source), k -> new Parts())
            .quotas
            .add(revision));
    reports.forEach((key, revision) ->
        parts
            .computeIfAbsent(new PostingKey(key.knownAt, key.source), k -> new Parts())
            .reports
            .add(revision));
    parts.forEach((key, part) -> {
      if (!key.knownAt.isAfter(knownUntil)) {
        sink.accept(new Posting(key.source, key.knownAt, part.charges, part.quotas, part.reports));
      }
    });
  }

  void prune(Instant before) {
    pruneIf(
        charges,
        (key, other) ->
            key.source.equals(other.source)
                && key.period.equals(other.period)
                && key.dimensions.equals(other.dimensions)
                && key.unit.equals(other.unit)
                && key.knownAt.isBefore(other.knownAt)
                && !other.knownAt.isAfter(before));
    charges
        .keySet()
        .removeIf(key -> !key.knownAt.isAfter(before) && !key.period.end().isAfter(before));
    pruneIf(
        quotas,
        (key, other) ->
            key.source.equals(other.source)
                && key.scope.equals(other.scope)
                && key.unit.equals(other.unit)
                && key.knownAt.isBefore(other.knownAt)
                && !other.knownAt.isAfter(before));
    pruneIf(reports, (key, other) -> reportReplaced(key, other, before));
  }

  private boolean reportReplaced(ReportKey key, ReportKey other, Instant before) {
    if (!key.source.equals(other.source)
        || key.knownAt.isAfter(before)
        || other.knownAt.isAfter(before)) {
      return false;
    }
    ReportStatus one = reports.get(key).status();
    ReportStatus later = reports.get(other).status();
    return (key.id.equals(other.id) && key.knownAt.isBefore(other.knownAt))
        || (one.type().equals(later.type())
            && one.state() == later.state()
            && one.updatedAt().isBefore(later.updatedAt()));
  }

  private static <K, V> void pruneIf(Map<K, V> revisions, BiPredicate<K, K> replaced) {
    var keys = List.copyOf(revisions.keySet());
    var doomed = new ArrayList<K>();
    for (K key : keys) {
      if (keys.stream().anyMatch(other -> replaced.test(key, other))) {
        doomed.add(key);
      }
    }
    doomed.forEach(revisions::remove);
  }

  private static final class Parts {
    final List<ChargeRevision> charges = new ArrayList<>();
    final List<QuotaRevision> quotas = new ArrayList<>();
    final List<ReportRevision> reports = new ArrayList<>();
  }
}
