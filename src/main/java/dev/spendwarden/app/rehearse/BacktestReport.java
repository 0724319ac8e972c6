package dev.spendwarden.app.rehearse;

import dev.spendwarden.app.rehearse.Backtest.PeriodKey;
import dev.spendwarden.app.rehearse.Backtest.RuleKey;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What given policies would have done over a stored history, beside what was really done.
///
/// @param messages notifications they would have sent, one for each receiver
/// @param sentMessages those really sent
/// @param gained alerts that there were none of
/// @param lost alerts there were that would not have been
/// @param earlier alerts that would have come sooner by more than [Backtest#STEP]
/// @param later likewise
/// @param same how many alerts come at the same time
public record BacktestReport(
    Instant from,
    Instant to,
    long messages,
    long sentMessages,
    List<Episode> gained,
    List<Episode> lost,
    List<Moved> earlier,
    List<Moved> later,
    int same,
    List<RuleReport> rules) {

  public BacktestReport {
    gained = List.copyOf(gained);
    lost = List.copyOf(lost);
    earlier = List.copyOf(earlier);
    later = List.copyOf(later);
    rules = List.copyOf(rules);
  }

  /// An alert that comes at another time.
  ///
  /// @param sentAt when it really came
  public record Moved(Episode alert, Instant sentAt) {}

  /// How one rule did.
  ///
  /// @param fired in how many periods of budgets
  /// @param justified in how many of them the limit was reached, then or later
  /// @param noise in how many it was not
  /// @param medianLead how long before the limit was reached it fired; empty where it never was
  public record RuleReport(
      String policy,
      String rule,
      int fired,
      int justified,
      int noise,
      Optional<Duration> medianLead) {}

  static BacktestReport of(
      Collection<Policy> policies,
      Instant from,
      Instant to,
      List<Episode> replayed,
      Map<RuleKey, Instant> fired,
      Map<PeriodKey, Instant> reached,
      long messages,
      SentAlerts sent) {
    var unmatched = new HashMap<PeriodKey, Deque<Episode>>();
    for (Episode episode : sent.alerts()) {
      unmatched.computeIfAbsent(key(episode), k -> new ArrayDeque<>()).add(episode);
    }
    var gained = new ArrayList<Episode>();
    var earlier = new ArrayList<Moved>();
    var later = new ArrayList<Moved>();
    int same = 0;
    for (Episode episode : replayed) {
      Deque<Episode> candidates = unmatched.get(key(episode));
      Episode match = candidates == null ? null : candidates.pollFirst();
      if (match == null) {
        gained.add(episode);
        continue;
      }
      // One that was firing when the span began is seen there from its beginning on.
      Instant sentAt = match.startedAt().isBefore(from) ? from : match.startedAt();
      Duration by = Duration.between(sentAt, episode.startedAt());
      if (by.abs().compareTo(Backtest.STEP) <= 0) {
        same++;
      } else {
        (by.isNegative() ? earlier : later).add(new Moved(episode, sentAt));
      }
    }
    List<Episode> lost =
        unmatched.values().stream()
            .flatMap(Deque::stream)
            .sorted(Comparator.comparing(Episode::startedAt))
            .toList();
    return new BacktestReport(
        from,
        to,
        messages,
        sent.messages(),
        gained,
        lost,
        earlier,
        later,
        same,
        rules(policies, fired, reached));
  }

  private static PeriodKey key(Episode episode) {
    return new PeriodKey(episode.budgetId(), episode.periodStart());
  }

  private static List<RuleReport> rules(
      Collection<Policy> policies, Map<RuleKey, Instant> fired, Map<PeriodKey, Instant> reached) {
    var reports = new ArrayList<RuleReport>();
    for (Policy policy : policies) {
      for (Rule rule : policy.rules()) {
        var leads = new ArrayList<Duration>();
        int count = 0;
        for (var entry : fired.entrySet()) {
          RuleKey key = entry.getKey();
          if (key.policy().equals(policy.name()) && key.rule().equals(rule.name())) {
            count++;
            Instant limit = reached.get(key.period());
            if (limit != null) {
              Duration lead = Duration.between(entry.getValue(), limit);
              leads.add(lead.isNegative() ? Duration.ZERO : lead);
            }
          }
        }
        leads.sort(Comparator.naturalOrder());
        Optional<Duration> median =
            leads.isEmpty() ? Optional.empty() : Optional.of(leads.get(leads.size() / 2));
        reports.add(
            new RuleReport(
                policy.name(), rule.name(), count, leads.size(), count - leads.size(), median));
      }
    }
    return reports;
  }
}
