package dev.spendwarden.ledger;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Estimate;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The newest revision of every figure, and the views policies have on them. What [LedgerStore]
/// holds replayed into an empty ledger gives the same ledger, as known at any past instant.
///
/// Posting has two steps, so that the caller can store in between: [#prepare] tells what a reading
/// changes and changes nothing; [#apply] takes it in. Both are idempotent: the same reading again
/// prepares an empty posting. Not thread-safe.
public final class Ledger {

  /// How far back it is remembered what quotas and running totals grew by. Daily charges are
  /// remembered for as long as they are stored.
  public static final Duration GROWTH_KEPT = Counter.KEPT;

  private final Map<String, Account> accounts = new HashMap<>();
  private final Map<String, SourceStatus> statuses = new LinkedHashMap<>();
  private final List<View> views = new ArrayList<>();

  private record ChargeKey(ChargePeriod period, Dimensions dimensions, Unit unit) {}

  private record QuotaKey(Dimensions scope, Unit unit) {}

  /// @param place in the order in which the account's counters were first seen, from 0
  private record KnownQuota(int place, QuotaRevision newest) {}

  /// The newest figures of one source.
  private static final class Account {
    final NavigableMap<Instant, Map<ChargeKey, ChargeRevision>> charges = new TreeMap<>();
    final Map<QuotaKey, KnownQuota> quotas = new LinkedHashMap<>();
    final Map<String, ReportStatus> reports = new LinkedHashMap<>();
    final Arrivals arrivals = new Arrivals();
  }

  /// Adds a view; figures already known are shown to it when the ledger is replayed, so register
  /// views first.
  public void register(View view) {
    views.add(view);
  }

  public List<View> views() {
    return List.copyOf(views);
  }

  public SourceStatus status(String source) {
    return statuses.getOrDefault(source, SourceStatus.unknown(source));
  }

  public Collection<SourceStatus> statuses() {
    return List.copyOf(statuses.values());
  }

  public void put(SourceStatus status) {
    statuses.put(status.source(), status);
  }

  /// The newest state of every report task of a source.
  public Collection<ReportStatus> reports(String source) {
    return List.copyOf(account(source).reports.values());
  }

  /// How the days of a source filled up.
  public Arrivals arrivals(String source) {
    return account(source).arrivals;
  }

  /// The newest figures of a source's charges whose period starts at `from` or later, without those
  /// that vanished.
  public List<Charge> charges(String source, Instant from) {
    return account(source).charges.tailMap(from, true).values().stream()
        .flatMap(sameStart -> sameStart.values().stream())
        .filter(revision -> !revision.vanished())
        .map(ChargeRevision::charge)
        .toList();
  }

  /// What `reading` changes, known from `knownAt` on.
  public Posting prepare(Reading reading, Instant knownAt) {
    Account account = account(reading.source());
    return new Posting(
        reading.source(),
        knownAt,
        changedCharges(account, reading, knownAt),
        changedQuotas(account, reading, knownAt),
        changedReports(account, reading.reports(), knownAt));
  }

  /// What the statuses of report tasks change by themselves, known from `knownAt` on.
  public Posting prepare(String source, List<ReportStatus> reports, Instant knownAt) {
    return new Posting(
        source, knownAt, List.of(), List.of(), changedReports(account(source), reports, knownAt));
  }

  private static List<ChargeRevision> changedCharges(
      Account account, Reading reading, Instant knownAt) {
    var changed = new ArrayList<ChargeRevision>();
    var listed = new HashMap<ChargeKey, Charge>();
    for (Charge charge : reading.charges()) {
      ChargeKey key = key(charge);
      listed.put(key, charge);
      ChargeRevision known = account.charges.getOrDefault(key.period().start(), Map.of()).get(key);
      if (known == null || known.vanished() || !sameFigures(known.charge(), charge)) {
        changed.add(new ChargeRevision(charge, knownAt, false));
      }
    }
    for (ChargePeriod covered : reading.coverage()) {
      var inside = account.charges.subMap(covered.start(), true, covered.end(), false);
      for (Map<ChargeKey, ChargeRevision> sameStart : inside.values()) {
        for (var entry : sameStart.entrySet()) {
          boolean covers = !entry.getKey().period().end().isAfter(covered.end());
          if (covers && !listed.containsKey(entry.getKey())) {
            vanished(entry.getValue(), reading.vanished(), knownAt).ifPresent(changed::add);
          }
        }
      }
    }
    return changed;
  }

