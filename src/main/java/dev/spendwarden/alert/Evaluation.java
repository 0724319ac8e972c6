package dev.spendwarden.alert;

import dev.spendwarden.alert.Lifecycle.Span;
import dev.spendwarden.alert.Lifecycle.Step;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.ledger.View;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Evaluator;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Periods;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The pure core held together: readings, failures and the passing of time in; revisions, alert
/// changes and transitions out. The daemon, policy tests and backtests all run this class; only
/// where time and readings come from differs. It changes its own memory at once and leaves storing
/// to its owner: when an outcome cannot be stored, throw the instance away and restore another one
/// from the store. Not thread-safe.
public final class Evaluation {

  /// Closed periods stay open to late charges this long.
  public static final Duration OPEN_TO_RESTATEMENT = Duration.ofDays(7);

  private final Ledger ledger = new Ledger();
  private final Evaluator evaluator;
  private final Map<String, Watch> watches = new LinkedHashMap<>();
  private Consumer<Assessment> observer = assessment -> {};

  /// One policy, its view on the ledger and its budgets.
  private record Watch(Policy policy, View view, Map<Dimensions, BudgetWatch> budgets) {
    boolean selects(String source) {
      return policy.selection().sources().contains(source);
    }
  }

  public Evaluation(Collection<Policy> policies, Collection<SourceTerms> terms) {
    this.evaluator =
        new Evaluator(
            ledger, terms.stream().collect(Collectors.toMap(SourceTerms::name, term -> term)));
    for (Policy policy : policies) {
      var view =
          new View(
              policy.selection(),
              at -> Periods.current(policy.period(), policy.zone(), at).start());
      terms.stream()
          .filter(SourceTerms::estimates)
          .forEach(source -> view.expectEstimates(source.name()));
      view.openWhole();
      ledger.register(view);
      watches.put(policy.name(), new Watch(policy, view, new LinkedHashMap<>()));
    }
  }

  // Restoring, before the first look.

  /// Takes in what was known before: call in the order in which it was known.
  public void restore(Posting posting) {
    ledger.apply(posting);
    watches.values().forEach(watch -> watch.view().takeTouched());
  }

  public void restore(SourceStatus status) {
    ledger.put(status);
  }

  /// Takes in stored alerts, ends those whose policy has changed or gone since, and looks at every
  /// budget: what ran out while nobody was looking happens now.
  ///
  /// @return what that changed, to be stored before anything else is looked at
  public Outcome restore(Collection<Alert> alerts, Instant now) {
    var outcome = new Outcome.Builder();
    for (Alert alert : alerts) {
      @Nullable Watch watch = watches.get(alert.policy());
      boolean live = alert.state() != Alert.State.RESOLVED;
      if (watch == null || !watch.policy().fingerprint().equals(alert.policyFingerprint())) {
        if (live) {
          var reason = watch == null ? Alert.Reason.POLICY_REMOVED : Alert.Reason.POLICY_CHANGED;
          end(alert, watch, reason, now, outcome);
        }
        if (watch == null || live) {
          continue;
        }
      }
      budget(watch, alert.budgetLabels()).put(alert);
    }
    closePeriods(now, outcome);
    for (Watch watch : watches.values()) {
      watch.view().series().forEach(series -> look(watch, series, now, outcome));
    }
    return outcome.build();
  }

  private void end(
      Alert alert,
      @Nullable Watch watch,
      Alert.Reason reason,
      Instant now,
      Outcome.Builder outcome) {
    Policy policy = watch == null ? Policy.removed(alert.policy()) : watch.policy();
    Assessment last =
        Assessment.none(alert.budgetLabels(), policy, alert.periodStart(), alert.periodEnd(), now);
    Step step = Lifecycle.resolve(alert, policy, last, reason, now);
    step.alert().ifPresentOrElse(outcome::changed, () -> outcome.forgotten(alert));
    step.transition().ifPresent(outcome::transition);
    if (watch != null) {
      step.alert().ifPresent(ended -> budget(watch, alert.budgetLabels()).put(ended));
    }
  }

  // Looking.

  /// A source answered completely.
  public Outcome accept(Reading reading, Instant now) {
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    Posting posting = ledger.prepare(reading, now);
    ledger.apply(posting);
    reading.estimate().ifPresent(estimate -> ledger.show(reading.source(), estimate));
    outcome.posting(posting);
    put(ledger.status(reading.source()).succeeded(reading.asOf()), outcome);
    lookAtAll(reading.source(), now, outcome);
    late(posting, now, outcome);
    return outcome.build();
  }

