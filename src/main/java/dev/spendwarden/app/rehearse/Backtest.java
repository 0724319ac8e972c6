package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.Share;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database.Ports;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Replays what is stored, in the order in which it became known, through the evaluation that runs.
///
/// Only changes are stored, neither the polls that found none nor those that failed, so every
/// source is taken to have been polled without trouble and data never is too old.
///
/// Judging takes nearly all the time and budgets do not look at each other, so the history is read
/// once and replayed on every processor: each replay takes in all of it and judges its share of the
/// budgets. What they saw makes one report, the same however many there were.
public final class Backtest {

  /// How finely time passes; alerts that begin no further apart than this began together.
  public static final Duration STEP = Duration.ofHours(1);

  /// Every replay holds a ledger of its own, and reading does not become faster.
  private static final int MOST_REPLAYS = 4;

  private Backtest() {}

  /// What is asked of the history.
  ///
  /// @param pollIntervals by source; five minutes for others
  /// @param from what had become known by then is judged there at once
  /// @param to is no longer looked at
  public record Question(
      List<Policy> policies,
      Map<String, Duration> pollIntervals,
      Routes routes,
      Instant from,
      Instant to) {

    public Question {
      policies = List.copyOf(policies);
      pollIntervals = Map.copyOf(pollIntervals);
    }
  }

  /// One budget in one of its periods.
  record PeriodKey(String budgetId, Instant periodStart) {}

  /// A rule of a policy that fired in one period of a budget.
  record RuleKey(String policy, String rule, PeriodKey period) {}

  /// @param progress hears how far the history is replayed, on one thread at a time
  public static BacktestReport run(Question question, Ports ports, Consumer<Instant> progress) {
    int replays = Math.min(Runtime.getRuntime().availableProcessors(), MOST_REPLAYS);
    return run(question, ports, replays, progress, transition -> {});
  }

  /// @param told hears of every change of an alert that somebody would be told of; of different
  ///   budgets on several threads at once
  static BacktestReport run(
      Question question,
      Ports ports,
      int replays,
      Consumer<Instant> progress,
      Consumer<Transition> told) {
    var slowest = new SlowestProgress(replays, progress);
    var threads = new ArrayList<ReplayThread>();
    try {
      for (int i = 0; i < replays; i++) {
        int number = i;
        threads.add(
            ReplayThread.start(
                new HistoryReplay(
                    question, new Share(i, replays), at -> slowest.at(number, at), told)));
      }
      // `to` itself is no longer looked at, and neither is what became known then.
      Instant last = question.to().minusNanos(1);
      ports.ledger().replay(last, posting -> threads.forEach(thread -> thread.take(posting)));
      threads.forEach(ReplayThread::end);
      List<HistoryReplay> finished = threads.stream().map(ReplayThread::finished).toList();
      return report(question, finished, SentAlerts.read(ports, question.from(), question.to()));
    } finally {
      threads.forEach(ReplayThread::close);
    }
  }

  private static BacktestReport report(
      Question question, List<HistoryReplay> replays, SentAlerts sent) {
    var episodes = new ArrayList<Episode>();
    var fired = new HashMap<RuleKey, Instant>();
    var reached = new HashMap<PeriodKey, Instant>();
    long messages = 0;
    for (HistoryReplay replay : replays) {
      episodes.addAll(replay.episodes());
      fired.putAll(replay.fired());
      reached.putAll(replay.reached());
      messages += replay.messages();
    }
    episodes.sort(inOrder(question.policies()));
    return BacktestReport.of(
        question.policies(),
        question.from(),
        question.to(),
        episodes,
        fired,
        reached,
        messages,
        sent);
  }

  /// By time; at one instant in the order of the policies and then of the budgets' names.
  private static Comparator<Episode> inOrder(List<Policy> policies) {
    var places = new HashMap<String, Integer>();
    policies.forEach(policy -> places.put(policy.name(), places.size()));
    return Comparator.comparing(Episode::startedAt)
        .thenComparing(episode -> places.getOrDefault(episode.policy(), places.size()))
        .thenComparing(episode -> episode.labels().toString());
  }
}