  private static Optional<ChargeRevision> vanished(
      ChargeRevision known, Reading.Vanished meaning, Instant knownAt) {
    Charge charge = known.charge();
    return switch (meaning) {
      case MISSING ->
          known.vanished()
              ? Optional.empty()
              : Optional.of(new ChargeRevision(charge, knownAt, true));
      case WITHDRAWN -> {
        boolean alreadyZero =
            charge.net().signum() == 0 && charge.gross().map(BigDecimal::signum).orElse(0) == 0;
        var nothing =
            new Charge(
                charge.source(),
                charge.period(),
                charge.dimensions(),
                charge.unit(),
                BigDecimal.ZERO,
                charge.gross().map(gross -> BigDecimal.ZERO));
        yield alreadyZero
            ? Optional.empty()
            : Optional.of(new ChargeRevision(nothing, knownAt, false));
      }
    };
  }

  private static List<QuotaRevision> changedQuotas(
      Account account, Reading reading, Instant knownAt) {
    var changed = new ArrayList<QuotaRevision>();
    // Most polls list every counter unchanged: what is listed costs a bit each, not one more map.
    var listed = new BitSet(account.quotas.size());
    for (QuotaReading quota : reading.quotas()) {
      KnownQuota known = account.quotas.get(new QuotaKey(quota.scope(), quota.unit()));
      if (known != null) {
        listed.set(known.place());
      }
      if (known == null
          || known.newest().vanished()
          || !sameFigures(known.newest().reading(), quota)) {
        changed.add(new QuotaRevision(quota, knownAt, false));
      }
    }
    if (listed.cardinality() < account.quotas.size()) {
      for (KnownQuota known : account.quotas.values()) {
        if (!listed.get(known.place()) && !known.newest().vanished()) {
          changed.add(new QuotaRevision(known.newest().reading(), knownAt, true));
        }
      }
    }
    return changed;
  }

  private static List<ReportRevision> changedReports(
      Account account, List<ReportStatus> reports, Instant knownAt) {
    return reports.stream()
        .filter(status -> !status.equals(account.reports.get(status.id())))
        .map(status -> new ReportRevision(status, knownAt))
        .toList();
  }

  /// Takes a posting in: newest figures and every view.
  public void apply(Posting posting) {
    Account account = account(posting.source());
    for (ChargeRevision revision : posting.charges()) {
      ChargeKey key = key(revision.charge());
      ChargeRevision former =
          account
              .charges
              .computeIfAbsent(key.period().start(), start -> new LinkedHashMap<>())
              .put(key, revision);
      account.arrivals.add(revision, former);
    }
    for (QuotaRevision revision : posting.quotas()) {
      QuotaReading reading = revision.reading();
      var key = new QuotaKey(reading.scope(), reading.unit());
      KnownQuota former = account.quotas.get(key);
      int place = former == null ? account.quotas.size() : former.place();
      account.quotas.put(key, new KnownQuota(place, revision));
    }
    for (ReportRevision revision : posting.reports()) {
      account.reports.put(revision.status().id(), revision.status());
    }
    views.forEach(view -> view.accept(posting));
  }

  /// Shows the views what `source` estimates; no figure changes by it and nothing is to be stored.
  public void show(String source, Estimate estimate) {
    views.forEach(view -> view.accept(source, estimate));
  }

  private Account account(String source) {
    return accounts.computeIfAbsent(source, name -> new Account());
  }

  private static ChargeKey key(Charge charge) {
    return new ChargeKey(charge.period(), charge.dimensions(), charge.unit());
  }

  private static boolean sameFigures(Charge a, Charge b) {
    return a.net().compareTo(b.net()) == 0 && sameValue(a.gross(), b.gross());
  }

  private static boolean sameFigures(QuotaReading a, QuotaReading b) {
    return a.consumed().compareTo(b.consumed()) == 0 && sameValue(a.limit(), b.limit());
  }

  private static boolean sameValue(Optional<BigDecimal> a, Optional<BigDecimal> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() && b.isEmpty();
    }
    return a.get().compareTo(b.get()) == 0;
  }
}