  /// Report tasks of a source are news before there is a reading: an export in the making, or one
  /// that failed. The source's data grows neither fresher nor older by it.
  public Outcome reported(String source, List<ReportStatus> reports, Instant now) {
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    Posting posting = ledger.prepare(source, reports, now);
    ledger.apply(posting);
    outcome.posting(posting);
    lookAtAll(source, now, outcome);
    return outcome.build();
  }

  /// A poll failed: everything that needs this source is held.
  ///
  /// @param reason the failure's wire word
  public Outcome failed(String source, String reason, Instant now) {
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    SourceStatus before = ledger.status(source);
    SourceStatus after = before.failed(reason, now);
    if (!after.equals(before)) {
      put(after, outcome);
    }
    lookAtAll(source, now, outcome);
    return outcome.build();
  }

  /// Takes in a posting as it was stored, at the instant at which it became known: what [#accept]
  /// makes of the reading it came from, except that only the budgets it touched are looked at. For
  /// walks through a long history; see [#lookAtMoving].
  public Outcome replay(Posting posting) {
    Instant now = posting.knownAt();
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    ledger.apply(posting);
    put(ledger.status(posting.source()).succeeded(now), outcome);
    for (Watch watch : watches.values()) {
      for (Dimensions labels : watch.view().takeTouched()) {
        watch.view().series(labels).ifPresent(series -> look(watch, series, now, outcome));
      }
    }
    late(posting, now, outcome);
    return outcome.build();
  }

  /// Looks at the budgets whose rules may come out otherwise though no figure changed.
  ///
  /// @param onlyQuick leaves out those without a pending or firing alert, and those of daily
  ///   charges, for which an hour changes next to nothing
  public Outcome lookAtMoving(Instant now, boolean onlyQuick) {
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    for (Watch watch : watches.values()) {
      if (movesWithTime(watch.policy())) {
        for (BudgetSeries series : List.copyOf(watch.view().series())) {
          boolean quick =
              series.resolution().isZero() && budget(watch, series.labels()).live().isPresent();
          if (!onlyQuick || quick) {
            look(watch, series, now, outcome);
          }
        }
      }
    }
    return outcome.build();
  }

  private static boolean movesWithTime(Policy policy) {
    return policy.period() instanceof PeriodSpec.Rolling
        || policy.selection().kind() == Selection.Kind.REPORTS
        || policy.rules().stream().anyMatch(rule -> rule.when().movesWithTime());
  }

  /// Hears of every assessment that is made from now on.
  public void observe(Consumer<Assessment> observer) {
    this.observer = observer;
  }

  /// Time has passed: timers that ran out, data that went stale, periods that ended.
  public Outcome tick(Instant now) {
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    for (Watch watch : watches.values()) {
      for (BudgetWatch budget : List.copyOf(watch.budgets().values())) {
        if (!budget.wakeAt.isAfter(now)) {
          watch.view().series(budget.budget.labels()).ifPresent(s -> look(watch, s, now, outcome));
        }
      }
    }
    return outcome.build();
  }

  /// When [#tick] must be called next if nothing is read before.
  public Instant nextWakeUp() {
    Instant next = Instant.MAX;
    for (Watch watch : watches.values()) {
      for (BudgetWatch budget : watch.budgets().values()) {
        next = budget.wakeAt.isBefore(next) ? budget.wakeAt : next;
      }
    }
    return next;
  }

  private void put(SourceStatus status, Outcome.Builder outcome) {
    ledger.put(status);
    outcome.status(status);
  }

  private void lookAtAll(String source, Instant now, Outcome.Builder outcome) {
    for (Watch watch : watches.values()) {
      if (watch.selects(source)) {
        watch.view().takeTouched();
        watch.view().series().forEach(series -> look(watch, series, now, outcome));
      }
    }
  }

  private void look(Watch watch, BudgetSeries series, Instant now, Outcome.Builder outcome) {
    Policy policy = watch.policy();
    Period period = Periods.current(policy.period(), policy.zone(), now);
    BudgetWatch budget = budget(watch, series.labels());
    Assessment assessment = evaluator.assess(policy, budget.budget, series, period, now);
    budget.latest = assessment;
    observer.accept(assessment);
    Span span = span(policy, period);
    Step step =
        Lifecycle.next(budget.live(), budget.resolvedIn(span.start()), policy, assessment, span);
    apply(budget, step, outcome);
    budget.wakeAt = wakeAt(policy, budget, span, now);
  }

