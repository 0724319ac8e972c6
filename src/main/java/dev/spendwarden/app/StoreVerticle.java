package dev.spendwarden.app;

import dev.spendwarden.store.Database;
import dev.spendwarden.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the store every second, on a virtual thread of its own, whether it is there and what this
/// replica holds. A database that is lost is noticed though nothing happens that would need it, and
/// a replica that is lost is followed by another.
final class StoreVerticle extends RecurringVerticle {

  private static final Logger LOG = LoggerFactory.getLogger(StoreVerticle.class);

  private static final long ASK_EVERY_MILLIS = 1_000;

  private final Database database;
  private final Tenures tenures;
  private final Listener listener;

  private volatile boolean answers = true;

  /// Hears, every second, that the store has said what is held here. May ask the store in turn, but
  /// do nothing that takes long.
  interface Listener {

    /// @param enforcing the kill switch
    void said(boolean enforcing);
  }

  StoreVerticle(Database database, Tenures tenures, Listener listener) {
    this.database = database;
    this.tenures = tenures;
    this.listener = listener;
  }

  @Override
  long waitMillis() {
    return ASK_EVERY_MILLIS;
  }

  /// Whether it answered when it was last asked; any thread may ask.
  boolean answers() {
    return answers;
  }

  @Override
  void work() {
    try {
      tenures.ask();
      listener.said(database.read(ports -> ports.enforce().isEnabled()));
      if (!answers) {
        LOG.info("store_answers_again");
      }
      answers = true;
    } catch (StoreException e) {
      if (answers && !isStopping()) {
        LOG.error("store_does_not_answer: {}", e.getMessage());
      }
      answers = false;
    }
  }
}
