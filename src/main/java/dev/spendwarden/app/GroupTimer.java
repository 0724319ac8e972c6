package dev.spendwarden.app;

import dev.spendwarden.charge.Names;
import dev.spendwarden.notify.Standing;
import dev.spendwarden.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When what waits to be told together must be told. The store holds the times, this only the next
/// one. Owned by the evaluation's thread, so that nothing is added to a group while it is told.
final class GroupTimer {

  private static final Logger LOG = LoggerFactory.getLogger(GroupTimer.class);

  private final LookRecorder.Writing writing;
  private final InstantSource clock;
  private final Messenger messenger;
  private final Supplier<Names> policies;

  private Instant next = Instant.MAX;

  /// @param policies whose groups are told here
  GroupTimer(
      LookRecorder.Writing writing,
      InstantSource clock,
      Messenger messenger,
      Supplier<Names> policies) {
    this.policies = policies;
    this.writing = writing;
    this.clock = clock;
    this.messenger = messenger;
  }

  /// [Instant#MAX] when nothing waits.
  Instant next() {
    return next;
  }

  /// Something may have been added, inside this transaction.
  void look(Database.Ports ports) {
    next = ports.outbox().groups().nextFlushAt(policies.get()).orElse(Instant.MAX);
  }

  /// The reason why something waits may have gone: a silence was ended, other routes are in force.
  void wakeHeld(Database.Ports ports) {
    ports.outbox().groups().wakeHeld(clock.instant());
    look(ports);
  }

  /// Tells what is due. Where that fails nothing is lost: the times stay in the store.
  void flush(Standing standing) {
    if (clock.instant().isBefore(next)) {
      return;
    }
    try {
      writing.write(ports -> {
        messenger.flush(ports, standing, policies.get());
        look(ports);
        return next;
      });
      messenger.nudge();
    } catch (RuntimeException | Error e) {
      LOG.error("groups_not_told: trying again with the next look", e);
      next = clock.instant().plusSeconds(1);
    }
  }
}
