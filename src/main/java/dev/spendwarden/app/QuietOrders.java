package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Belonging;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.store.Database;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What people order about alerts: who looks after one, and who is to be left in peace. Carried out
/// on the evaluation's own thread, in memory and in the store together; a replica that only follows
/// stores it for the one that judges, and reads it back.
///
/// @param owner does the work, and says whether it only follows
record QuietOrders(EvaluationVerticle owner) {

  Future<Optional<Alert>> ack(String alertId, String person) {
    return owner.run(() -> owner.follows() ? ackBeside(alertId, person) : ackHere(alertId, person));
  }

  private Optional<Alert> ackBeside(String alertId, String person) {
    Instant now = owner.now();
    return owner.changeBeside(ports -> {
      Optional<Alert> live =
          Belonging.restore(owner.shard(), ports.alerts(), now).stream()
              .filter(alert -> alert.id().equals(alertId))
              .filter(alert -> alert.state() != Alert.State.RESOLVED)
              .map(alert -> alert.ackedBy(person))
              .findFirst();
      live.ifPresent(ports.alerts()::put);
      return live;
    });
  }

  private Optional<Alert> ackHere(String alertId, String person) {
    Optional<Alert> acked = owner.current().ack(alertId, person);
    acked.ifPresent(owner::storeAcked);
    owner.publish();
    return acked;
  }

  Future<Void> silence(Silence silence) {
    Consumer<Database.Ports> change =
        ports -> {
          ports.quiet().silences().stream()
              .filter(former -> former.hasEnded(silence.startsAt()))
              .forEach(former -> ports.quiet().removeSilence(former.id()));
          ports.quiet().putSilence(silence);
        };
    return owner.run(() -> {
      if (owner.follows()) {
        beside(change);
      } else {
        owner.lookAndStore((evaluation, now) -> evaluation.silence(silence, now), change);
      }
      return null;
    });
  }

  /// @return whether there was such a silence
  Future<Boolean> unsilence(String silenceId) {
    return owner.run(() -> {
      if (owner.current().silences().stream()
          .noneMatch(silence -> silence.id().equals(silenceId))) {
        return false;
      }
      if (owner.follows()) {
        beside(ports -> ports.quiet().removeSilence(silenceId));
        return true;
      }
      owner.lookAndStore(
          (evaluation, now) -> evaluation.unsilence(silenceId, now).orElseThrow(),
          ports -> {
            ports.quiet().removeSilence(silenceId);
            owner.wakeHeld(ports);
          });
      owner.remindAnew();
      return true;
    });
  }

  Future<Void> waive(GrantedWaiver waiver) {
    return rewaive(ports -> ports.quiet().putWaiver(waiver));
  }

  Future<Void> unwaive(String waiverId) {
    return rewaive(ports -> ports.quiet().removeWaiver(waiverId));
  }

  private Future<Void> rewaive(Consumer<Database.Ports> change) {
    return owner.run(() -> {
      if (owner.follows()) {
        beside(change);
        return null;
      }
      Instant now = owner.now();
      // It may be stored though storing failed: then it must be in force too.
      List<GrantedWaiver> waivers =
          owner.writeOrForget(ports -> {
            change.accept(ports);
            ports.quiet().waivers().stream()
                .filter(granted -> !now.isBefore(granted.waiver().until()))
                .forEach(granted -> ports.quiet().removeWaiver(granted.id()));
            owner.wakeHeld(ports);
            return ports.quiet().waivers();
          });
      owner.lookAndStore(
          (evaluation, at) -> evaluation.waive(waivers, at), LookRecorder.NOTHING_MORE);
      owner.remindAnew();
      return null;
    });
  }

  private void beside(Consumer<Database.Ports> change) {
    owner.changeBeside(ports -> {
      change.accept(ports);
      return true;
    });
  }
}
