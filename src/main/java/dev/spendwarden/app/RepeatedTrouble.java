package dev.spendwarden.app;

import dev.spendwarden.store.StoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/// Says once what keeps work that is tried again and again from being done, and once that it is
/// over. A disk that stays full for a night must not fill its last bytes with a stack trace for
/// each poll. Used on one thread at a time.
final class RepeatedTrouble {

  private final Logger log;
  private final String overAs;
  private @Nullable String said;
  private int failures;

  /// @param overAs the first word of the line that says that it is over
  RepeatedTrouble(Logger log, String overAs) {
    this.log = log;
    this.overAs = overAs;
  }

  /// @param what happened and what follows from it
  void met(String what, Throwable thrown) {
    failures++;
    // How long was waited, or how many wait, makes it no other trouble.
    String now = (what + thrown).replaceAll("\\d+", "");
    if (now.equals(said)) {
      log.debug("{} again", what, thrown);
      return;
    }
    said = now;
    switch (thrown) {
      // It says itself where it happened and what to do; the rest is SQL.
      case StoreException e -> {
        log.error("{}: {}", what, e.getMessage());
        log.debug("{}", what, e);
      }
      case OutOfMemoryError e ->
          log.error("{}; give the process more memory (-Xmx) or it will happen again", what, e);
      case Error e ->
          log.error("{}; this is a defect: please report it with what stands below", what, e);
      default -> log.error("{}", what, thrown);
    }
  }

  /// The work was done.
  void over() {
    if (said != null) {
      log.info("{} after_failures={}", overAs, failures);
    }
    said = null;
    failures = 0;
  }
}
