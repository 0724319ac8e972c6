package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.PolicyFixtures;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private static final Instant NOW = Instant.parse("2027-07-10T09:00:00Z");

  private static Policy policy(PeriodSpec period) {
    return PolicyFixtures.policy(
        "p",
        new Selection(Set.of("s"), Selection.Kind.SPEND, Map.of(), Map.of(), List.of()),
        new Limit.Quota(),
        period);
  }

  @Test
  void whatIsOlderThanRetentionMayGo() {
    assertThat(
            RetentionVerticle.before(
                List.of(policy(new PeriodSpec.Calendar(PeriodSpec.Every.MONTH))),
                Duration.ofDays(400),
                NOW))
        .contains(NOW.minus(Duration.ofDays(400)));
  }

  @Test
  void whatAnOpenPeriodNeedsStaysAndAWeekBefore() {
    assertThat(
            RetentionVerticle.before(
                List.of(policy(new PeriodSpec.Calendar(PeriodSpec.Every.YEAR))),
                Duration.ofDays(30),
                NOW))
        .contains(Instant.parse("2026-12-25T00:00:00Z"));
  }

  @Test
  void aBudgetWithoutAPeriodNeedsEverything() {
    assertThat(
            RetentionVerticle.before(
                List.of(policy(new PeriodSpec.None())), Duration.ofDays(30), NOW))
        .isEmpty();
  }
}
