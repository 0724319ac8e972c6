package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Names;
import dev.spendwarden.metrics.Meters;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Standing;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts what is to be told into the outbox, for the receivers that the routes name.
///
/// @param dispatch the one in force, which a reload replaces
record DispatchMessenger(
    Supplier<Dispatch> dispatch, InstantSource clock, Meters meters, Runnable nudging)
    implements Messenger {

  private static final Logger LOG = LoggerFactory.getLogger(DispatchMessenger.class);

  /// Lines about one look. When ten thousand budgets cross at once nobody reads more of them, and
  /// writing them would keep all of them from being told.
  private static final int LOGGED_MAX = 100;

  @Override
  public void tell(Database.Ports ports, List<Transition> transitions) {
    for (Notification notification :
        dispatch.get().tell(transitions, ports.outbox(), clock.instant())) {
      meters.notified(notification.receiver());
    }
  }

  @Override
  public void stored(List<Transition> transitions) {
    for (Transition transition : transitions.subList(0, Math.min(LOGGED_MAX, transitions.size()))) {
      LOG.info(
          "alert_transition type={} policy={} budget={} severity={} alert={}",
          transition.kind().type(),
          transition.alert().policy(),
          transition.alert().budgetLabels(),
          transition.alert().severity().word(),
          transition.alert().id());
    }
    if (transitions.size() > LOGGED_MAX) {
      LOG.info(
          "alert_transitions_not_listed count={}: too many at once to write down here, the API"
              + " lists them",
          transitions.size() - LOGGED_MAX);
    }
  }

  @Override
  public Optional<Instant> firstRepeat(Policy policy, Alert alert, Instant firedAt) {
    return dispatch.get().firstRepeat(policy, alert, firedAt);
  }

  @Override
  public Optional<Instant> nextRepeat(
      Policy policy, Alert alert, Map<String, Instant> told, Instant now) {
    return dispatch.get().nextRepeat(policy, alert, told, now);
  }

  @Override
  public void flush(Database.Ports ports, Standing standing, Names policies) {
    for (Notification notification :
        dispatch.get().flush(ports.outbox(), standing, policies, clock.instant())) {
      meters.notified(notification.receiver());
    }
  }

  @Override
  public void nudge() {
    nudging.run();
  }
}
