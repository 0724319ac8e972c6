package dev.spendwarden.alert;

import dev.spendwarden.alert.Transition.Kind;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Assessment.Verdict;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The life of one alert as pure functions: what an assessment, the calendar or an operator makes
/// of it.
///
/// One budget in breach of one policy is one alert. It is pending while only `for` timers run,
/// firing with the severity of its worst firing rule, and resolved once none fires. A held
/// assessment changes nothing, and an unknown rule stays as it was.
final class Lifecycle {

  private static final Step NOTHING = new Step(Optional.empty(), Optional.empty());

  private Lifecycle() {}

  /// @param alert as it is now; empty when there is none (never was, or was pending and has
  ///   cleared)
  /// @param transition what to tell, when there is something to tell
  record Step(Optional<Alert> alert, Optional<Transition> transition) {

    /// The same, telling more of what it was judged on.
    Step shown(Assessment assessment) {
      return new Step(
          alert,
          transition.map(t ->
              new Transition(
                  t.kind(), t.alert(), t.policy(), assessment, t.formerSeverity(), t.at())));
    }
  }

  /// The span an alert belongs to: the budget's period, or all time where periods do not end
  /// (rolling, none).
  record Span(Instant start, Instant end) {}

  /// @param live the budget's pending or firing alert
  /// @param former the budget's newest resolved one, from which episodes and ordinals are counted
  ///   on
  static Step next(
      Optional<Alert> live,
      Optional<Alert> former,
      Policy policy,
      Assessment assessment,
      Span span) {
    if (assessment.held()) {
      return new Step(live, Optional.empty());
    }
    if (live.isEmpty() && !breaches(assessment)) {
      return NOTHING;
    }
    Map<String, RuleState> rules =
        advance(policy, assessment, live.map(Alert::rules).orElse(Map.of()));
    if (rules.isEmpty()) {
      return live.map(alert -> clear(alert, policy, assessment))
          .orElse(new Step(Optional.empty(), Optional.empty()));
    }
    Alert before = live.orElseGet(() -> begin(former, policy, assessment, span));
    return change(before, policy, assessment, rules);
  }

  private static boolean breaches(Assessment assessment) {
    for (Verdict verdict : assessment.verdicts()) {
      if (verdict.truth() == Truth.TRUE) {
        return true;
      }
    }
    return false;
  }

  /// The states of all rules that are pending or firing after this assessment.
  private static Map<String, RuleState> advance(
      Policy policy, Assessment assessment, Map<String, RuleState> before) {
    var after = new TreeMap<String, RuleState>();
    for (int i = 0; i < policy.rules().size(); i++) {
      Rule rule = policy.rules().get(i);
      Truth truth = assessment.verdicts().get(i).truth();
      Optional<RuleState> was = Optional.ofNullable(before.get(rule.name()));
      Optional<RuleState> is =
          switch (truth) {
            case UNKNOWN -> was;
            case TRUE -> Optional.of(breached(rule, was, assessment.at()));
            case FALSE -> was.flatMap(state -> cleared(rule, state, assessment.at()));
          };
      is.ifPresent(state -> after.put(rule.name(), state));
    }
    return after;
  }

  private static RuleState breached(Rule rule, Optional<RuleState> was, Instant now) {
    return switch (was.orElse(new RuleState.Pending(now))) {
      case RuleState.Pending(Instant since) when ranOut(since, rule.holdFor(), now) ->
          new RuleState.Firing(now, Optional.empty());
      case RuleState.Pending pending -> pending;
      case RuleState.Firing(Instant since, Optional<Instant> _) ->
          new RuleState.Firing(since, Optional.empty());
    };
  }

  private static Optional<RuleState> cleared(Rule rule, RuleState was, Instant now) {
    return switch (was) {
      case RuleState.Pending _ -> Optional.empty();
      case RuleState.Firing(Instant since, Optional<Instant> clearedSince) -> {
        Instant clear = clearedSince.orElse(now);
        yield ranOut(clear, rule.keepFiringFor(), now)
            ? Optional.empty()
            : Optional.of(new RuleState.Firing(since, Optional.of(clear)));
      }
    };
  }

  private static boolean ranOut(Instant since, Duration length, Instant now) {
    return !now.isBefore(since.plus(length));
  }

  private static Step change(
      Alert before, Policy policy, Assessment assessment, Map<String, RuleState> rules) {
    boolean wasFiring = before.state() == Alert.State.FIRING;
    Set<String> firing = before.withRules(rules, before.severity()).firingRules();
    if (firing.isEmpty()) {
      if (wasFiring) {
        // Some rule is pending again, but none fires any more: this alert is over.
        return clear(before, policy, assessment);
      }
      return new Step(
          Optional.of(before.withRules(rules, worst(policy, rules.keySet()))), Optional.empty());
    }
    Severity severity = worst(policy, firing);
    Alert after = before.withRules(rules, severity);
    if (!wasFiring) {
      return told(Kind.FIRED, after.fired(assessment.at()), policy, assessment, Optional.empty());
    }
    int compared = severity.compareTo(before.severity());
    if (compared > 0) {
      return told(Kind.ESCALATED, after, policy, assessment, Optional.of(before.severity()));
    }
    if (compared < 0) {
      return told(Kind.DEESCALATED, after, policy, assessment, Optional.of(before.severity()));
    }
    if (hasNewRuleOf(severity, policy, before.firingRules(), firing)) {
      return told(Kind.UPDATED, after, policy, assessment, Optional.of(severity));
    }
    return new Step(Optional.of(after), Optional.empty());
  }

