package dev.spendwarden.simulation;

import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.policy.PeriodSpec.Every;
import dev.spendwarden.simulation.Plan.Line;
import dev.spendwarden.simulation.Plan.Watched;
import dev.spendwarden.simulation.Providers.Answer;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Says what should be true. It knows the last answer of each provider that was taken in and the
/// instants at which somebody looked, and nothing of ledgers, life cycles and rule states: whether
/// a rule fires is read off the history of its being true and false.
final class Oracle {

  private record Period(LocalDate first, LocalDate after) {
    boolean contains(Instant instant) {
      return !instant.isBefore(start()) && instant.isBefore(end());
    }

    Instant start() {
      return first.atStartOfDay().toInstant(ZoneOffset.UTC);
    }

    Instant end() {
      return after.atStartOfDay().toInstant(ZoneOffset.UTC);
    }
  }

  private record Budget(String policy, String label) {}

  private record Sum(String policy, String label, LocalDate period) {}

  /// A time through which every look found the same.
  private record Streak(boolean breached, Instant first, Instant last) {}

  /// What looks at a budget found within one period, by rule.
  private static final class History {
    final LocalDate period;
    final Map<String, List<Streak>> streaks = new HashMap<>();

    History(LocalDate period) {
      this.period = period;
    }
  }

  private final Map<String, Answer> latest = new HashMap<>();
  private final Map<String, Reading> good = new HashMap<>();
  private final Map<String, Set<String>> seen = new HashMap<>();
  private final Map<Budget, History> histories = new HashMap<>();

  /// Sums that were made since the last answer.
  private final Map<Sum, BigDecimal> sums = new HashMap<>();

  /// Labels of policies, as of the last answer.
  private final Map<String, Set<String>> labels = new HashMap<>();

  private Map<String, Watched> watched = Map.of();
  private List<GrantedWaiver> waivers = List.of();

  // What happens.

  /// The answer was taken in for good.
  void answered(Answer answer) {
    latest.put(answer.source(), answer);
    sums.clear();
    labels.clear();
    if (answer instanceof Answer.Complete(var reading)) {
      good.put(reading.source(), reading);
      Set<String> labels = seen.computeIfAbsent(reading.source(), source -> new TreeSet<>());
      reading.charges().forEach(charge -> labels.add(label(charge.dimensions())));
      reading.quotas().forEach(quota -> labels.add(label(quota.scope())));
    }
  }

  /// A plan came in force. What was seen of a policy that is new or rewritten no longer counts.
  void configured(Plan plan) {
    var next = new TreeMap<String, Watched>();
    plan.watched().forEach(one -> next.put(one.name(), one));
    histories
        .keySet()
        .removeIf(budget -> {
          @Nullable Watched now = next.get(budget.policy());
          return now == null || !now.equals(watched.get(budget.policy()));
        });
    watched = next;
    labels.clear();
  }

  void waived(Collection<GrantedWaiver> granted) {
    waivers = List.copyOf(granted);
  }

  /// Somebody looked at everything.
  void looked(Instant now) {
    for (Watched one : watched.values()) {
      for (String label : labels(one)) {
        if (!isHeld(one, label, now)) {
          History history = history(one, label, now);
          double used = used(one, label, period(one, now), now);
          for (Line line : one.lines()) {
            List<Streak> streaks =
                history.streaks.computeIfAbsent(line.rule(), rule -> new ArrayList<>());
            extend(streaks, used >= line.threshold(), now);
          }
        }
      }
    }
  }

  // What should be.

  Collection<Watched> watched() {
    return watched.values();
  }

  /// The rules that must fire if somebody looks now; empty: nothing may change.
  Optional<Set<String>> firing(Watched one, String label, Instant now) {
    if (isHeld(one, label, now)) {
      return Optional.empty();
    }
    History history = history(one, label, now);
    var firing = new TreeSet<String>();
    double used = used(one, label, period(one, now), now);
    for (Line line : one.lines()) {
      List<Streak> streaks = history.streaks.getOrDefault(line.rule(), List.of());
      if (fires(line, streaks, used >= line.threshold(), now)) {
        firing.add(line.rule());
      }
    }
    return Optional.of(firing);
  }

  /// What looks found of a budget in this period, for people.
  String story(Watched one, String label, Instant now) {
    return history(one, label, now).streaks.toString();
  }

  /// From the newest streak backwards: whichever comes first, a breach that lasted or a calm that
  /// lasted, decides. The newest lasts until now, or begins now.
  private static boolean fires(Line line, List<Streak> streaks, boolean breachedNow, Instant now) {
    boolean goesOn = !streaks.isEmpty() && streaks.getLast().breached() == breachedNow;
    if (!goesOn && lasted(line, breachedNow, Duration.ZERO)) {
      return breachedNow;
    }
    for (Streak streak : streaks.reversed()) {
      Instant end = goesOn ? now : streak.last();
      goesOn = false;
      if (lasted(line, streak.breached(), Duration.between(streak.first(), end))) {
        return streak.breached();
      }
    }
    return false;
  }

