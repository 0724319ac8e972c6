package dev.spendwarden.app;

import dev.spendwarden.store.Census;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.Lease;
import dev.spendwarden.store.StoreException;
import dev.spendwarden.store.Tenure;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the store every second, on a virtual thread of its own, whether it is there and whether
/// this replica is the one that polls, judges, tells and acts. A database that is lost is noticed
/// though nothing happens that would need it, and a replica that is lost is followed by another.
final class StoreVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(StoreVerticle.class);

  /// The one lease there is: all sources, receivers and actions together.
  static final List<String> HOUSE = List.of(Lease.HOUSE);

  /// There is nothing to agree on while one replica does everything.
  private static final String CONFIGURATION = "";

  private static final long ASK_EVERY_MILLIS = 1_000;

  /// Six times as long as the pause between two renewals. A replica that is lost is followed after
  /// this, the second until the next one asks, and the five seconds for which PostgreSQL lets a
  /// silent client hold a transaction: twelve at most.
  private static final Duration LASTS = Duration.ofSeconds(6);

  private final Database database;
  private final String holder = UUID.randomUUID().toString();
  private final Consumer<Asked> listener;

  private volatile boolean answers = true;
  private volatile Optional<Tenure> lease = Optional.empty();
  private long timer = -1;
  private boolean stopping;

  /// What the store said.
  ///
  /// @param lease of this replica; empty while another has it
  /// @param enforcing the kill switch
  record Asked(Optional<Tenure> lease, boolean enforcing) {}

  /// @param listener hears what the store says, every second, and must not block
  StoreVerticle(Database database, Consumer<Asked> listener) {
    this.database = database;
    this.listener = listener;
  }

  @Override
  public Future<?> start() {
    arm();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }

  /// Whether it answered when it was last asked; any thread may ask.
  boolean answers() {
    return answers;
  }

  /// The lease of this replica as it was last seen; any thread may ask. It may be over already:
  /// only a write that shows it can tell.
  Optional<Tenure> lease() {
    return lease;
  }

  /// Takes the lease or makes it last longer, now; any thread may ask.
  ///
  /// @throws StoreException when the store does not answer
  Optional<Tenure> renew() {
    Census census = database.census(new Census.Replica(holder, CONFIGURATION), LASTS);
    Optional<Tenure> now =
        census
            .tenure(HOUSE)
            .or(() ->
                census.held().containsKey(Lease.HOUSE)
                    ? Optional.empty()
                    : database.take(HOUSE, holder, LASTS));
    lease = now;
    return now;
  }

  /// Lets another replica take over at once.
  void release() {
    Optional<Tenure> held = lease;
    lease = Optional.empty();
    try {
      held.ifPresent(database::release);
    } catch (StoreException e) {
      LOG.warn("lease_not_released: another replica takes over when it has run out", e);
    }
  }

  private void arm() {
    if (!stopping) {
      timer = vertx.setTimer(ASK_EVERY_MILLIS, ignored -> ask());
    }
  }

  private void ask() {
    try {
      Optional<Tenure> mine = renew();
      boolean enforcing = database.read(ports -> ports.enforce().isEnabled());
      if (!answers) {
        LOG.info("store_answers_again");
      }
      answers = true;
      listener.accept(new Asked(mine, enforcing));
    } catch (StoreException e) {
      if (answers && !stopping) {
        LOG.error("store_does_not_answer: {}", e.getMessage());
      }
      answers = false;
    } finally {
      arm();
    }
  }
}
