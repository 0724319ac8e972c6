package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.RuleState;
import dev.spendwarden.alert.Share;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.app.rehearse.Backtest.PeriodKey;
import dev.spendwarden.app.rehearse.Backtest.Question;
import dev.spendwarden.app.rehearse.Backtest.RuleKey;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
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

/// One walk through the whole history that judges a share of the budgets, and what it saw. Between
/// two changes time passes in steps: every [Backtest#STEP] the budgets that time has moved are
/// judged; timers and the ends of periods come exactly when they are due. Not thread-safe.
final class HistoryReplay {

  private static final Duration DEFAULT_POLL = Duration.ofMinutes(5);

  private final Question question;
  private final Evaluation evaluation;
  private final Consumer<Instant> progress;
  private final Consumer<Transition> told;

  /// When the newest data of each source that had any was asked for.
  private final Map<String, Instant> asOf = new TreeMap<>();

  private final Map<String, Episode> episodes = new LinkedHashMap<>();
  private final Map<RuleKey, Instant> fired = new LinkedHashMap<>();
  private final Map<PeriodKey, Instant> reached = new HashMap<>();
  private long messages;
  private long step;
  private boolean begun;

  /// @param progress hears how far the history is replayed
  /// @param told hears of every change of an alert that somebody would be told of
  HistoryReplay(
      Question question, Share share, Consumer<Instant> progress, Consumer<Transition> told) {
    this.question = question;
    this.evaluation =
        new Evaluation(
            question.policies().stream().map(HistoryReplay::neverStale).toList(), List.of(), share);
    this.progress = progress;
    this.told = told;
    this.step = Math.floorDiv(question.from().getEpochSecond(), Backtest.STEP.toSeconds()) + 1;
    evaluation.observe(this::observed);
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

  /// What became known next.
  void take(Posting posting) {
    if (posting.knownAt().isBefore(question.from())) {
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

  /// Nothing more became known.
  void finish() {
    begin();
    pass(question.to());
  }

  /// The alerts there would have been.
  Collection<Episode> episodes() {
    return episodes.values();
  }

  /// When each rule fired first.
  Map<RuleKey, Instant> fired() {
    return fired;
  }

  /// When budgets reached their limits.
  Map<PeriodKey, Instant> reached() {
    return reached;
  }

  /// How many notifications would have been sent, one for each receiver.
  long messages() {
    return messages;
  }

  /// All that was known before `from` is judged once there: what was firing then fires then.
  private void begin() {
    if (!begun) {
      begun = true;
      polled(question.from());
      record(evaluation.restore(List.of(), question.from()));
    }
  }

  /// Lets time pass up to `end`, exclusively.
  private void pass(Instant end) {
    while (true) {
      Instant stepAt = Instant.ofEpochSecond(step * Backtest.STEP.toSeconds());
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
      Duration interval = question.pollIntervals().getOrDefault(source, DEFAULT_POLL);
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
      messages +=
          question.routes().receiversFor(transition.policy(), Dispatch.labelsOf(transition)).size();
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
