package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.notify.Reminders;
import dev.spendwarden.notify.RouteNode;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.yaml.PolicyTest;
import dev.spendwarden.policy.yaml.PolicyTest.Expectation;
import dev.spendwarden.policy.yaml.PolicyTest.Given;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Runs one policy test on a turned clock.
///
/// Every source that the test mentions or its policies select is polled at `now`, every
/// `poll_interval` after it, and besides at the instant at which something is given for it or it
/// begins or ceases to fail: what is given counts from its instant on, whatever the phase of the
/// polls. Timers, staleness and the ends of periods come exactly when they are due. At one instant
/// everything given is taken in first, then the sources are polled in alphabetical order, then time
/// is let pass, then expectations are looked at.
public final class TestRun {

  private static final String RECEIVER = "test";

  private final PolicyTest test;
  private final Evaluation evaluation;
  private final SentInMemory sent = new SentInMemory();
  private final Dispatch dispatch;
  private final Map<String, GivenReadings> sources = new TreeMap<>();
  private final Deque<Given> toCome;
  private final Reminders reminders = new Reminders();

  /// Polls beside the regular ones: when a source ceases to fail.
  private final TreeMap<Instant, Set<String>> recoveries = new TreeMap<>();

  private TestRun(PolicyTest test) {
    this.test = test;
    this.toCome = new ArrayDeque<>(test.given());
    for (String name : sourcesOf(test)) {
      sources.put(name, new GivenReadings(name));
    }
    this.evaluation =
        new Evaluation(
            test.policies().stream().map(TestRun::toTheOneReceiver).toList(),
            sources.keySet().stream()
                .map(
                    name -> new SourceTerms(name, test.maxAges().getOrDefault(name, test.maxAge())))
                .toList());
    this.dispatch =
        new Dispatch(
            new Routes(RouteNode.to(RECEIVER, test.repeatInterval()), Set.of(RECEIVER)),
            (rule, assessment) -> rule.name(),
            Optional.empty());
  }

  /// What a test came to; it passed when nothing failed.
  public record Result(PolicyTest test, List<Failure> failures) {
    public Result {
      failures = List.copyOf(failures);
    }

    public boolean passed() {
      return failures.isEmpty();
    }
  }

  public static Result run(PolicyTest test) {
    return new Result(test, new TestRun(test).run());
  }

  private static Set<String> sourcesOf(PolicyTest test) {
    var names = new TreeSet<String>(test.maxAges().keySet());
    test.policies().forEach(policy -> names.addAll(policy.selection().sources()));
    test.given().forEach(given -> sourceOf(given).ifPresent(names::add));
    return names;
  }

  private static Optional<String> sourceOf(Given given) {
    return switch (given) {
      case Given.Quota quota -> Optional.of(quota.reading().source());
      case Given.Spend spend -> Optional.of(spend.charge().source());
      case Given.Report report -> Optional.of(report.source());
      case Given.Failure failure -> Optional.of(failure.source());
      case Given.Silenced _ -> Optional.empty();
    };
  }

  /// A test has one receiver: whoever a policy names is that one, and nobody stays nobody.
  private static Policy toTheOneReceiver(Policy policy) {
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
        policy.freshWithin(),
        policy.maxJump(),
        policy.receivers().filter(List::isEmpty),
        policy.decisions(),
        policy.waivers(),
        policy.rules(),
        policy.fingerprint());
  }

  private List<Failure> run() {
    var failures = new ArrayList<Failure>();
    Deque<Expectation> expected = new ArrayDeque<>(test.expect());
    Instant nextPoll = test.now();
    while (!expected.isEmpty()) {
      Instant now = earliest(nextPoll, expected.getFirst().at());
      boolean regular = now.equals(nextPoll);
      Set<String> polled = takeGiven(now);
      polled.addAll(recoveries.getOrDefault(now, Set.of()));
      recoveries.headMap(now, true).clear();
      poll(regular ? sources.keySet() : polled, now);
      if (regular) {
        nextPoll = nextPoll.plus(test.pollInterval());
      }
      tell(evaluation.tick(now), now);
      remind(now);
      while (!expected.isEmpty() && expected.getFirst().at().equals(now)) {
        Judgement.of(expected.removeFirst(), evaluation, sent.all(), now).ifPresent(failures::add);
      }
    }
    return failures;
  }

  /// The next instant at which anything happens.
  private Instant earliest(Instant nextPoll, Instant nextExpectation) {
    Instant given = toCome.isEmpty() ? Instant.MAX : toCome.getFirst().at();
    Instant recovery = recoveries.isEmpty() ? Instant.MAX : recoveries.firstKey();
    Instant next =
        Stream.of(
                nextPoll,
                nextExpectation,
                given,
                recovery,
                reminders.next(),
                evaluation.nextWakeUp())
            .min(Instant::compareTo)
            .orElseThrow();
    // What was given before the clock starts is there when it does.
    return next.isBefore(test.now()) ? test.now() : next;
  }

  /// @return the sources for which something was given now
  private Set<String> takeGiven(Instant now) {
    var changed = new TreeSet<String>();
    while (!toCome.isEmpty() && !toCome.getFirst().at().isAfter(now)) {
      Given given = toCome.removeFirst();
      if (given instanceof Given.Silenced silence) {
        tell(evaluation.silence(asSilence(silence), now), now);
        continue;
      }
      String name = sourceOf(given).orElseThrow();
      GivenReadings source = sources.get(name);
      if (source != null) {
        source.take(given);
        changed.add(name);
        if (given instanceof Given.Failure && source.failsAt(now)) {
          recoveries.computeIfAbsent(source.failsUntil(), at -> new TreeSet<>()).add(name);
        }
      }
    }
    return changed;
  }

  private void poll(Collection<String> names, Instant now) {
    for (String name : names) {
      GivenReadings source = sources.get(name);
      if (source != null) {
        tell(
            source.failsAt(now)
                ? evaluation.failed(name, "server", now)
                : evaluation.accept(source.poll(now), now),
            now);
      }
    }
  }

  /// @param silence known by where it stands: two with the same labels are two
  private static Silence asSilence(Given.Silenced silence) {
    return new Silence(
        "sil_" + silence.at() + silence.match(),
        silence.match(),
        silence.at(),
        silence.at().plus(silence.length()),
        "",
        RECEIVER);
  }

  private void tell(Outcome outcome, Instant now) {
    var _ = dispatch.tell(outcome.transitions(), sent, now);
    outcome.changed().forEach(alert -> reminders.set(alert, nextRepeat(alert, now)));
  }

  /// Alerts that have not changed for a repeat interval are told again.
  private void remind(Instant now) {
    List<Alert> due = reminders.due(now);
    tell(evaluation.repeat(due, now), now);
    for (Alert alert : reminders.due(now)) {
      reminders.set(
          alert, nextRepeat(evaluation.present(alert), now).filter(at -> at.isAfter(now)));
    }
  }

  /// While it is quiet the time waits for its end.
  private Optional<Instant> nextRepeat(Alert alert, Instant now) {
    Optional<Policy> policy = evaluation.policy(alert.policy());
    if (alert.state() != Alert.State.FIRING || policy.isEmpty()) {
      return Optional.empty();
    }
    Optional<Instant> quietUntil = evaluation.quietUntil(alert, now);
    return dispatch
        .nextRepeat(
            policy.get(),
            alert,
            sent.toldAt(List.of(alert.id())).getOrDefault(alert.id(), Map.of()),
            now)
        .map(at -> quietUntil.filter(until -> until.isAfter(at)).orElse(at));
  }
}
