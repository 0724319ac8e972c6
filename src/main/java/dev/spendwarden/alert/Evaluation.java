package dev.spendwarden.alert;

import dev.spendwarden.alert.Lifecycle.Step;
import dev.spendwarden.burn.ForecastRecord;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.ledger.View;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Evaluator;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Periods;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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

  /// Forecasts of a period are scored within this after its end, or never.
  public static final Duration FORECASTS_WAIT = KeptForecasts.LONGEST_WAIT;

  /// Whether policies have anything to do changes slowly, and asking costs a walk over all budgets.
  private static final Duration JUDGE_POLICIES_EVERY = Duration.ofMinutes(15);

  private final Ledger ledger = new Ledger();
  private final Evaluator evaluator;
  private final ForecastKeeping keeping;
  private final Looking looking;
  private final LateCharges late;
  private final Watches watches;
  private final Quiet quiet = new Quiet();
  private final Optional<HealthWatch> health;
  private Instant policiesJudgedAt = Instant.EPOCH;

  /// Whether anybody has looked since: without that, policies have as much to do as before.
  private boolean policiesToJudge = true;

  private List<Owed> storedOwed = List.of();
  private Instant quietEnds = Instant.MAX;

  /// Without the built-in policies, as policy tests and backtests want it.
  public Evaluation(Collection<Policy> policies, Collection<SourceTerms> terms) {
    this(policies, terms, Share.ALL);
  }

  /// One of several that judge the budgets between them, each over the whole ledger.
  public Evaluation(Collection<Policy> policies, Collection<SourceTerms> terms, Share share) {
    this(policies, terms, Optional.empty(), share);
  }

  /// @param health judges the built-in policies
  public Evaluation(
      Collection<Policy> policies, Collection<SourceTerms> terms, Optional<HealthWatch> health) {
    this(policies, terms, health, Share.ALL);
  }

  private Evaluation(
      Collection<Policy> policies,
      Collection<SourceTerms> terms,
      Optional<HealthWatch> health,
      Share share) {
    this.health = health;
    this.evaluator =
        new Evaluator(
            ledger, terms.stream().collect(Collectors.toMap(SourceTerms::name, term -> term)));
    this.keeping = new ForecastKeeping(evaluator);
    this.looking = new Looking(evaluator, keeping);
    this.watches = new Watches(health, looking);
    this.late = new LateCharges(evaluator);
    for (Policy policy : policies) {
      var view =
          new View(
              policy.selection(),
              at -> Periods.current(policy.period(), policy.zone(), at).start(),
              labels -> share.has(policy.name(), labels));
      terms.stream()
          .filter(SourceTerms::estimates)
          .forEach(source -> view.expectEstimates(source.name()));
      view.openWhole();
      ledger.register(view);
      watches.add(new Watch(policy, view));
    }
  }

  // Restoring, before the first look.

  /// Takes in what was known before: call in the order in which it was known.
  public void restore(Posting posting) {
    ledger.apply(posting);
  }

  public void restore(SourceStatus status) {
    ledger.put(status);
  }

  /// Takes in who was to be left in peace, and what they were not told.
  public void restore(Collection<Silence> silences, Collection<Owed> owed) {
    silences.forEach(quiet::put);
    storedOwed = List.copyOf(owed);
  }

  /// Takes in the forecasts that wait to be scored, oldest first, and how good former ones were.
  public void restoreForecasts(List<ForecastRecord> forecasts, List<BudgetScore> scores) {
    keeping.restore(forecasts, scores);
  }

  /// Takes in waivers that were granted beside those in the policy files.
  public void restore(Collection<GrantedWaiver> waivers) {
    watches.grant(waivers);
  }

  /// Takes in stored alerts, ends those whose policy has changed or gone since, and looks at every
  /// budget: what ran out while nobody was looking happens now.
  ///
  /// @return what that changed, to be stored before anything else is looked at
  public Outcome restore(Collection<Alert> alerts, Instant now) {
    var outcome = new Outcome.Builder();
    for (Alert alert : alerts) {
      if (health.isPresent() && health.get().owns(alert.policy())) {
        if (!health.get().restore(alert, watches.names())) {
          end(alert, null, Alert.Reason.POLICY_CHANGED, now, outcome);
        }
        continue;
      }
      @Nullable Watch watch = watches.of(alert.policy()).orElse(null);
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
      watch.budget(alert.budgetLabels()).put(alert);
    }
    quiet.restore(storedOwed, alerts);
    keeping.handOut(watches);
    closePeriods(now, outcome);
    watches.all().forEach(watch -> looking.all(watch, now, outcome));
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
      step.alert().ifPresent(ended -> watch.budget(alert.budgetLabels()).put(ended));
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
    heard(reading.source(), now, outcome);
    watches.all().forEach(watch -> late.look(watch, posting, now, outcome));
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
    heard(source, now, outcome);
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
    heard(source, now, outcome);
    return finish(outcome, now);
  }

  /// Takes in a posting as it was stored, at the instant at which it became known: what [#accept]
  /// makes of the reading it came from.
  public Outcome replay(Posting posting) {
    Instant now = posting.knownAt();
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    ledger.apply(posting);
    put(ledger.status(posting.source()).succeeded(now), outcome);
    heard(posting.source(), now, outcome);
    watches.all().forEach(watch -> late.look(watch, posting, now, outcome));
    return finish(outcome, now);
  }

  /// Every source was polled and had nothing new. For walks through a long history, of which only
  /// changes are stored.
  public Outcome unchanged(Instant now) {
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    watches.all().forEach(watch -> looking.heard(watch, now, outcome));
    return finish(outcome, now);
  }

  /// Hears of every judgement that is made from now on; what only people see is missing in it.
  public void observe(Consumer<Assessment> observer) {
    looking.observe(observer);
  }

  /// Time has passed: timers that ran out, data that went stale, periods that ended.
  public Outcome tick(Instant now) {
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    watches.all().forEach(watch -> looking.tick(watch, now, outcome));
    return finish(outcome, now);
  }

  /// When [#tick] must be called next if nothing is read before.
  public Instant nextWakeUp() {
    Instant next = quietEnds;
    if (health.isPresent()) {
      next = earlier(next, health.get().nextWakeUp());
      if (policiesToJudge) {
        next = earlier(next, policiesJudgedAt.plus(JUDGE_POLICIES_EVERY));
      }
    }
    for (Watch watch : watches.all()) {
      next = earlier(next, watch.wakeAt);
      for (BudgetWatch budget : watch.budgets()) {
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

  private void heard(String source, Instant now, Outcome.Builder outcome) {
    for (Watch watch : watches.all()) {
      if (watch.selects(source)) {
        looking.heard(watch, now, outcome);
      }
    }
  }

  private void closePeriods(Instant now, Outcome.Builder outcome) {
    for (Watch watch : watches.all()) {
      keeping.score(watch, now, outcome);
      looking.closePeriods(watch, now, outcome);
    }
  }

  // Asking.

  /// All that is known and judged, as an immutable copy.
  public Snapshot snapshot(Instant now) {
    return Showing.snapshot(watches, health, ledger, now);
  }

  /// The facts of a budget now, for explanations; empty for a budget that is not known.
  public Optional<Facts> facts(String policyName, Dimensions labels, Instant now) {
    return watches
        .of(policyName)
        .flatMap(watch ->
            watch
                .view()
                .series(labels)
                .map(series ->
                    evaluator.facts(
                        watch.policy(),
                        series,
                        watch.period(now),
                        now,
                        watch.budget(labels).recall)));
  }

  /// Where every number of a budget comes from now; empty for a budget that is not known.
  public Optional<Explanation> explain(String policyName, Dimensions labels, Instant now) {
    return watches
        .of(policyName)
        .flatMap(watch ->
            watch
                .view()
                .series(labels)
                .map(series -> {
                  BudgetWatch budget = watch.budget(labels);
                  return new Explaining(ledger, evaluator, budget.recall)
                      .explain(
                          watch.policy(),
                          series,
                          watch.period(now),
                          budget.newest(),
                          budget.forecasts.score(),
                          now);
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
    return watches.policy(name);
  }

  /// The alert as it is now; as it was given when nothing is known of it any more.
  public Alert present(Alert alert) {
    return watches.present(alert).alert();
  }

  /// Until when nobody is told of the alert; empty: it is not quiet.
  public Optional<Instant> quietUntil(Alert alert, Instant now) {
    Quiet.Present present = watches.present(alert);
    return quiet.quietUntil(present.policy(), present.alert(), now);
  }

  /// Puts other granted waivers in force, in place of all former ones.
  public Outcome waive(Collection<GrantedWaiver> waivers, Instant now) {
    var outcome = new Outcome.Builder();
    closePeriods(now, outcome);
    watches.grant(waivers).forEach(watch -> looking.all(watch, now, outcome));
    return finish(outcome, now);
  }

  /// Tells again that alerts fire. Nothing of one that no longer does, that is quiet, or that
  /// somebody looks after.
  public Outcome repeat(Collection<Alert> alerts, Instant now) {
    var outcome = new Outcome.Builder();
    for (Alert alert : alerts) {
      Quiet.Present present = watches.present(alert);
      Optional<BudgetWatch> budget = watches.find(alert).filter(watch -> watch.live().isPresent());
      if (budget.isPresent()
          && present.alert().state() == Alert.State.FIRING
          && present.alert().ackedBy().isEmpty()
          && quiet.quietUntil(present.policy(), present.alert(), now).isEmpty()) {
        Looking.apply(
            budget.get(),
            Lifecycle.repeat(present.alert(), present.policy(), watches.shown(present, now), now),
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
    return watches
        .of(budget.policy())
        .flatMap(watch ->
            watch
                .find(budget.labels())
                .flatMap(
                    known -> Showing.history(watch, known, watches.shown(known), from, to, now)));
  }

  /// The newest figures of a source's charges whose period starts at `from` or later.
  public List<Charge> charges(String source, Instant from) {
    return ledger.charges(source, from);
  }

  /// Who looks after the alert; empty when there is no such live alert.
  public Optional<Alert> ack(String alertId, String person) {
    Optional<BudgetWatch> budget = watches.withLive(alertId);
    Optional<Alert> acked = budget.flatMap(BudgetWatch::live).map(alert -> alert.ackedBy(person));
    acked.ifPresent(alert -> budget.orElseThrow().put(alert));
    return acked;
  }

  /// Forgets what was seen of budgets, so that each is judged from scratch at the next event that
  /// concerns it: what a test compares with the evaluation that leaves budgets alone.
  void unsee() {
    watches.all().forEach(watch -> watch.budgets().forEach(BudgetWatch::unsee));
  }

  /// Every look ends here: Spendwarden itself is judged, and what is to be told is told, unless it
  /// is quiet.
  private Outcome finish(Outcome.Builder outcome, Instant now) {
    if (health.isPresent()) {
      health.get().look(ledger, now, outcome);
      if (!now.isBefore(policiesJudgedAt.plus(JUDGE_POLICIES_EVERY))) {
        health.get().look(uses(), now, outcome);
        policiesJudgedAt = now;
        policiesToJudge = false;
      } else {
        policiesToJudge = true;
      }
    }
    Quiet.Lookup lookup = watches.lookup(now);
    Outcome sifted = quiet.sift(outcome.build(), now, lookup);
    quietEnds = quiet.nextWakeUp(lookup, now);
    return sifted;
  }

  private List<HealthWatch.PolicyUse> uses() {
    return watches.all().stream().map(watch -> PolicyUses.of(watch, ledger)).toList();
  }
}
