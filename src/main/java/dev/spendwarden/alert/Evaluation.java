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
import dev.spendwarden.policy.Limit;
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
import java.util.Objects;
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

  /// Whether policies have anything to do changes slowly, and asking costs a walk over all budgets.
  private static final Duration JUDGE_POLICIES_EVERY = Duration.ofMinutes(15);

  private final Ledger ledger = new Ledger();
  private final Evaluator evaluator;
  private final Map<String, Watch> watches = new LinkedHashMap<>();
  private Consumer<Assessment> observer = assessment -> {};
  private final Map<String, Policy> written = new LinkedHashMap<>();
  private final Quiet quiet = new Quiet();
  private final Optional<HealthWatch> health;
  private Instant policiesJudgedAt = Instant.EPOCH;
  private List<Owed> storedOwed = List.of();
  private Instant quietEnds = Instant.MAX;

  /// One policy, its view on the ledger and its budgets.
  private record Watch(Policy policy, View view, Map<Dimensions, BudgetWatch> budgets) {
    boolean selects(String source) {
      return policy.selection().sources().contains(source);
    }
  }

  /// Without the built-in policies, as policy tests and backtests want it.
  public Evaluation(Collection<Policy> policies, Collection<SourceTerms> terms) {
    this(policies, terms, Optional.empty());
  }

  /// @param health judges the built-in policies
  public Evaluation(
      Collection<Policy> policies, Collection<SourceTerms> terms, Optional<HealthWatch> health) {
    this.health = health;
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
      written.put(policy.name(), policy);
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

  /// Takes in who was to be left in peace, and what they were not told.
  public void restore(Collection<Silence> silences, Collection<Owed> owed) {
    silences.forEach(quiet::put);
    storedOwed = List.copyOf(owed);
  }

  /// Takes in waivers that were granted beside those in the policy files.
  public void restore(Collection<GrantedWaiver> waivers) {
    grant(waivers);
  }

  /// Takes in stored alerts, ends those whose policy has changed or gone since, and looks at every
  /// budget: what ran out while nobody was looking happens now.
  ///
  /// @return what that changed, to be stored before anything else is looked at
  public Outcome restore(Collection<Alert> alerts, Instant now) {
    var outcome = new Outcome.Builder();
    for (Alert alert : alerts) {
      if (health.isPresent() && health.get().owns(alert.policy())) {
        if (!health.get().restore(alert, watches.keySet())) {
          end(alert, null, Alert.Reason.POLICY_CHANGED, now, outcome);
        }
        continue;
      }
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
    quiet.restore(storedOwed, alerts);
    closePeriods(now, outcome);
    for (Watch watch : watches.values()) {
      watch.view().series().forEach(series -> look(watch, series, now, outcome));
    }
    return finish(outcome, now);
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
    health.ifPresent(watch -> watch.polled(reading.source(), true));
    lookAtAll(reading.source(), now, outcome);
    late(posting, now, outcome);
    return finish(outcome, now);
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
    return finish(outcome, now);
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
    health.ifPresent(watch -> watch.polled(source, false));
    lookAtAll(source, now, outcome);
    return finish(outcome, now);
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
    return finish(outcome, now);
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
    return finish(outcome, now);
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
    return finish(outcome, now);
  }

  /// When [#tick] must be called next if nothing is read before.
  public Instant nextWakeUp() {
    Instant next = quietEnds;
    if (health.isPresent()) {
      next = earlier(next, health.get().nextWakeUp());
      next = earlier(next, policiesJudgedAt.plus(JUDGE_POLICIES_EVERY));
    }
    for (Watch watch : watches.values()) {
      for (BudgetWatch budget : watch.budgets().values()) {
        next = budget.wakeAt.isBefore(next) ? budget.wakeAt : next;
      }
    }
    return next;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /// How deliveries go, for the policy that watches them.
  public Outcome delivering(Collection<ReceiverHealth> receivers, Instant now) {
    var outcome = new Outcome.Builder();
    health.ifPresent(watch -> watch.put(receivers));
    return finish(outcome, now);
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

  static void apply(BudgetWatch budget, Step step, Outcome.Builder outcome) {
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
    policy.waivers().forEach(waiver -> times.add(waiver.until()));
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
          Assessment last = lastAssessment(watch.policy(), Optional.of(budget), alert, now);
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
      Policy policy, Optional<BudgetWatch> budget, Alert alert, Instant now) {
    Assessment latest = budget.isPresent() ? budget.get().latest : null;
    return latest != null
        ? latest
        : Assessment.none(
            alert.budgetLabels(), policy, alert.periodStart(), alert.periodEnd(), now);
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
      show(watch.budgets().values(), budgets);
    }
    if (health.isPresent()) {
      for (Policy policy : health.get().policies()) {
        policies.put(policy.name(), policy);
        show(health.get().budgets(policy.name()), budgets);
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

  private static void show(
      Collection<BudgetWatch> watched, Map<String, Snapshot.BudgetView> budgets) {
    for (BudgetWatch budget : watched) {
      Assessment latest = budget.latest;
      if (latest != null) {
        budgets.put(budget.budget.id(), new Snapshot.BudgetView(latest, budget.newest()));
      }
    }
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

  // Operators.

  /// From now on nobody is told of the alerts it matches while it lasts.
  public Outcome silence(Silence silence, Instant now) {
    quiet.put(silence);
    return finish(new Outcome.Builder(), now);
  }

  /// Ends a silence early; empty when there is none with this id.
  public Optional<Outcome> unsilence(String silenceId, Instant now) {
    return quiet.remove(silenceId).map(removed -> finish(new Outcome.Builder(), now));
  }

  public List<Silence> silences() {
    return quiet.silences();
  }

  public Optional<Policy> policy(String name) {
    return Optional.ofNullable(watches.get(name))
        .map(Watch::policy)
        .or(() -> health.flatMap(watch -> watch.policy(name)));
  }

  /// The alert as it is now; as it was given when nothing is known of it any more.
  public Alert present(Alert alert) {
    return present(alert, Instant.EPOCH).alert();
  }

  /// Until when nobody is told of the alert; empty: it is not quiet.
  public Optional<Instant> quietUntil(Alert alert, Instant now) {
    Quiet.Present present = present(alert, now);
    return quiet.quietUntil(present.policy(), present.alert(), now);
  }

  /// Puts other granted waivers in force, in place of all former ones.
  public Outcome waive(Collection<GrantedWaiver> waivers, Instant now) {
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    for (Watch watch : grant(waivers)) {
      watch.view().series().forEach(series -> look(watch, series, now, outcome));
    }
    return finish(outcome, now);
  }

  /// @return the policies for which that is a change
  private List<Watch> grant(Collection<GrantedWaiver> waivers) {
    health.ifPresent(watch -> watch.waive(waivers));
    var changed = new ArrayList<Watch>();
    written.forEach((name, policy) -> {
      var all = new ArrayList<>(policy.waivers());
      waivers.stream()
          .filter(granted -> granted.policy().equals(name))
          .forEach(granted -> all.add(granted.waiver()));
      Watch before = Objects.requireNonNull(watches.get(name));
      if (!before.policy().waivers().equals(all)) {
        var after = new Watch(policy.withWaivers(all), before.view(), before.budgets());
        watches.put(name, after);
        changed.add(after);
      }
    });
    return changed;
  }

  /// Tells again that alerts fire. Nothing of one that no longer does, that is quiet, or that
  /// somebody looks after.
  public Outcome repeat(Collection<Alert> alerts, Instant now) {
    var outcome = new Outcome.Builder();
    for (Alert alert : alerts) {
      Quiet.Present present = present(alert, now);
      Optional<BudgetWatch> budget = find(alert).filter(watch -> watch.live().isPresent());
      if (budget.isPresent()
          && present.alert().state() == Alert.State.FIRING
          && present.alert().ackedBy().isEmpty()
          && quiet.quietUntil(present.policy(), present.alert(), now).isEmpty()) {
        apply(
            budget.get(),
            Lifecycle.repeat(present.alert(), present.policy(), present.assessment(), now),
            outcome);
      }
    }
    return finish(outcome, now);
  }

  /// What a budget spent day by day, at most [BudgetHistory#LONGEST] of it; empty for a budget that
  /// is not known or has not told its unit.
  ///
  /// @param from where the days begin; empty: with the current period
  /// @param to where they end; empty, or later than `now`: now
  public Optional<BudgetHistory> history(
      Budget budget, Optional<Instant> from, Optional<Instant> to, Instant now) {
    @Nullable Watch watch = watches.get(budget.policy());
    if (watch == null) {
      return Optional.empty();
    }
    @Nullable BudgetWatch known = watch.budgets().get(budget.labels());
    Optional<BudgetSeries> series = watch.view().series(budget.labels());
    if (known == null || known.latest == null || series.isEmpty()) {
      return Optional.empty();
    }
    Assessment latest = known.latest;
    return latest
        .unit()
        .map(unit -> BudgetHistory.of(watch.policy(), latest, series.get(), unit, from, to, now));
  }

  /// Who looks after the alert; empty when there is no such live alert.
  public Optional<Alert> ack(String alertId, String person) {
    var all = new ArrayList<BudgetWatch>();
    watches.values().forEach(watch -> all.addAll(watch.budgets().values()));
    health.ifPresent(own -> own.policies().forEach(p -> all.addAll(own.budgets(p.name()))));
    for (BudgetWatch budget : all) {
      Optional<Alert> live = budget.live().filter(alert -> alert.id().equals(alertId));
      if (live.isPresent()) {
        Alert acked = live.get().ackedBy(person);
        budget.put(acked);
        return Optional.of(acked);
      }
    }
    return Optional.empty();
  }

  private Optional<BudgetWatch> find(Alert alert) {
    if (health.isPresent() && health.get().owns(alert.policy())) {
      return health.get().find(alert.policy(), alert.budgetLabels());
    }
    return Optional.ofNullable(watches.get(alert.policy()))
        .flatMap(watch -> Optional.ofNullable(watch.budgets().get(alert.budgetLabels())));
  }

  /// What has become of an alert.
  private Quiet.Present present(Alert alert, Instant now) {
    Policy policy = policy(alert.policy()).orElseGet(() -> Policy.removed(alert.policy()));
    Optional<BudgetWatch> budget = find(alert);
    Alert known =
        budget
            .flatMap(BudgetWatch::live)
            .or(() -> budget.flatMap(watch -> watch.resolvedIn(alert.periodStart())))
            .filter(other -> other.id().equals(alert.id()))
            .orElse(alert);
    return new Quiet.Present(policy, known, lastAssessment(policy, budget, known, now));
  }

  /// How much a policy has to do, for the one that watches policies.
  private HealthWatch.PolicyUse use(Watch watch) {
    Policy policy = watch.policy();
    boolean answered =
        policy.selection().sources().stream()
            .allMatch(source -> ledger.status(source).dataAsOf().isPresent());
    var series = watch.view().series().stream().filter(BudgetSeries::hasFigures).toList();
    boolean limitMissing =
        policy.limit() instanceof Limit.Quota
            && !series.isEmpty()
            && series.stream().allMatch(one -> one.quotaLimit().isEmpty());
    return new HealthWatch.PolicyUse(
        policy.name(),
        answered ? Truth.of(!series.isEmpty()) : Truth.UNKNOWN,
        Truth.of(limitMissing),
        limitMissing ? List.of() : unknownRules(watch));
  }

  /// Rules that fresh data leaves unknown for every budget, though their windows are short enough
  /// to be full by now.
  private static List<String> unknownRules(Watch watch) {
    List<Assessment> judged =
        watch.budgets().values().stream()
            .map(budget -> budget.latest)
            .filter(latest -> latest != null && !latest.held())
            .toList();
    var unknown = new ArrayList<String>();
    for (int i = 0; i < watch.policy().rules().size(); i++) {
      int index = i;
      Rule rule = watch.policy().rules().get(i);
      if (!judged.isEmpty()
          && rule.when().lookback().compareTo(BuiltInPolicies.INERT_FOR) <= 0
          && judged.stream().allMatch(a -> a.verdicts().get(index).truth() == Truth.UNKNOWN)) {
        unknown.add(rule.name());
      }
    }
    return unknown;
  }

  /// Every look ends here: Spendwarden itself is judged, and what is to be told is told, unless it
  /// is quiet.
  private Outcome finish(Outcome.Builder outcome, Instant now) {
    if (health.isPresent()) {
      health.get().look(ledger, now, outcome);
      if (!now.isBefore(policiesJudgedAt.plus(JUDGE_POLICIES_EVERY))) {
        health.get().look(watches.values().stream().map(this::use).toList(), now, outcome);
        policiesJudgedAt = now;
      }
    }
    Outcome sifted = quiet.sift(outcome.build(), now, alert -> present(alert, now));
    quietEnds = quiet.nextWakeUp(alert -> present(alert, now), now);
    return sifted;
  }
}
