package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static dev.spendwarden.store.Samples.alert;
import static dev.spendwarden.store.Samples.resolved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Owed;
import dev.spendwarden.alert.QuietStore;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// What every [QuietStore] does.
abstract class QuietStoreContract extends DatabaseContract {

  private static final Owed NOBODY_TOLD =
      new Owed("a1", Optional.empty(), Transition.Kind.ESCALATED);

  @Test
  void everyFieldComesBackAndTheSameIdReplaces() {
    Silence silence = silence("s1", T0);
    GrantedWaiver raise =
        waiver("w1", T0.plusSeconds(60), Optional.of(Amount.of("500.0001", Unit.USD)));
    GrantedWaiver mute = waiver("w2", T0.plusSeconds(30), Optional.empty());
    Owed told = new Owed("a2", Optional.of(Severity.WARNING), Transition.Kind.RESOLVED);
    write(quiet -> {
      quiet.putSilence(silence("s1", T0.minusSeconds(5)));
      quiet.putSilence(silence);
      quiet.putWaiver(mute);
      quiet.putWaiver(raise);
      quiet.putOwed(new Owed("a1", Optional.of(Severity.CRITICAL), Transition.Kind.UPDATED));
      quiet.putOwed(NOBODY_TOLD);
      quiet.putOwed(told);
    });

    assertThat(read(QuietStore::silences)).containsExactly(silence);
    assertThat(read(QuietStore::waivers)).containsExactly(mute, raise);
    assertThat(read(QuietStore::owed)).containsExactlyInAnyOrder(NOBODY_TOLD, told);
  }

  @Test
  void whatIsRemovedIsGoneAndRemovingWhatIsNotThereIsFine() {
    write(quiet -> {
      quiet.putSilence(silence("s1", T0));
      quiet.putWaiver(waiver("w1", T0, Optional.empty()));
      quiet.putOwed(NOBODY_TOLD);
    });
    write(quiet -> {
      quiet.removeSilence("s1");
      quiet.removeSilence("s1");
      quiet.removeWaiver("w1");
      quiet.removeWaiver("w1");
      quiet.removeOwed("a1");
      quiet.removeOwed("a1");
    });

    assertThat(read(QuietStore::silences)).isEmpty();
    assertThat(read(QuietStore::waivers)).isEmpty();
    assertThat(read(QuietStore::owed)).isEmpty();
  }

  @Test
  void workThatThrowsLeavesNothingBehind() {
    write(quiet -> quiet.putSilence(silence("s1", T0)));
    assertThatThrownBy(() ->
            write(quiet -> {
              quiet.removeSilence("s1");
              quiet.putSilence(silence("s2", T0));
              quiet.putWaiver(waiver("w1", T0, Optional.empty()));
              quiet.putOwed(NOBODY_TOLD);
              throw new Unwanted();
            }))
        .isInstanceOf(Unwanted.class);

    assertThat(read(QuietStore::silences)).containsExactly(silence("s1", T0));
    assertThat(read(QuietStore::waivers)).isEmpty();
    assertThat(read(QuietStore::owed)).isEmpty();
  }

  @Test
  void anAlertOfWhichSomethingIsOwedIsRestoredHoweverLongItIsOver() {
    Alert owed = resolved(alert("a1", "b1", T0, 1), T0);
    Alert newest = resolved(alert("a2", "b1", T0.plusSeconds(86_400), 1), T0);
    database.transact(ports -> {
      ports.alerts().put(owed);
      ports.alerts().put(newest);
      ports.quiet().putOwed(NOBODY_TOLD);
      return true;
    });

    Instant farLater = T0.plusSeconds(10_000_000);
    assertThat(database.<List<Alert>>read(ports -> ports.alerts().restore(farLater)))
        .containsExactly(owed, newest);
    write(quiet -> quiet.removeOwed("a1"));
    assertThat(database.<List<Alert>>read(ports -> ports.alerts().restore(farLater)))
        .containsExactly(newest);
  }

  private void write(Consumer<QuietStore> work) {
    database.transact(ports -> {
      work.accept(ports.quiet());
      return true;
    });
  }

  private <T> T read(Function<QuietStore, T> question) {
    return database.read(ports -> question.apply(ports.quiet()));
  }

  private static Silence silence(String id, Instant from) {
    return new Silence(
        id,
        Map.of("policy", Set.of("a", "b"), "user", Set.of("")),
        from,
        from.plusSeconds(60),
        "maintenance, \"quoted\"",
        "ada");
  }

  private static GrantedWaiver waiver(String id, Instant until, Optional<Amount> raise) {
    return new GrantedWaiver(
        id,
        "policy",
        new Policy.Waiver(until, raise, raise.isEmpty(), "deadline", "lin", Map.of("user", "u1")));
  }
}
