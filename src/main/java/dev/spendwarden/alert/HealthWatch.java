package dev.spendwarden.alert;

import dev.spendwarden.alert.Lifecycle.Span;
import dev.spendwarden.alert.Lifecycle.Step;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Assessment.Verdict;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Judges the [BuiltInPolicies]: sources, receivers and policies themselves. Part of one
/// [Evaluation], which calls it in every look, so that what it finds is stored and told in the
/// transaction of that look.
///
/// **Sources.** A failure that may pass by itself (a 503, a timeout) is told at the second in a
/// row, or when a poll interval has gone by without a good poll; any other at once. Data older than
/// `max_age` is told at that instant. After a start or reload an old source is given the time of
/// its first poll. Only a good poll resolves.
public final class HealthWatch {

  /// Failures that often pass before anybody could look.
  private static final Set<String> TRANSIENT =
      Set.of("server", "timeout", "rate_limited", "partial");

  /// Sources polled rarely, and receivers, are known to fail within this.
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Span FOR_GOOD = new Span(Period.FAR_PAST, Period.FAR_FUTURE);

  private final Map<String, SourceTerms> sources = new LinkedHashMap<>();
  private final Map<String, ReceiverHealth> receivers = new LinkedHashMap<>();
  private final Instant since;
  private final Patience patience;
  private final Duration unreachableAfter;
  private final Map<String, Policy> policies = new LinkedHashMap<>();
  private final Map<String, Map<Dimensions, BudgetWatch>> budgets = new HashMap<>();
  private final Map<String, Integer> failures = new HashMap<>();

  /// How much a policy has to do.
  ///
  /// @param selects whether it selects any figure; unknown while its sources never answered
  /// @param noLimit whether it waits for a limit that no figure brings
  /// @param unknownRules rules that are unknown for every budget
  record PolicyUse(String name, Truth selects, Truth noLimit, List<String> unknownRules) {}

  /// How long what takes real time may take.
  ///
  /// @param leeway what an answer may take beyond the time at which it was due
  /// @param delayed messages that nobody has tried to deliver for so long: the queue does not move
  public record Patience(Duration leeway, Duration delayed) {

    public static final Patience USUAL =
        new Patience(Duration.ofMillis(500), Duration.ofMinutes(15));
  }

  /// @param since when the daemon (or this configuration) began to work
  public HealthWatch(
      Collection<SourceTerms> sources,
      Collection<String> receivers,
      Instant since,
      Patience patience) {
    this(sources, receivers, sources, since, patience);
  }

  /// One of several that watch between them.
  ///
  /// @param all sources there are: an unreachable receiver is told as soon as the one that is
  ///   polled most often would be
  public HealthWatch(
      Collection<SourceTerms> sources,
      Collection<String> receivers,
      Collection<SourceTerms> all,
      Instant since,
      Patience patience) {
    sources.forEach(source -> this.sources.put(source.name(), source));
    receivers.forEach(name -> this.receivers.put(name, ReceiverHealth.fine(name)));
    this.since = since;
    this.patience = patience;
    this.unreachableAfter =
        all.stream()
            .map(SourceTerms::pollInterval)
            .reduce(PATIENCE, HealthWatch::shorter)
            .plus(patience.leeway());
    for (Policy policy : BuiltInPolicies.all()) {
      policies.put(policy.name(), policy);
      budgets.put(policy.name(), new LinkedHashMap<>());
    }
  }

  boolean owns(String policyName) {
    return policies.containsKey(policyName);
  }

  Collection<Policy> policies() {
    return policies.values();
  }

  /// Every subject that was judged.
  Collection<BudgetWatch> budgets(String policyName) {
    return budgets.getOrDefault(policyName, Map.of()).values();
  }

  Optional<BudgetWatch> find(String policyName, Dimensions labels) {
    return Optional.ofNullable(budgets.getOrDefault(policyName, Map.of()).get(labels));
  }

  Optional<Policy> policy(String name) {
    return Optional.ofNullable(policies.get(name));
  }

  void waive(Collection<GrantedWaiver> waivers) {
    policies.replaceAll((name, policy) ->
        policy.withWaivers(
            waivers.stream()
                .filter(granted -> granted.policy().equals(name))
                .map(GrantedWaiver::waiver)
                .toList()));
  }

  /// Takes in a stored alert.
  ///
  /// @return false when what it is about is not configured any more
  boolean restore(Alert alert, Set<String> policyNames) {
    boolean known =
        switch (alert.policy()) {
          case BuiltInPolicies.SOURCE_HEALTH -> sources.containsKey(value(alert, Dimension.SOURCE));
          case BuiltInPolicies.DELIVERY_HEALTH ->
              receivers.containsKey(value(alert, Dimension.RECEIVER));
          default -> policyNames.contains(value(alert, Dimension.POLICY_NAME));
        };
    if (known || alert.state() == Alert.State.RESOLVED) {
      budget(alert.policy(), alert.budgetLabels()).put(alert);
      return true;
    }
    return false;
  }