  private static boolean hasNewRuleOf(
      Severity severity, Policy policy, Set<String> before, Set<String> after) {
    var added = new HashSet<>(after);
    added.removeAll(before);
    return policy.rules().stream()
        .anyMatch(rule -> added.contains(rule.name()) && rule.severity() == severity);
  }

  private static Severity worst(Policy policy, Set<String> names) {
    return policy.rules().stream()
        .filter(rule -> names.contains(rule.name()))
        .map(Rule::severity)
        .max(Severity::compareTo)
        .orElse(Severity.INFO);
  }

  private static Step clear(Alert alert, Policy policy, Assessment assessment) {
    if (alert.state() == Alert.State.PENDING) {
      return new Step(Optional.empty(), Optional.empty());
    }
    return resolve(alert, policy, assessment, Alert.Reason.RECOVERED, assessment.at());
  }

  /// Ends a live alert: told when it was firing, forgotten when it was pending.
  ///
  /// @param at when it ended: for the calendar the period's end, however late that is noticed
  static Step resolve(
      Alert alert, Policy policy, Assessment assessment, Alert.Reason reason, Instant at) {
    if (alert.state() == Alert.State.PENDING) {
      return new Step(Optional.empty(), Optional.empty());
    }
    return told(
        Kind.RESOLVED,
        alert.resolved(reason, at),
        policy,
        assessment,
        Optional.of(alert.severity()),
        at);
  }

  /// A late charge has taken a closed period over `crossed` rules: the period's alert (a new one
  /// where it had none) stays resolved as `period_closed` and remembers them, so that they are told
  /// once.
  static Step late(
      Optional<Alert> ofPeriod,
      Policy policy,
      Assessment assessment,
      Span span,
      Set<String> crossed,
      Instant now) {
    Alert known =
        ofPeriod.orElseGet(() ->
            begin(Optional.empty(), policy, assessment, span)
                .fired(now)
                .resolved(Alert.Reason.PERIOD_CLOSED, span.end()));
    var rules = new TreeMap<>(known.rules());
    crossed.forEach(name -> rules.put(name, new RuleState.Firing(now, Optional.empty())));
    Alert late = known.withRules(rules, worst(policy, rules.keySet()));
    return told(Kind.LATE, late, policy, assessment, Optional.empty(), now);
  }

  /// A firing alert is told again.
  static Step repeat(Alert alert, Policy policy, Assessment assessment, Instant now) {
    return told(Kind.REPEATED, alert, policy, assessment, Optional.of(alert.severity()), now);
  }

  private static Alert begin(
      Optional<Alert> former, Policy policy, Assessment assessment, Span span) {
    Optional<Alert> samePeriod = former.filter(alert -> alert.periodStart().equals(span.start()));
    int episode = samePeriod.map(Alert::episode).orElse(0) + 1;
    int ordinal = samePeriod.map(Alert::ordinal).orElse(0);
    Budget budget = assessment.budget();
    String id =
        "alt_"
            + Budget.digest(String.join("\n", budget.id(), span.start().toString(), "" + episode));
    return new Alert(
        id,
        policy.name(),
        budget.id(),
        budget.labels(),
        policy.fingerprint(),
        span.start(),
        span.end(),
        episode,
        ordinal,
        Alert.State.PENDING,
        Severity.INFO,
        Map.of(),
        assessment.at(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Step told(
      Kind kind,
      Alert alert,
      Policy policy,
      Assessment assessment,
      Optional<Severity> formerSeverity) {
    return told(kind, alert, policy, assessment, formerSeverity, assessment.at());
  }

  private static Step told(
      Kind kind,
      Alert alert,
      Policy policy,
      Assessment assessment,
      Optional<Severity> formerSeverity,
      Instant at) {
    Alert counted = alert.withOrdinal(alert.ordinal() + 1);
    return new Step(
        Optional.of(counted),
        Optional.of(new Transition(kind, counted, policy, assessment, formerSeverity, at)));
  }

  /// Whether the same assessment again would change nothing more. It would where an alert ended
  /// because none of its rules fires any more while one is pending again: that one begins another.
  static boolean isSettled(Optional<Alert> live, Assessment assessment) {
    if (assessment.held()) {
      return true;
    }
    Map<String, RuleState> rules = live.isPresent() ? live.get().rules() : Map.of();
    for (Verdict verdict : assessment.verdicts()) {
      if (verdict.truth() == Truth.TRUE && !rules.containsKey(verdict.rule())) {
        return false;
      }
    }
    return true;
  }

  /// When a timer of this alert runs out next after `now`, if nothing else happens.
  static Optional<Instant> nextTimer(Alert alert, Policy policy, Instant now) {
    return policy.rules().stream()
        .flatMap(rule ->
            Optional.ofNullable(alert.rules().get(rule.name()))
                .flatMap(state -> timer(rule, state))
                .stream())
        .filter(at -> at.isAfter(now))
        .min(Instant::compareTo);
  }

  private static Optional<Instant> timer(Rule rule, RuleState state) {
    return switch (state) {
      case RuleState.Pending(Instant since) -> Optional.of(since.plus(rule.holdFor()));
      case RuleState.Firing(Instant _, Optional<Instant> clearedSince) ->
          clearedSince.map(since -> since.plus(rule.keepFiringFor()));
    };
  }
}