  private static boolean lasted(Line line, boolean breached, Duration length) {
    return length.compareTo(breached ? line.holdFor() : line.keepFiringFor()) >= 0;
  }

  /// The budgets of a policy, by their label; a policy without `per` has the one of "".
  Set<String> labels(Watched one) {
    return labels.computeIfAbsent(
        one.name(),
        policy -> {
          var all = new TreeSet<String>();
          one.sources().forEach(source -> all.addAll(seen.getOrDefault(source, Set.of())));
          return one.per().isPresent() || all.isEmpty() ? all : Set.of("");
        });
  }

  /// Whether what is known is too little to change anything.
  boolean isHeld(Watched one, String label, Instant now) {
    Period period = period(one, now);
    for (String source : one.sources()) {
      @Nullable Reading reading = good.get(source);
      if (!(latest.get(source) instanceof Answer.Complete)
          || reading == null
          || reading.asOf().isBefore(period.start())
          || !now.isBefore(reading.asOf().plus(Plan.SOURCES.get(source).maxAge()))) {
        return true;
      }
    }
    return one.isQuota() && counter(label).isEmpty();
  }

  /// Whether charges of the closed periods take the budget over some rule.
  boolean isBreachedIn(Watched one, String label, Instant periodStart, Instant now) {
    double used = used(one, label, period(one, periodStart), now);
    return one.lines().stream().anyMatch(line -> used >= line.threshold());
  }

  private double used(Watched one, String label, Period period, Instant now) {
    if (one.isQuota()) {
      QuotaReading quota = counter(label).orElseThrow();
      return ratio(quota.consumed(), quota.limit().orElseThrow());
    }
    BigDecimal spent =
        sums.computeIfAbsent(
            new Sum(one.name(), label, period.first()), sum -> spent(one, label, period));
    BigDecimal limit = one.limit().orElseThrow();
    for (GrantedWaiver granted : waivers) {
      if (granted.policy().equals(one.name()) && now.isBefore(granted.waiver().until())) {
        limit =
            limit.add(granted.waiver().raise().map(raise -> raise.value()).orElse(BigDecimal.ZERO));
      }
    }
    return ratio(spent, limit);
  }

  private BigDecimal spent(Watched one, String label, Period period) {
    BigDecimal spent = BigDecimal.ZERO;
    for (String source : one.sources()) {
      @Nullable Reading reading = good.get(source);
      // Of a source that never answered nothing is known, and a late charge of another may be
      // enough.
      List<Charge> charges = reading == null ? List.of() : reading.charges();
      for (Charge charge : charges) {
        boolean mine = one.per().isEmpty() || label(charge.dimensions()).equals(label);
        if (mine && period.contains(charge.period().start())) {
          spent = spent.add(charge.net());
        }
      }
    }
    return spent;
  }

  private static double ratio(BigDecimal spent, BigDecimal limit) {
    return spent.doubleValue() / limit.doubleValue();
  }

  private Optional<QuotaReading> counter(String user) {
    return good.get(Plan.COUNTER).quotas().stream()
        .filter(quota -> label(quota.scope()).equals(user))
        .findFirst();
  }

  private History history(Watched one, String label, Instant now) {
    LocalDate first = period(one, now).first();
    return histories.compute(
        new Budget(one.name(), label),
        (budget, known) ->
            known == null || !known.period.equals(first) ? new History(first) : known);
  }

  private static void extend(List<Streak> streaks, boolean breached, Instant now) {
    if (!streaks.isEmpty() && streaks.getLast().breached() == breached) {
      streaks.set(streaks.size() - 1, new Streak(breached, streaks.getLast().first(), now));
    } else {
      streaks.add(new Streak(breached, now, now));
    }
  }

  private static Period period(Watched one, Instant now) {
    LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
    if (one.period() == Every.WEEK) {
      LocalDate monday = day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      return new Period(monday, monday.plusDays(7));
    }
    LocalDate first = day.withDayOfMonth(1);
    return new Period(first, first.plusMonths(1));
  }

  static String label(Dimensions dimensions) {
    return dimensions.get(Dimension.USER).or(() -> dimensions.get(Dimension.WORKSPACE)).orElse("");
  }

  /// Whether the last poll of a source was complete.
  boolean answers(String source) {
    return latest.get(source) instanceof Answer.Complete;
  }

  /// When the newest good data of a source was asked for.
  Optional<Instant> dataAsOf(String source) {
    return Optional.ofNullable(good.get(source)).map(Reading::asOf);
  }
}