  private static String value(Alert alert, Dimension dimension) {
    return alert.budgetLabels().get(dimension).orElse("");
  }

  /// A poll has ended, one way or the other.
  void polled(String source, boolean good) {
    if (good) {
      failures.remove(source);
    } else {
      failures.merge(source, 1, Integer::sum);
    }
  }

  /// Takes in how deliveries go; receivers it does not list have nothing undelivered.
  public void put(Collection<ReceiverHealth> states) {
    receivers.replaceAll((name, former) -> ReceiverHealth.fine(name));
    for (ReceiverHealth state : states) {
      receivers.computeIfPresent(state.receiver(), (name, former) -> state);
    }
  }

  /// Judges sources and receivers.
  void look(Ledger ledger, Instant now, Outcome.Builder outcome) {
    sources.values().forEach(source -> look(source, ledger.status(source.name()), now, outcome));
    receivers.values().forEach(receiver -> look(receiver, now, outcome));
  }

  private void look(SourceTerms terms, SourceStatus status, Instant now, Outcome.Builder outcome) {
    Instant staleAt =
        later(
            status.dataAsOf().orElse(since).plus(terms.maxAge()),
            since.plus(shorter(terms.pollInterval(), PATIENCE)).plus(patience.leeway()));
    boolean stale = !now.isBefore(staleAt);
    Instant patientUntil =
        status.failingSince().orElse(now).plus(terms.pollInterval()).plus(patience.leeway());
    Truth failing = failing(status, patientUntil, now);
    // Old data from before the start says nothing until the first poll has ended.
    boolean wasStale =
        !stale
            && status.dataAsOf().isPresent()
            && !now.isBefore(status.dataAsOf().get().plus(terms.maxAge()));
    var judged =
        new Judged(
            BuiltInPolicies.SOURCE_HEALTH,
            Dimensions.of(Dimension.SOURCE, terms.name()),
            List.of(failing, wasStale ? Truth.UNKNOWN : Truth.of(stale)),
            () -> wording(terms.name(), status),
            status.failure().isPresent()
                ? DataState.ERROR
                : stale ? DataState.STALE : DataState.FRESH,
            status.dataAsOf());
    judge(
        judged,
        now,
        outcome,
        status.failure().isPresent() ? List.of(staleAt, patientUntil) : List.of(staleAt));
  }

  private static Wording wording(String source, SourceStatus status) {
    String last =
        status
            .dataAsOf()
            .map(at -> "its newest data is of " + shown(at))
            .orElse("it never answered");
    String why = status.failure().map(reason -> " (" + reason + ")").orElse("");
    return new Wording(
        Map.of(
            "failing",
            "Source " + source + " cannot be polled" + why + "; " + last,
            "stale",
            "Source " + source + " has no data younger than its max_age" + why + "; " + last),
        "Source " + source + " answers again; " + last);
  }

  private Truth failing(SourceStatus status, Instant patientUntil, Instant now) {
    if (status.failure().isEmpty()) {
      return Truth.FALSE;
    }
    boolean certain =
        !TRANSIENT.contains(status.failure().get())
            || failures.getOrDefault(status.source(), 0) > 1
            || !now.isBefore(patientUntil);
    return certain ? Truth.TRUE : Truth.UNKNOWN;
  }

  private void look(ReceiverHealth receiver, Instant now, Outcome.Builder outcome) {
    Instant unreachableAt = receiver.failingSince().orElse(Instant.MAX);
    unreachableAt =
        unreachableAt.equals(Instant.MAX) ? Instant.MAX : unreachableAt.plus(unreachableAfter);
    Instant delayedAt =
        receiver.oldestPending().map(at -> at.plus(patience.delayed())).orElse(Instant.MAX);
    var judged =
        new Judged(
            BuiltInPolicies.DELIVERY_HEALTH,
            Dimensions.of(Dimension.RECEIVER, receiver.receiver()),
            List.of(
                Truth.of(!now.isBefore(unreachableAt)),
                Truth.of(!now.isBefore(delayedAt)),
                Truth.of(receiver.dead() > 0),
                Truth.of(receiver.disabled())),
            () -> wording(receiver),
            DataState.FRESH,
            Optional.of(now));
    judge(judged, now, outcome, List.of(unreachableAt, delayedAt));
  }

  private static Wording wording(ReceiverHealth receiver) {
    String name = "Receiver " + receiver.receiver();
    String waiting =
        receiver
            .oldestPending()
            .map(at -> "; the oldest message waits since " + shown(at))
            .orElse("");
    return new Wording(
        Map.of(
            "unreachable",
            name + " cannot be reached" + waiting,
            "delayed",
            name + " gets its messages late" + waiting,
            "dead-letters",
            name + " has " + letters(receiver.dead()),
            "disabled",
            name + " answered 410 Gone: nothing is sent to it until it is configured anew"),
        name + " gets its messages again");
  }

