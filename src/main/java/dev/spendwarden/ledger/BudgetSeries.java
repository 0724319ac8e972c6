package dev.spendwarden.ledger;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Estimate;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// All that is known of one budget: its charges by the time they are for, its running totals by the
/// time they were seen, the provider's limit. Updated in place by its [View]; everything it answers
/// is a pure function of what it was given. Not thread-safe.
public final class BudgetSeries {

  /// Charges that cover up to this are days (a day with a change of clocks included); longer ones
  /// are running totals of a window, whose growth is dated by when it was seen.
  private static final Duration LONGEST_BUCKET = Duration.ofHours(25);

  /// Daily charges younger than this are provisional: providers still add to them.
  public static final Duration SETTLING = Duration.ofDays(3);

  private static final long DAY = Duration.ofDays(1).toSeconds();

  private final Dimensions labels;
  private final NavigableMap<Instant, Map<Part, Figure>> figures = new TreeMap<>();
  private final Map<Part, RunningTotal> runningTotals = new HashMap<>();
  private final Map<Part, Quota> quotas = new HashMap<>();
  private final Map<String, ReportStatus> reports = new HashMap<>();
  private final Estimates estimates = new Estimates();
  private final Set<LocalDate> restated = new HashSet<>();

  /// Of every figure there ever was; nearly always just one.
  private final Set<Unit> unitsEver = new HashSet<>(2);

  private final Map<DailyKey, DailySums> dailySums = new HashMap<>();
  private final ChargedSum chargedSum = new ChargedSum();

  /// How many charges are gone from their sources' answers, whenever they were for; nearly always
  /// none.
  private int vanishedFigures;

  private Duration bucket = Duration.ZERO;
  private long revision;
  private final int minute;

  BudgetSeries(Dimensions labels) {
    this.labels = labels;
    this.minute = Math.floorMod(labels.toString().hashCode(), 60);
  }

  /// What tells the parts of a budget apart: where a figure comes from and what it is of.
  private record Part(String source, Dimensions dimensions, Unit unit, ChargePeriod period) {}

  /// @param revision counts the states of the charge, from 1
  private record Figure(Charge charge, boolean vanished, Instant knownAt, int revision) {}

  private record DailyKey(Unit unit, boolean gross) {}

  private static final class Quota {
    final Counter counter = new Counter();
    Optional<BigDecimal> limit = Optional.empty();
    boolean vanished;
    Instant periodStart = Instant.MIN;
    Instant knownAt = Instant.MIN;
    int revision;
  }

  public Dimensions labels() {
    return labels;
  }

  /// A minute of the hour, from 0 to 59, that is this budget's own: what is done for every budget
  /// once an hour is spread by it.
  public int minute() {
    return minute;
  }

  /// Counts the changes: as long as it stays the same every answer does.
  public long revision() {
    return revision;
  }

  void accept(ChargeRevision changed) {
    revision++;
    Charge charge = changed.charge();
    unitsEver.add(charge.unit());
    var part = new Part(charge.source(), charge.dimensions(), charge.unit(), charge.period());
    var sameStart = figures.computeIfAbsent(charge.period().start(), start -> new HashMap<>());
    Figure former = sameStart.get(part);
    int count = former == null ? 1 : former.revision() + 1;
    sameStart.put(part, new Figure(charge, changed.vanished(), changed.knownAt(), count));
    chargedSum.changed(charge, former == null);
    vanishedFigures += changed.vanished() ? 1 : 0;
    vanishedFigures -= former != null && former.vanished() ? 1 : 0;
    if (former != null && isRestatement(former.charge(), changed)) {
      restated.add(Day.of(charge.period().start()));
    }
    if (isRunningTotal(charge.period())) {
      if (!changed.vanished()) {
        var known = former == null ? BigDecimal.ZERO : former.charge().net();
        acceptRunningTotal(charge, changed.knownAt(), known);
      }
      return;
    }
    long day = Math.floorDiv(charge.period().start().getEpochSecond(), DAY);
    dailySums.values().forEach(sums -> sums.changed(day));
    if (charge.period().length().compareTo(bucket) > 0) {
      bucket = charge.period().length();
    }
  }

  /// Whether a figure changed that had long looked final; before that providers are still counting.
  private static boolean isRestatement(Charge before, ChargeRevision changed) {
    Charge charge = changed.charge();
    boolean changes =
        before.net().compareTo(charge.net()) != 0
            || !before.gross().equals(charge.gross())
            || changed.vanished();
    return changes && changed.knownAt().isAfter(charge.period().end().plus(SETTLING));
  }

