package dev.spendwarden.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The goal: a budget that is left alone after a poll would have come out as it was. Two
/// evaluations live through the same random history of readings, failures, waivers, silences and
/// the passing of time; one leaves budgets alone, the other is made to judge every budget of the
/// source from scratch each time. Whatever they tell, store and show must be equal at every step.
class LeftAloneTest {

  private static final Instant START = Instant.parse("2027-01-12T09:00:00Z");
  private static final int EVENTS = 500;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsLeftAloneWouldHaveComeOutTheSame(long seed) {
    var history = new RandomHistory(new Random(seed), START);
    List<Policy> policies = RandomHistory.policies();
    var sparing = new Evaluation(policies, RandomHistory.terms());
    var thorough = new Evaluation(policies, RandomHistory.terms());
    int transitions = 0;
    var counter = new int[2];
    sparing.observe(assessment -> counter[0]++);
    thorough.observe(assessment -> counter[1]++);
    step(sparing, thorough, e -> e.restore(List.of(), START), START, "seed " + seed + ", start");
    for (int i = 0; i < EVENTS; i++) {
      RandomHistory.Event event = history.next();
      String where = "seed %d, event %d: %s".formatted(seed, i, event);
      while (!sparing.nextWakeUp().isAfter(event.at())) {
        Instant due = sparing.nextWakeUp();
        assertThat(thorough.nextWakeUp()).as(where).isEqualTo(due);
        transitions += step(sparing, thorough, e -> e.tick(due), due, where + ", tick " + due);
      }
      transitions += step(sparing, thorough, event::on, event.at(), where);
    }
    // Enough happened, and enough was left alone, for the comparison to mean something.
    assertThat(transitions).as("transitions, seed %d", seed).isGreaterThan(50);
    assertThat(counter[0]).as("judged, seed %d", seed).isLessThan(counter[1] * 9 / 10);
  }

  private static int step(
      Evaluation sparing,
      Evaluation thorough,
      Function<Evaluation, Outcome> event,
      Instant at,
      String where) {
    thorough.unsee();
    Outcome expected = event.apply(thorough);
    Outcome found = event.apply(sparing);
    assertThat(found.transitions()).as(where).isEqualTo(expected.transitions());
    assertThat(found).as(where).isEqualTo(expected);
    assertThat(sparing.snapshot(at).budgets()).as(where).isEqualTo(thorough.snapshot(at).budgets());
    return found.transitions().size() + found.hushed().size();
  }
}