  private static String letters(long dead) {
    return dead == 1
        ? "1 dead letter: see it, mend the cause, retry it"
        : dead + " dead letters: see them, mend the cause, retry them";
  }

  /// Judges what policies have to do.
  void look(Collection<PolicyUse> uses, Instant now, Outcome.Builder outcome) {
    for (PolicyUse use : uses) {
      Truth selectsNothing =
          switch (use.selects()) {
            case TRUE -> Truth.FALSE;
            case FALSE -> Truth.TRUE;
            case UNKNOWN -> Truth.UNKNOWN;
          };
      var judged =
          new Judged(
              BuiltInPolicies.POLICY_HEALTH,
              Dimensions.of(Dimension.POLICY_NAME, use.name()),
              List.of(selectsNothing, use.noLimit(), Truth.of(!use.unknownRules().isEmpty())),
              () -> wording(use),
              DataState.FRESH,
              Optional.of(now));
      judge(judged, now, outcome, List.of());
    }
  }

  private static Wording wording(PolicyUse use) {
    String name = "Policy " + use.name();
    return new Wording(
        Map.of(
            "selects-nothing",
            name + " selects nothing: no figure of its sources matches its where and not",
            "no-limit",
            name + " waits for a limit that its source does not report",
            "unknown-rule",
            name + " cannot judge, for any budget: " + String.join(", ", use.unknownRules())),
        name + " watches something");
  }

  /// @param summaries by rule, where it holds
  /// @param well what is said where it does not (any more)
  private record Wording(Map<String, String> summaries, String well) {}

  /// @param verdicts in the order of the policy's rules
  /// @param wording asked for only when something is told: nearly every look changes nothing
  /// @param dataState shown with the alert; it holds nothing
  private record Judged(
      String policy,
      Dimensions labels,
      List<Truth> verdicts,
      Supplier<Wording> wording,
      DataState dataState,
      Optional<Instant> dataAsOf) {}

  private void judge(
      Judged judged, Instant now, Outcome.Builder outcome, List<Instant> lookAgainAt) {
    Policy known = Objects.requireNonNull(policies.get(judged.policy()));
    BudgetWatch budget = budget(known.name(), judged.labels());
    var verdicts = new ArrayList<Verdict>();
    for (int i = 0; i < known.rules().size(); i++) {
      verdicts.add(new Verdict(known.rules().get(i).name(), judged.verdicts().get(i)));
    }
    Assessment judgeable =
        Assessment.none(budget.budget, known, FOR_GOOD.start(), FOR_GOOD.end(), now)
            .judged(verdicts, DataState.FRESH, judged.dataAsOf());
    Assessment shown = judgeable.judged(verdicts, judged.dataState(), judged.dataAsOf());
    budget.judged(shown);
    Step step =
        Lifecycle.next(
            budget.live(), budget.resolvedIn(FOR_GOOD.start()), known, judgeable, FOR_GOOD);
    Looking.apply(budget, worded(step.shown(shown), known, judged, shown), outcome);
    var times = new ArrayList<>(lookAgainAt);
    budget.live().flatMap(alert -> Lifecycle.nextTimer(alert, known, now)).ifPresent(times::add);
    budget.wakeAt =
        times.stream().filter(at -> at.isAfter(now)).min(Instant::compareTo).orElse(Instant.MAX);
  }

  private static Step worded(Step step, Policy known, Judged judged, Assessment shown) {
    return new Step(
        step.alert(),
        step.transition()
            .map(t ->
                new Transition(
                    t.kind(),
                    t.alert(),
                    worded(known, judged),
                    shown,
                    t.formerSeverity(),
                    t.at())));
  }

  private static Policy worded(Policy known, Judged judged) {
    Wording wording = judged.wording().get();
    var summaries = new HashMap<String, String>();
    for (int i = 0; i < known.rules().size(); i++) {
      String rule = known.rules().get(i).name();
      summaries.put(
          rule,
          judged.verdicts().get(i) == Truth.FALSE
              ? wording.well()
              : wording.summaries().getOrDefault(rule, wording.well()));
    }
    return known.withSummaries(summaries);
  }

  Instant nextWakeUp() {
    return budgets.values().stream()
        .flatMap(all -> all.values().stream())
        .map(budget -> budget.wakeAt)
        .min(Instant::compareTo)
        .orElse(Instant.MAX);
  }

  private BudgetWatch budget(String policy, Dimensions labels) {
    return budgets
        .computeIfAbsent(policy, name -> new LinkedHashMap<>())
        .computeIfAbsent(labels, l -> new BudgetWatch(Budget.of(policy, l)));
  }

  private static String shown(Instant at) {
    return at.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString();
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
