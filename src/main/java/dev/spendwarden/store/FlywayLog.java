package dev.spendwarden.store;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps Flyway quiet. Public only because Flyway makes it by its name.
public final class FlywayLog implements LogCreator {

  @Override
  public Log createLogger(Class<?> type) {
    return new Quiet(LoggerFactory.getLogger(type));
  }

  /// Flyway tells at INFO of every look it takes; what it did is in our own start-up line.
  private record Quiet(Logger logger) implements Log {
    @Override
    public boolean isDebugEnabled() {
      return false;
    }

    @Override
    public void debug(String message) {}

    @Override
    public void info(String message) {}

    @Override
    public void notice(String message) {}

    @Override
    public void warn(String message) {
      logger.warn(message);
    }

    /// What goes wrong comes as an exception too, and is told from there.
    @Override
    public void error(String message) {
      logger.debug(message);
    }

    @Override
    public void error(String message, Exception thrown) {
      logger.debug(message, thrown);
    }
  }
}
