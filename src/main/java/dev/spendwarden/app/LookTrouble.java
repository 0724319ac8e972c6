package dev.spendwarden.app;

import dev.spendwarden.store.StoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/// Says once what keeps looks from being judged and stored, and once that it is over. A disk that
/// stays full for a night must not fill its last bytes with a stack trace for each poll. Used on
/// one thread at a time.
final class LookTrouble {

  private final Logger log;
  private @Nullable String said;
  private int failures;

  LookTrouble(Logger log) {
    this.log = log;
  }

  /// @param what happened and what follows from it
  void met(String what, Throwable thrown) {
    failures++;
    String now = what + thrown;
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

  /// Everything was judged and stored.
  void over() {
    if (said != null) {
      log.info("evaluation_works_again after_failures={}", failures);
    }
    said = null;
    failures = 0;
  }
}