  private static void apply(BudgetWatch budget, Step step, Outcome.Builder outcome) {
    Optional<Alert> before = budget.live();
    if (step.alert().isPresent()) {
      Alert after = step.alert().get();
      if (!before.equals(step.alert())) {
        budget.put(after);
        outcome.changed(after);
      }
    } else if (before.isPresent()) {
      budget.dropLive();
      outcome.forgotten(before.get());
    }
    step.transition().ifPresent(outcome::transition);
  }

  private Instant wakeAt(Policy policy, BudgetWatch budget, Span span, Instant now) {
    var times = new ArrayList<Instant>();
    times.add(span.end());
    evaluator.staleAt(policy).ifPresent(times::add);
    budget.live().flatMap(alert -> Lifecycle.nextTimer(alert, policy)).ifPresent(times::add);
    return times.stream().filter(at -> at.isAfter(now)).min(Instant::compareTo).orElse(Instant.MAX);
  }

  /// Ends alerts whose period is over, held or not: by the calendar, at the period's end.
  private void closePeriods(Instant now, Outcome.Builder outcome) {
    for (Watch watch : watches.values()) {
      boolean closed = false;
      for (BudgetWatch budget : watch.budgets().values()) {
        Optional<Alert> live = budget.live();
        if (live.isPresent() && !now.isBefore(live.get().periodEnd())) {
          Alert alert = live.get();
          Assessment last = lastAssessment(watch, budget, alert, now);
          Step step =
              Lifecycle.resolve(
                  alert, watch.policy(), last, Alert.Reason.PERIOD_CLOSED, alert.periodEnd());
          apply(budget, step, outcome);
          budget.forgetEndedBefore(now.minus(OPEN_TO_RESTATEMENT));
        }
        Assessment latest = budget.latest;
        if (latest != null && !now.isBefore(latest.period().end()) && endsByCalendar(watch)) {
          closed = true;
        }
      }
      if (closed) {
        startPeriod(watch, now);
      }
    }
  }

  private static boolean endsByCalendar(Watch watch) {
    return switch (watch.policy().period()) {
      case PeriodSpec.Calendar _, PeriodSpec.Anchored _ -> true;
      case PeriodSpec.Rolling _, PeriodSpec.None _ -> false;
    };
  }

  private static void startPeriod(Watch watch, Instant now) {
    Policy policy = watch.policy();
    watch.view().forgetVanished(Periods.current(policy.period(), policy.zone(), now).start());
    watch
        .budgets()
        .values()
        .removeIf(budget ->
            budget.live().isEmpty() && watch.view().series(budget.budget.labels()).isEmpty());
  }

  private static Assessment lastAssessment(
      Watch watch, BudgetWatch budget, Alert alert, Instant now) {
    Assessment latest = budget.latest;
    return latest != null
        ? latest
        : Assessment.none(
            alert.budgetLabels(), watch.policy(), alert.periodStart(), alert.periodEnd(), now);
  }

  // Late charges.

  /// Charges that belong to a period that has closed: looks whether they take it over a rule.
  private void late(Posting posting, Instant now, Outcome.Builder outcome) {
    for (Watch watch : watches.values()) {
      Policy policy = watch.policy();
      if (!watch.selects(posting.source())
          || policy.selection().kind() != Selection.Kind.SPEND
          || !endsByCalendar(watch)) {
        continue;
      }
      Period current = Periods.current(policy.period(), policy.zone(), now);
      Period closed = Periods.previous(policy.period(), policy.zone(), current);
      while (closed.end().plus(OPEN_TO_RESTATEMENT).isAfter(now)) {
        for (Dimensions labels : labelsChangedIn(closed.span(), watch, posting)) {
          Period period = closed;
          watch
              .view()
              .series(labels)
              .ifPresent(series -> lookAtClosed(watch, series, period, now, outcome));
        }
        closed = Periods.previous(policy.period(), policy.zone(), closed);
      }
    }
  }

  private static Set<Dimensions> labelsChangedIn(ChargePeriod span, Watch watch, Posting posting) {
    Selection selection = watch.policy().selection();
    var labels = new HashSet<Dimensions>();
    for (ChargeRevision revision : posting.charges()) {
      var charge = revision.charge();
      if (span.contains(charge.period().start())
          && selection.matches(charge.source(), charge.dimensions(), charge.unit())) {
        labels.add(selection.labelsOf(charge.source(), charge.dimensions(), charge.unit()));
      }
    }
    return labels;
  }

