package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static dev.spendwarden.store.Samples.alert;
import static dev.spendwarden.store.Samples.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.charge.Names;
import dev.spendwarden.policy.Period;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What every [dev.spendwarden.alert.AlertStore] does.
abstract class AlertStoreContract extends DatabaseContract {

  private static final Instant NEXT_PERIOD = T0.plusSeconds(86_400);

  @Test
  void everyFieldOfRandomAlertsComesBackAsItWas() {
    var random = new Random(42);
    var latest = new HashMap<String, Alert>();
    for (int i = 0; i < 300; i++) {
      Alert alert = alert(random, "alr_" + random.nextInt(200));
      put(alert);
      latest.put(alert.id(), alert);
    }

    assertThat(page(0, 1_000)).containsExactlyInAnyOrderElementsOf(latest.values());
  }

  @Test
  void manyAreWrittenAtOnceAsTheyWouldBeOneByOne() {
    Alert former = alert("a1", "b1", T0, 1);
    put(former);
    Alert after = resolved(former, NEXT_PERIOD);
    Alert other = alert("a2", "b2", T0, 1);
    database.transact(ports -> {
      ports.alerts().put(List.of());
      ports.alerts().put(List.of(after, other));
      return true;
    });
    assertThat(page(0, 9)).containsExactlyInAnyOrder(after, other);
  }

  @Test
  void restoredIsEachBudgetsLatestPeriodsLastEpisodeHoweverLateAnotherWasWritten() {
    Alert third = resolved(alert("a3", "b1", NEXT_PERIOD, 2), NEXT_PERIOD);
    put(third);
    put(resolved(alert("a2", "b1", NEXT_PERIOD, 1), NEXT_PERIOD));
    put(resolved(alert("a1", "b1", T0, 5), NEXT_PERIOD));
    put(alert("x1", "b2", T0, 1));

    assertThat(newest()).containsExactly(third, alert("x1", "b2", T0, 1));
  }

  @Test
  void restoredIsAlsoWhatIsLiveOrOfAPeriodStillOpenToLateCharges() {
    Alert forgotten = resolved(alert("a1", "b1", T0, 1), NEXT_PERIOD);
    Alert live = alert("a2", "b1", T0, 2);
    Alert newest = resolved(alert("a3", "b1", NEXT_PERIOD, 1), NEXT_PERIOD);
    put(forgotten);
    put(live);
    put(newest);

    assertThat(newest()).containsExactly(live, newest);
    assertThat(restored(forgotten.periodEnd().minusSeconds(1)))
        .containsExactly(forgotten, live, newest);
  }

  @Test
  void someCanBeRestoredByTheirPolicies() {
    Alert live = alert("a1", "b1", T0, 1);
    Alert over = resolved(alert("a2", "b2", T0, 1), NEXT_PERIOD);
    put(live);
    put(over);

    assertThat(restored(Names.only(List.of("policy")))).containsExactly(live, over);
    assertThat(restored(Names.allBut(List.of("other")))).containsExactly(live, over);
    assertThat(restored(Names.only(List.of("other")))).isEmpty();
    assertThat(restored(Names.allBut(List.of("policy")))).isEmpty();
  }

  private List<Alert> restored(Names policies) {
    return database.transact(ports -> ports.alerts().restore(T0, policies));
  }

  @Test
  void theSameIdReplaces() {
    Alert alert = alert("a1", "b1", T0, 1);
    put(alert);
    put(resolved(alert, NEXT_PERIOD));

    assertThat(newest()).containsExactly(resolved(alert, NEXT_PERIOD));
    assertThat(page(0, 10)).hasSize(1);
  }

  @Test
  void afterRemoveTheFormerAlertIsTheNewestAgain() {
    put(alert("a1", "b1", T0, 1));
    put(alert("a2", "b1", T0, 2));

    database.transact(ports -> {
      ports.alerts().remove("a2");
      ports.alerts().remove("never there");
      return true;
    });

    assertThat(newest()).containsExactly(alert("a1", "b1", T0, 1));
  }

  @Test
  void pagesRunFromTheNewestToTheOldestWithoutGapOrOverlap() {
    for (int i = 1; i <= 5; i++) {
      put(alert("a" + i, "b" + i, T0.plusSeconds(i), 1));
    }

    assertThat(page(0, 2)).extracting(Alert::id).containsExactly("a5", "a4");
    assertThat(page(2, 2)).extracting(Alert::id).containsExactly("a3", "a2");
    assertThat(page(4, 2)).extracting(Alert::id).containsExactly("a1");
    assertThat(page(5, 2)).isEmpty();
  }

  @Test
  void pruningForgetsOldResolvedAlertsButNeverABudgetsNewest() {
    put(resolved(alert("old", "b1", T0, 1), T0.plusSeconds(10)));
    put(resolved(alert("newest", "b1", T0, 2), T0.plusSeconds(20)));
    put(alert("firing", "b2", T0, 1));
    put(resolved(alert("recent", "b3", T0, 1), T0.plusSeconds(40)));
    put(resolved(alert("recent, newest", "b3", T0, 2), T0.plusSeconds(50)));
    remember("old", "newest");

    database.prune(T0.plusSeconds(30));

    assertThat(page(0, 10))
        .extracting(Alert::id)
        .containsExactlyInAnyOrder("newest", "firing", "recent", "recent, newest");
    database.transact(ports -> {
      assertThat(ports.outbox().memory("slack", "old")).isEmpty();
      assertThat(ports.outbox().memory("slack", "newest")).contains("ts");
      return true;
    });
  }

  private void remember(String... alertIds) {
    database.transact(ports -> {
      for (String id : alertIds) {
        ports.outbox().putMemory("slack", id, "ts");
      }
      return true;
    });
  }

  private void put(Alert alert) {
    database.transact(ports -> {
      ports.alerts().put(alert);
      return true;
    });
  }

  private List<Alert> newest() {
    return restored(Period.FAR_FUTURE);
  }

  private List<Alert> restored(Instant periodEndedAfter) {
    return database.transact(ports -> ports.alerts().restore(periodEndedAfter));
  }

  private List<Alert> page(int offset, int limit) {
    return database.transact(ports -> ports.alerts().page(offset, limit));
  }
}
