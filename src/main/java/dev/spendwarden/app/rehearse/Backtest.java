package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.RuleState;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database.Ports;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Replays what is stored, in the order in which it became known, through the evaluation that runs.
///
/// Only changes are stored, neither the polls that found none nor those that failed, so every
/// source is taken to have been polled without trouble and data never is too old. Between two
/// changes time passes in steps: every [#STEP] the budgets that time has moved are judged; timers
/// and the ends of periods come exactly when they are due.
public final class Backtest {

  /// How finely time passes; alerts that begin no further apart than this began together.
  public static final Duration STEP = Duration.ofHours(1);

  private static final Duration DEFAULT_POLL = Duration.ofMinutes(5);

  private final Evaluation evaluation;
  private final Routes routes;
  private final Instant from;
  private final Consumer<Instant> progress;
  private final Consumer<Transition> told;
  private final Map<String, Duration> pollIntervals;

  /// When the newest data of each source that had any was asked for.
  private final Map<String, Instant> asOf = new TreeMap<>();

  private final Map<String, Episode> episodes = new LinkedHashMap<>();
  private final Map<RuleKey, Instant> fired = new LinkedHashMap<>();
  private final Map<PeriodKey, Instant> reached = new HashMap<>();
  private long messages;
  private long step;
  private boolean begun;

  /// One budget in one of its periods.
  record PeriodKey(String budgetId, Instant periodStart) {}

  /// A rule of a policy that fired in one period of a budget.
  record RuleKey(String policy, String rule, PeriodKey period) {}

  private Backtest(
      Collection<Policy> policies,
      Map<String, Duration> pollIntervals,
      Routes routes,
      Instant from,
      Consumer<Instant> progress,
      Consumer<Transition> told) {
    this.pollIntervals = Map.copyOf(pollIntervals);
    this.evaluation =
        new Evaluation(policies.stream().map(Backtest::neverStale).toList(), List.of());
    this.routes = routes;
    this.from = from;
    this.progress = progress;
    this.told = told;
    this.step = Math.floorDiv(from.getEpochSecond(), STEP.toSeconds()) + 1;
    evaluation.observe(this::observed);
  }

  /// @param pollIntervals by source; five minutes for others
  /// @param progress hears how far the history is replayed
  public static BacktestReport run(
      Collection<Policy> policies,
      Map<String, Duration> pollIntervals,
      Routes routes,
      Ports ports,
      Instant from,
      Instant to,
      Consumer<Instant> progress) {
    return run(policies, pollIntervals, routes, ports, from, to, progress, transition -> {});
  }

  /// @param told hears of every change of an alert that somebody would be told of
  static BacktestReport run(
      Collection<Policy> policies,
      Map<String, Duration> pollIntervals,
      Routes routes,
      Ports ports,
      Instant from,
      Instant to,
      Consumer<Instant> progress,
      Consumer<Transition> told) {
    var backtest = new Backtest(policies, pollIntervals, routes, from, progress, told);
    // `to` itself is no longer looked at, and neither is what became known then.
    ports.ledger().replay(to.minusNanos(1), backtest::take);
    backtest.begin();
    backtest.pass(to);
    return BacktestReport.of(
        policies,
        from,
        to,
        List.copyOf(backtest.episodes.values()),
        backtest.fired,
        backtest.reached,
        backtest.messages,
        SentAlerts.read(ports, from, to));
  }

  private static Policy neverStale(Policy policy) {
    return new Policy(
        policy.name(),
        policy.description(),
        policy.owner(),
        policy.runbook(),
        policy.labels(),
        policy.selection(),
        policy.limit(),
        policy.period(),
        policy.zone(),
        policy.gross(),
        Optional.empty(),
        policy.maxJump(),
        policy.receivers(),
        policy.decisions(),
        policy.waivers(),
        policy.rules(),
        policy.fingerprint());
  }

  private void take(Posting posting) {
    if (posting.knownAt().isBefore(from)) {
      evaluation.restore(posting);
      asOf.put(posting.source(), posting.knownAt());
      return;
    }
    begin();
    pass(posting.knownAt());
    polled(posting.knownAt());
    asOf.put(posting.source(), posting.knownAt());
    record(evaluation.replay(posting));
  }

  /// All that was known before `from` is judged once there: what was firing then fires then.
  private void begin() {
    if (!begun) {
      begun = true;
      polled(from);
      record(evaluation.restore(List.of(), from));
    }
  }

  /// Lets time pass up to `end`, exclusively.
  private void pass(Instant end) {
    while (true) {
      Instant stepAt = Instant.ofEpochSecond(step * STEP.toSeconds());
      Instant wake = evaluation.nextWakeUp();
      Instant next = wake.isBefore(stepAt) ? wake : stepAt;
      if (!next.isBefore(end)) {
        return;
      }
      polled(next);
      if (next.equals(stepAt)) {
        record(evaluation.unchanged(next));
        progress.accept(next);
        step++;
      } else {
        record(evaluation.tick(next));
      }
    }
  }

  /// Every source was asked not long ago and had nothing new. Two intervals back, for an answer
  /// takes its time: right after a period's end a counter still shows the period before, and the
  /// daemon waits for the first answer that was asked for since.
  private void polled(Instant now) {
    asOf.replaceAll((source, known) -> {
      Duration interval = pollIntervals.getOrDefault(source, DEFAULT_POLL);
      Instant asked = now.minus(interval.multipliedBy(2));
      Instant newest = asked.isAfter(known) ? asked : known;
      evaluation.restore(SourceStatus.unknown(source).succeeded(newest));
      return newest;
    });
  }

  private void observed(Assessment assessment) {
    if (!assessment.held() && assessment.used().orElse(0) >= 1) {
      reached.putIfAbsent(
          new PeriodKey(assessment.budget().id(), assessment.period().start()), assessment.at());
    }
  }

  private void record(Outcome outcome) {
    for (Transition transition : outcome.transitions()) {
      told.accept(transition);
      messages += routes.receiversFor(transition.policy(), Dispatch.labelsOf(transition)).size();
    }
    for (Alert alert : outcome.changed()) {
      if (alert.state() != Alert.State.PENDING) {
        episodes.merge(alert.id(), Episode.of(alert), Episode::then);
      }
      alert
          .rules()
          .forEach((rule, state) -> {
            if (state instanceof RuleState.Firing firing) {
              var period = new PeriodKey(alert.budgetId(), alert.periodStart());
              fired.merge(
                  new RuleKey(alert.policy(), rule, period),
                  firing.since(),
                  (a, b) -> a.isBefore(b) ? a : b);
            }
          });
    }
  }
}
