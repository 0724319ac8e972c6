package dev.spendwarden.app;

import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.sources.Backoff;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.SourceHealth;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Polls one source, one poll at a time, on a virtual thread of its own: poll, hand what came to
/// the evaluation, wait until that is durable, arm the timer for the next. A slow source delays
/// only itself.
final class SourceVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(SourceVerticle.class);

  /// Real time between two polls, however fast a test clock runs.
  private static final long LEAST_MILLIS = 200;

  private static final Duration STORE_FAILED = Duration.ofSeconds(30);

  /// Timers stand still while the machine sleeps, the world does not: no wait is slept through
  /// without a look at the clock. Of real time.
  private static final long LOOK_AT_CLOCK_EVERY_MILLIS = 5_000;

  private final Source source;
  private final String type;
  private final Duration pollInterval;
  private final Supplier<Instant> earliestNeeded;
  private final EvaluationVerticle evaluation;
  private final DaemonClock clock;
  private final PollListener listener;

  private volatile SourceHealth health;

  private long timer = -1;
  private boolean stopping;
  private int failures;

  /// Hears of every poll that ended.
  interface PollListener {
    void polled(String source, PollResult result, Duration took);
  }

  SourceVerticle(
      Source source,
      String type,
      Duration pollInterval,
      Supplier<Instant> earliestNeeded,
      EvaluationVerticle evaluation,
      DaemonClock clock,
      PollListener listener) {
    this.source = source;
    this.type = type;
    this.pollInterval = pollInterval;
    this.earliestNeeded = earliestNeeded;
    this.evaluation = evaluation;
    this.clock = clock;
    this.listener = listener;
    this.health =
        new SourceHealth(
            source.name(),
            type,
            Optional.empty(),
            "not polled yet",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(clock.instant()),
            Duration.ZERO);
  }

  @Override
  public Future<?> start() {
    timer = vertx.setTimer(1, ignored -> poll());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }

  /// How the source stands; any thread may ask.
  SourceHealth health() {
    return health;
  }

  private void poll() {
    if (stopping) {
      return;
    }
    Instant now = clock.instant();
    long start = System.nanoTime();
    PollResult result = pollSafely(new Source.PollContext(now, earliestNeeded.get()));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (stopping) {
      return;
    }
    arm(handle(result, now, took));
  }

  private PollResult pollSafely(Source.PollContext context) {
    try {
      return source.poll(context);
    } catch (RuntimeException | Error e) {
      // An Error too: one answer that breaks a reader must not end all later polls.
      LOG.error("source_poll_broke source={}: please report this", source.name(), e);
      return new PollResult.Failed(FailureReason.MALFORMED, e.toString(), Optional.empty());
    }
  }

  /// @return how long to wait for the next poll
  private Duration handle(PollResult result, Instant now, Duration took) {
    return switch (result) {
      case PollResult.Complete(var reading, var again) -> {
        if (!isStored(evaluation.accept(reading))) {
          // The same data is asked for again, as soon as the store may be back.
          yield pollInterval.compareTo(STORE_FAILED) < 0 ? pollInterval : STORE_FAILED;
        }
        acceptedSafely(reading);
        listener.polled(source.name(), result, took);
        succeeded(now, took);
        yield again.orElse(pollInterval);
      }
      case PollResult.Waiting(var again, var reports) -> {
        tell(reports);
        listener.polled(source.name(), result, took);
        yield again;
      }
      case PollResult.Failed failed -> {
        tell(failed.reports());
        yield failed(failed, now, took);
      }
    };
  }

  /// The health of reports is news even where there is no reading.
  private void tell(List<ReportStatus> reports) {
    if (!reports.isEmpty()) {
      isStored(evaluation.reported(source.name(), reports));
    }
  }

  /// What the source makes of it is its own to store; where that fails, the same days come again.
  private void acceptedSafely(Reading reading) {
    try {
      source.accepted(reading);
    } catch (RuntimeException | Error e) {
      LOG.error("source_progress_not_stored source={}", source.name(), e);
    }
  }

  private void succeeded(Instant now, Duration took) {
    if (failures > 0) {
      LOG.info("source_recovered source={} after_failures={}", source.name(), failures);
    }
    failures = 0;
    health = withPoll(Optional.empty(), "", now, took);
  }

  private Duration failed(PollResult.Failed failed, Instant now, Duration took) {
    failures++;
    Duration wait =
        Backoff.delay(
            failed.reason(),
            failures,
            pollInterval,
            failed.retryAfter(),
            ThreadLocalRandom.current().nextDouble());
    String reason = failed.reason().word();
    boolean isNews = failures == 1 || !health.failure().equals(Optional.of(failed.reason()));
    if (isNews) {
      LOG.warn(
          "source_poll_failed source={} reason={} failures={} next_poll_in={} detail={}",
          source.name(),
          reason,
          failures,
          wait,
          failed.detail());
    } else {
      LOG.debug(
          "source_poll_failed source={} reason={} failures={}", source.name(), reason, failures);
    }
    listener.polled(source.name(), failed, took);
    health = withPoll(Optional.of(failed.reason()), failed.detail(), now, took);
    isStored(evaluation.failed(source.name(), reason));
    return wait;
  }

  /// Waits until the evaluation has made what came durable. What went wrong there is logged there.
  private boolean isStored(Future<Void> look) {
    try {
      look.await();
      return true;
    } catch (Exception e) {
      // Also an undeclared InterruptedException: the daemon stops while this waits.
      LOG.debug("source_poll_not_stored source={}", source.name(), e);
      return false;
    }
  }

  private SourceHealth withPoll(
      Optional<FailureReason> failure, String detail, Instant now, Duration took) {
    Optional<Instant> good = failure.isEmpty() ? Optional.of(now) : health.lastSuccess();
    return new SourceHealth(
        source.name(), type, failure, detail, good, good, Optional.of(now), Optional.empty(), took);
  }

  private void arm(Duration wait) {
    if (stopping) {
      return;
    }
    Instant due = clock.instant().plus(wait);
    health =
        new SourceHealth(
            health.name(),
            health.type(),
            health.failure(),
            health.detail(),
            health.lastSuccess(),
            health.dataAsOf(),
            health.lastPoll(),
            Optional.of(due),
            health.lastPollDuration());
    sleep(due, Math.max(LEAST_MILLIS, clock.realMillis(wait)));
  }

  /// Polls when so much real time has passed or the clock says so, whichever comes first: a clock
  /// that was set back delays no poll, and a suspended machine that wakes up does what fell due.
  private void sleep(Instant due, long millis) {
    long step = Math.min(millis, LOOK_AT_CLOCK_EVERY_MILLIS);
    timer =
        vertx.setTimer(
            step,
            ignored -> {
              if (step == millis || !clock.instant().isBefore(due)) {
                poll();
              } else if (!stopping) {
                sleep(due, millis - step);
              }
            });
  }
}