  private void lookAtClosed(
      Watch watch, BudgetSeries series, Period closed, Instant now, Outcome.Builder outcome) {
    Policy policy = watch.policy();
    BudgetWatch budget = budget(watch, series.labels());
    Assessment assessment = evaluator.assess(policy, budget.budget, series, closed, now);
    if (assessment.held()) {
      return;
    }
    Optional<Alert> ofPeriod = budget.resolvedIn(closed.start());
    Set<String> crossed = crossed(policy, assessment);
    ofPeriod.ifPresent(alert -> crossed.removeAll(alert.firingRules()));
    if (!crossed.isEmpty()) {
      Step step = Lifecycle.late(ofPeriod, policy, assessment, span(policy, closed), crossed, now);
      budget.put(step.alert().orElseThrow());
      outcome.changed(step.alert().orElseThrow());
      step.transition().ifPresent(outcome::transition);
    }
  }

  /// The rules that hold for a closed period. Rules about pace ask about a "now" that is over and
  /// are left out.
  private static Set<String> crossed(Policy policy, Assessment assessment) {
    var crossed = new TreeSet<String>();
    for (int i = 0; i < policy.rules().size(); i++) {
      Rule rule = policy.rules().get(i);
      if (assessment.verdicts().get(i).truth() == Truth.TRUE && !rule.when().movesWithTime()) {
        crossed.add(rule.name());
      }
    }
    return crossed;
  }

  /// Periods without an end by the calendar make one span for good.
  private static Span span(Policy policy, Period period) {
    return switch (policy.period()) {
      case PeriodSpec.Calendar _, PeriodSpec.Anchored _ -> new Span(period.start(), period.end());
      case PeriodSpec.Rolling _, PeriodSpec.None _ -> new Span(Period.FAR_PAST, Period.FAR_FUTURE);
    };
  }

  private static BudgetWatch budget(Watch watch, Dimensions labels) {
    return watch
        .budgets()
        .computeIfAbsent(labels, l -> new BudgetWatch(Budget.of(watch.policy().name(), l)));
  }

  // Asking.

  /// All that is known and judged, as an immutable copy.
  public Snapshot snapshot(Instant now) {
    var policies = new LinkedHashMap<String, Policy>();
    var budgets = new LinkedHashMap<String, Snapshot.BudgetView>();
    for (Watch watch : watches.values()) {
      policies.put(watch.policy().name(), watch.policy());
      for (BudgetWatch budget : watch.budgets().values()) {
        Assessment latest = budget.latest;
        if (latest != null) {
          budgets.put(budget.budget.id(), new Snapshot.BudgetView(latest, budget.newest()));
        }
      }
    }
    return new Snapshot(now, policies, budgets, List.copyOf(ledger.statuses()), recentReports(now));
  }

  private List<ReportStatus> recentReports(Instant now) {
    Instant from = now.minus(Snapshot.REPORTS_SHOWN);
    return ledger.statuses().stream()
        .flatMap(status -> ledger.reports(status.source()).stream())
        .filter(
            task -> task.state() == ReportStatus.State.PENDING || !task.updatedAt().isBefore(from))
        .sorted(
            Comparator.comparing(ReportStatus::createdAt)
                .reversed()
                .thenComparing(ReportStatus::source)
                .thenComparing(ReportStatus::id))
        .toList();
  }

  /// The facts of a budget now, for explanations; empty for a budget that is not known.
  public Optional<Facts> facts(String policyName, Dimensions labels, Instant now) {
    return Optional.ofNullable(watches.get(policyName))
        .flatMap(watch ->
            watch
                .view()
                .series(labels)
                .map(series ->
                    evaluator.facts(
                        watch.policy(),
                        series,
                        Periods.current(watch.policy().period(), watch.policy().zone(), now),
                        now)));
  }

  /// Where every number of a budget comes from now; empty for a budget that is not known.
  public Optional<Explanation> explain(String policyName, Dimensions labels, Instant now) {
    return Optional.ofNullable(watches.get(policyName))
        .flatMap(watch ->
            watch
                .view()
                .series(labels)
                .map(series -> {
                  Policy policy = watch.policy();
                  Period period = Periods.current(policy.period(), policy.zone(), now);
                  return new Explaining(ledger, evaluator)
                      .explain(policy, series, period, budget(watch, labels).newest(), now);
                }));
  }

  /// Who looks after the alert; empty when there is no such live alert.
  public Optional<Alert> ack(String alertId, String person) {
    for (Watch watch : watches.values()) {
      for (BudgetWatch budget : watch.budgets().values()) {
        Optional<Alert> live = budget.live().filter(alert -> alert.id().equals(alertId));
        if (live.isPresent()) {
          Alert acked = live.get().ackedBy(person);
          budget.put(acked);
          return Optional.of(acked);
        }
      }
    }
    return Optional.empty();
  }
}