  private void acceptRunningTotal(Charge charge, Instant knownAt, BigDecimal knownBefore) {
    // One counter through all windows: what tells the windows apart is left out of its key.
    var key = new Part(charge.source(), charge.dimensions(), charge.unit(), RUNNING);
    runningTotals
        .computeIfAbsent(key, k -> new RunningTotal())
        .accept(charge, knownAt, knownBefore);
  }

  private static final ChargePeriod RUNNING = new ChargePeriod(Instant.MIN, Instant.MAX);

  /// @param periodStart the start of the budget period the revision was known in
  void accept(QuotaRevision changed, Instant periodStart) {
    revision++;
    QuotaReading reading = changed.reading();
    unitsEver.add(reading.unit());
    var part = new Part(reading.source(), reading.scope(), reading.unit(), RUNNING);
    Quota quota = quotas.computeIfAbsent(part, k -> new Quota());
    quota.vanished = changed.vanished();
    quota.knownAt = changed.knownAt();
    quota.revision++;
    if (!changed.vanished()) {
      quota.limit = reading.limit();
      quota.counter.append(
          changed.knownAt(), reading.consumed(), quota.periodStart.isBefore(periodStart));
      quota.periodStart = periodStart;
    }
  }

  void expectEstimates(String source) {
    revision++;
    estimates.expect(source);
  }

  void accept(String source, Estimate estimate) {
    revision++;
    estimates.put(source, estimate);
  }

  void accept(ReportRevision changed) {
    revision++;
    ReportStatus status = changed.status();
    reports.put(status.source() + "/" + status.id(), status);
  }

  /// The newest state of each report task of this budget.
  public Collection<ReportStatus> reports() {
    return reports.values();
  }

  static boolean isRunningTotal(ChargePeriod period) {
    return period.length().compareTo(LONGEST_BUCKET) > 0;
  }

  /// The longest span of its charges up to a day; zero where only counters and running totals make
  /// it up, which are as fine as the polls.
  public Duration resolution() {
    return bucket;
  }

  /// The units of the charges that start in `span`, or of the counters.
  public Set<Unit> units(ChargePeriod span) {
    if (unitsEver.size() == 1) {
      boolean holdsAny = !quotas.isEmpty() || !runningTotals.isEmpty() || isChargedIn(span);
      return holdsAny ? Set.of(unitsEver.iterator().next()) : Set.of();
    }
    var units = new TreeSet<Unit>();
    quotas.keySet().forEach(part -> units.add(part.unit()));
    in(span).forEach((start, parts) -> parts.keySet().forEach(part -> units.add(part.unit())));
    runningTotals.keySet().forEach(part -> units.add(part.unit()));
    return units;
  }

  private boolean isChargedIn(ChargePeriod span) {
    Instant first = figures.ceilingKey(span.start());
    return first != null && first.isBefore(span.end());
  }

  /// What was spent in `span`, in `unit`: the provider's counter where there is one, else the
  /// charges that start in the span and, of running totals that began before it, what they have
  /// grown since it began.
  public BigDecimal spent(ChargePeriod span, Unit unit, boolean gross) {
    BigDecimal sum = BigDecimal.ZERO;
    if (!quotas.isEmpty()) {
      for (var entry : quotas.entrySet()) {
        BigDecimal consumed = entry.getValue().counter.value();
        if (consumed != null && entry.getKey().unit().equals(unit)) {
          sum = sum.add(consumed);
        }
      }
      return sum;
    }
    return chargedSum
        .of(span, unit, gross, () -> chargedIn(span, unit, gross))
        .add(grownIn(span, unit));
  }

