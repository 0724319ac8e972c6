package dev.spendwarden.alert;

import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.policy.Severity;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One budget in breach (or about to be) of one policy.
///
/// @param id derived from policy, budget, period and episode: the same after a restore from backup
/// @param budgetLabels the budget's `per` values
/// @param policyFingerprint of the policy under which it was judged
/// @param periodEnd when the calendar closes it
/// @param episode counts the alerts of this budget within the period, from 1
/// @param ordinal counts the transitions of this budget within the period; ids are derived from it
/// @param severity of the worst firing rule (of the worst pending one while pending)
/// @param rules every rule that is pending or firing, by name
/// @param startedAt when it began to fire (to be pending while pending)
/// @param reason why it resolved
public record Alert(
    String id,
    String policy,
    String budgetId,
    Dimensions budgetLabels,
    String policyFingerprint,
    Instant periodStart,
    Instant periodEnd,
    int episode,
    int ordinal,
    State state,
    Severity severity,
    Map<String, RuleState> rules,
    Instant startedAt,
    Optional<Instant> endedAt,
    Optional<Reason> reason,
    Optional<String> ackedBy) {

  public enum State {
    PENDING,
    FIRING,
    RESOLVED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public enum Reason {
    RECOVERED,
    PERIOD_CLOSED,
    POLICY_CHANGED,
    POLICY_REMOVED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Alert {
    rules = java.util.Collections.unmodifiableMap(new TreeMap<>(rules));
  }

  /// The names of the rules that fire, sorted.
  public SortedSet<String> firingRules() {
    var names = new TreeSet<String>();
    rules.forEach((name, state) -> {
      if (state instanceof RuleState.Firing) {
        names.add(name);
      }
    });
    return names;
  }

  Alert withOrdinal(int ordinal) {
    return new Alert(
        id,
        policy,
        budgetId,
        budgetLabels,
        policyFingerprint,
        periodStart,
        periodEnd,
        episode,
        ordinal,
        state,
        severity,
        rules,
        startedAt,
        endedAt,
        reason,
        ackedBy);
  }

  Alert withRules(Map<String, RuleState> rules, Severity severity) {
    return new Alert(
        id,
        policy,
        budgetId,
        budgetLabels,
        policyFingerprint,
        periodStart,
        periodEnd,
        episode,
        ordinal,
        state,
        severity,
        rules,
        startedAt,
        endedAt,
        reason,
        ackedBy);
  }

  Alert fired(Instant now) {
    return new Alert(
        id,
        policy,
        budgetId,
        budgetLabels,
        policyFingerprint,
        periodStart,
        periodEnd,
        episode,
        ordinal,
        State.FIRING,
        severity,
        rules,
        now,
        endedAt,
        reason,
        ackedBy);
  }

  Alert resolved(Reason why, Instant at) {
    return new Alert(
        id,
        policy,
        budgetId,
        budgetLabels,
        policyFingerprint,
        periodStart,
        periodEnd,
        episode,
        ordinal,
        State.RESOLVED,
        severity,
        rules,
        startedAt,
        Optional.of(at),
        Optional.of(why),
        ackedBy);
  }

  /// Who said that somebody is looking after it; repetition stops.
  public Alert ackedBy(String person) {
    return new Alert(
        id,
        policy,
        budgetId,
        budgetLabels,
        policyFingerprint,
        periodStart,
        periodEnd,
        episode,
        ordinal,
        state,
        severity,
        rules,
        startedAt,
        endedAt,
        reason,
        Optional.of(person));
  }
}