  private BigDecimal chargedIn(ChargePeriod span, Unit unit, boolean gross) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Map<Part, Figure> parts : in(span).values()) {
      for (Figure figure : parts.values()) {
        if (figure.charge().unit().equals(unit)) {
          sum = sum.add(value(figure.charge(), gross));
        }
      }
    }
    return sum;
  }

  /// Of running totals whose window began before `span`: their growth seen inside it.
  private BigDecimal grownIn(ChargePeriod span, Unit unit) {
    BigDecimal sum = BigDecimal.ZERO;
    var before = figures.headMap(span.start(), false);
    if (runningTotals.isEmpty() || before.isEmpty()) {
      return sum;
    }
    for (var entry : runningTotals.entrySet()) {
      Part part = entry.getKey();
      // Windows that began inside the span are charges of the span: of this one only what it had
      // grown by its own end.
      Optional<Instant> windowEnd =
          before.values().stream()
              .flatMap(parts -> parts.keySet().stream())
              .filter(p ->
                  p.unit().equals(unit)
                      && p.unit().equals(part.unit())
                      && p.dimensions().equals(part.dimensions())
                      && p.source().equals(part.source()))
              .map(p -> p.period().end())
              .max(Comparator.naturalOrder())
              .filter(end -> end.isAfter(span.start()));
      if (windowEnd.isPresent()) {
        Instant until = windowEnd.get().isBefore(span.end()) ? windowEnd.get() : span.end();
        // Steps are dated to the millisecond; one at an end belongs to what comes then.
        sum =
            sum.add(
                entry
                    .getValue()
                    .grown()
                    .exactIncrease(span.start().minusMillis(1), until.minusMillis(1)));
      }
    }
    return sum;
  }

  /// The provider's own limit: the sum over this budget's counters; empty when one of them is not
  /// known.
  public Optional<BigDecimal> quotaLimit() {
    BigDecimal sum = BigDecimal.ZERO;
    for (Quota quota : quotas.values()) {
      if (quota.limit.isEmpty()) {
        return Optional.empty();
      }
      sum = sum.add(quota.limit.get());
    }
    return quotas.isEmpty() ? Optional.empty() : Optional.of(sum);
  }

  public boolean hasFigures() {
    return !figures.isEmpty() || !quotas.isEmpty() || !reports.isEmpty();
  }

  /// Whether the newest reading still holds what this budget had in `span`.
  public DataState completeness(ChargePeriod span) {
    int present = 0;
    int vanished = 0;
    for (Quota quota : quotas.values()) {
      if (quota.vanished) {
        vanished++;
      } else {
        present++;
      }
    }
    if (vanished == 0 && vanishedFigures == 0) {
      return DataState.FRESH;
    }
    for (Map<Part, Figure> parts : in(span).values()) {
      for (Figure figure : parts.values()) {
        if (figure.vanished()) {
          vanished++;
        } else {
          present++;
        }
      }
    }
    if (vanished == 0) {
      return DataState.FRESH;
    }
    return present == 0 ? DataState.MISSING : DataState.PARTIAL;
  }

  /// How fast it is being spent.
  ///
  /// @param now the window ends here for running totals, and at the last whole bucket before
  ///   `dataAsOf` for daily charges Where a source makes estimates, a window shorter than its
  ///   bucket is answered by them, over whole hours: NaN while they are not known.
  ///
  /// @param unit only charges in this unit count
  public Pace pace(Duration window, Instant now, Instant dataAsOf, Unit unit, boolean gross) {
    double running = 0;
    Instant from = now.minus(window);
    for (var entry : runningTotals.entrySet()) {
      if (entry.getKey().unit().equals(unit)) {
        running += entry.getValue().grown().increase(from, now);
      }
    }
    for (var entry : quotas.entrySet()) {
      if (entry.getKey().unit().equals(unit)) {
        running += entry.getValue().counter.increase(from, now);
      }
    }
    double perSecond = Math.max(0, running) / seconds(window);
    if (bucket.isZero()) {
      return new Pace(perSecond, window, Optional.empty(), false);
    }
    boolean isEstimated = window.compareTo(bucket) < 0 && !estimates.areNone();
    ChargePeriod buckets = wholeBuckets(window, dataAsOf);
    double inBuckets = 0;
    for (Map<Part, Figure> parts : in(buckets).values()) {
      for (Figure figure : parts.values()) {
        Charge charge = figure.charge();
        boolean isCounted = !isEstimated || !estimates.speakFor(charge.source());
        if (isCounted && charge.unit().equals(unit) && !isRunningTotal(charge.period())) {
          inBuckets += value(charge, gross).doubleValue();
        }
      }
    }
    perSecond += Math.max(0, inBuckets) / seconds(buckets.length());
    if (isEstimated) {
      perSecond += estimates.perSecond(window, dataAsOf, unit, gross).orElse(Double.NaN);
    }
    Optional<ChargePeriod> billed = isEstimated ? Optional.empty() : Optional.of(buckets);
    return new Pace(perSecond, window, billed, isEstimated);
  }

  /// The whole buckets nearest to `window`: as many as it is long, at least one, the newest that
  /// ended by `dataAsOf`.
  private ChargePeriod wholeBuckets(Duration window, Instant dataAsOf) {
    long length = Math.max(1, bucket.toSeconds());
    long count = Math.max(1, Math.round(seconds(window) / length));
    long end = Math.floorDiv(dataAsOf.getEpochSecond(), length) * length;
    return new ChargePeriod(
        Instant.ofEpochSecond(end - count * length), Instant.ofEpochSecond(end));
  }

  /// When, if nothing new comes, a figure leaves the window that ends at `now`, so that [#pace]
  /// answers otherwise from then on; [Instant#MAX] when the window has nothing to lose.
  public Instant stepLeaves(Duration window, Instant now) {
    Instant earliest = Instant.MAX;
    for (RunningTotal total : runningTotals.values()) {
      earliest = earlier(earliest, total.grown().stepAfter(now.minus(window)));
    }
    for (Quota quota : quotas.values()) {
      earliest = earlier(earliest, quota.counter.stepAfter(now.minus(window)));
    }
    return earliest.equals(Instant.MAX) ? earliest : earliest.plus(window);
  }

  /// How new data must be for [#pace] to count other buckets than it does up to `dataAsOf`.
  public Instant nextBucket(Instant dataAsOf) {
    if (bucket.isZero()) {
      return Instant.MAX;
    }
    Instant next = endAfter(dataAsOf, bucket);
    return estimates.areNone() ? next : earlier(next, endAfter(dataAsOf, Duration.ofHours(1)));
  }

  private static Instant endAfter(Instant dataAsOf, Duration bucket) {
    long length = Math.max(1, bucket.toSeconds());
    return Instant.ofEpochSecond((Math.floorDiv(dataAsOf.getEpochSecond(), length) + 1) * length);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /// A pace and how it was measured.
  ///
  /// @param perSecond units a second; never negative; NaN while it is not known
  /// @param window as it was asked for
  /// @param buckets the whole buckets it was measured over, where the source's resolution made that
  ///   necessary and nothing is estimated
  /// @param estimated it rests, wholly or in part, on what sources estimate inside the day
  public record Pace(
      double perSecond, Duration window, Optional<ChargePeriod> buckets, boolean estimated) {}

  /// What was spent on each UTC day from the day of `from` to the day of `to`: charges by the day
  /// they are for, running totals and counters by when they grew. For forecasts.
  public double[] daily(Instant from, Instant to, Unit unit, boolean gross) {
    long first = Math.floorDiv(from.getEpochSecond(), DAY);
    long last = Math.floorDiv(to.getEpochSecond(), DAY);
    var days = new double[(int) (last - first + 1)];
    if (!figures.isEmpty()) {
      dailySums
          .computeIfAbsent(
              new DailyKey(unit, gross), key -> new DailySums(day -> chargedOn(day, unit, gross)))
          .copyTo(days, first);
    }
    runningTotals.forEach((part, total) -> {
      if (part.unit().equals(unit)) {
        total.grown().addDaily(days, first);
      }
    });
    quotas.forEach((part, quota) -> {
      if (part.unit().equals(unit)) {
        quota.counter.addDaily(days, first);
      }
    });
    return days;
  }

  private double chargedOn(long day, Unit unit, boolean gross) {
    var span =
        new ChargePeriod(Instant.ofEpochSecond(day * DAY), Instant.ofEpochSecond((day + 1) * DAY));
    double sum = 0;
    for (Map<Part, Figure> parts : in(span).values()) {
      for (Figure figure : parts.values()) {
        Charge charge = figure.charge();
        if (charge.unit().equals(unit) && !isRunningTotal(charge.period())) {
          sum += value(charge, gross).doubleValue();
        }
      }
    }
    return sum;
  }

  /// [#daily] to the last digit, for people: of the first and the last day only what lies in
  /// `span`.
  public List<Day> days(ChargePeriod span, Unit unit, boolean gross) {
    var charged = new HashMap<LocalDate, BigDecimal>();
    for (Map<Part, Figure> parts : in(span).values()) {
      for (Figure figure : parts.values()) {
        Charge charge = figure.charge();
        if (charge.unit().equals(unit) && !isRunningTotal(charge.period())) {
          charged.merge(Day.of(charge.period().start()), value(charge, gross), BigDecimal::add);
        }
      }
    }
    return Day.each(
        span,
        (day, from, to) -> {
          BigDecimal spent = charged.getOrDefault(day, BigDecimal.ZERO).add(grown(from, to, unit));
          return new Day(day, spent, restated.contains(day) || spent.signum() < 0);
        });
  }

  private BigDecimal grown(Instant from, Instant to, Unit unit) {
    BigDecimal sum = BigDecimal.ZERO;
    for (var entry : runningTotals.entrySet()) {
      if (entry.getKey().unit().equals(unit)) {
        sum = sum.add(entry.getValue().grown().exactIncrease(from, to));
      }
    }
    for (var entry : quotas.entrySet()) {
      if (entry.getKey().unit().equals(unit)) {
        sum = sum.add(entry.getValue().counter.exactIncrease(from, to));
      }
    }
    return sum;
  }

  /// What each source's daily charges that start in `span` come to. For forecasts.
  public Map<String, Double> bySource(ChargePeriod span, Unit unit) {
    var sums = new TreeMap<String, Double>();
    for (Map<Part, Figure> parts : in(span).values()) {
      for (Figure figure : parts.values()) {
        Charge charge = figure.charge();
        if (charge.unit().equals(unit) && !isRunningTotal(charge.period())) {
          sums.merge(charge.source(), charge.net().doubleValue(), Double::sum);
        }
      }
    }
    return sums;
  }

  /// Whether it is billed by the day, so that the newest days are provisional; counters are final
  /// as they are read.
  public boolean billedByDay() {
    return !bucket.isZero();
  }

  /// The parts of what was spent in `span`, largest first.
  public List<Contribution> contributions(ChargePeriod span, Unit unit, boolean gross, int most) {
    var sums = new HashMap<Dimensions, BigDecimal>();
    for (Map<Part, Figure> parts : in(span).values()) {
      for (Figure figure : parts.values()) {
        if (figure.charge().unit().equals(unit)) {
          sums.merge(figure.charge().dimensions(), value(figure.charge(), gross), BigDecimal::add);
        }
      }
    }
    return sums.entrySet().stream()
        .map(e -> new Contribution(e.getKey(), e.getValue()))
        .filter(c -> c.spent().signum() != 0)
        .sorted(
            Comparator.comparing(Contribution::spent)
                .reversed()
                .thenComparing(c -> c.dimensions().toString()))
        .limit(most)
        .toList();
  }

  public record Contribution(Dimensions dimensions, BigDecimal spent) {}

  /// One figure behind what was spent.
  ///
  /// @param period what the figure is for; empty for a provider's counter, which has no span of its
  ///   own
  /// @param value net or gross, as the budget counts
  /// @param limit of a counter, where the provider says one
  /// @param vanished the newest reading no longer held it
  /// @param revision counts the states of the figure, from 1
  /// @param knownAt since when this state is known
  public record Input(
      String source,
      Dimensions dimensions,
      Optional<ChargePeriod> period,
      Unit unit,
      BigDecimal value,
      Optional<BigDecimal> limit,
      boolean vanished,
      int revision,
      Instant knownAt) {}

  /// Every figure behind [#spent], in any unit: the provider's counters, otherwise the charges that
  /// start in `span`, oldest first.
  public List<Input> inputs(ChargePeriod span, boolean gross) {
    if (!quotas.isEmpty()) {
      return quotas.entrySet().stream()
          .filter(entry -> entry.getValue().counter.value() != null)
          .map(entry -> input(entry.getKey(), entry.getValue()))
          .sorted(Comparator.comparing(input -> input.dimensions().toString()))
          .toList();
    }
    return in(span).values().stream()
        .flatMap(parts -> parts.values().stream())
        .map(figure -> input(figure, gross))
        .sorted(
            Comparator.comparing((Input input) -> input.period().orElseThrow().start())
                .thenComparing(input -> input.dimensions().toString())
                .thenComparing(Input::unit))
        .toList();
  }

  private static Input input(Part part, Quota quota) {
    return new Input(
        part.source(),
        part.dimensions(),
        Optional.empty(),
        part.unit(),
        Optional.ofNullable(quota.counter.value()).orElse(BigDecimal.ZERO),
        quota.limit,
        quota.vanished,
        quota.revision,
        quota.knownAt);
  }

  private static Input input(Figure figure, boolean gross) {
    Charge charge = figure.charge();
    return new Input(
        charge.source(),
        charge.dimensions(),
        Optional.of(charge.period()),
        charge.unit(),
        value(charge, gross),
        Optional.empty(),
        figure.vanished(),
        figure.revision(),
        figure.knownAt());
  }

  /// Forgets counters that have been gone since before `periodStart`: a member removed in an
  /// earlier period no longer has a budget in this one.
  void dropVanishedBefore(Instant periodStart) {
    Predicate<Quota> gone = quota -> quota.vanished && quota.periodStart.isBefore(periodStart);
    if (quotas.values().removeIf(gone)) {
      revision++;
    }
  }

  private NavigableMap<Instant, Map<Part, Figure>> in(ChargePeriod span) {
    return figures.isEmpty() ? figures : figures.subMap(span.start(), true, span.end(), false);
  }

  static BigDecimal value(Charge charge, boolean gross) {
    return gross ? charge.gross().orElse(charge.net()) : charge.net();
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
