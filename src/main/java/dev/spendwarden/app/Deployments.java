package dev.spendwarden.app;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts and stops verticles, each step bounded. Blocking; not to be called from an event loop.
record Deployments(Vertx vertx) {

  private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);

  static final Duration START_LONGEST = Duration.ofSeconds(60);

  /// What a step of an ordered stop may take: requests, polls, the store's watch, Vert.x. With
  /// [#WORK_STOPS_WITHIN] that is eight seconds of ten, where nothing stops by itself.
  static final Duration STOP_STEP_LONGEST = Duration.ofSeconds(1);

  /// For how long a stop waits for the answer to a request that changes something elsewhere: a
  /// delivery or an action's call that is broken off is one that may have to be made again.
  static final Duration UNDER_WAY_LONGEST = Duration.ofSeconds(3);

  /// Until then the evaluation has stored what it judged, and what was under way is recorded.
  private static final Duration WORK_STOPS_WITHIN = UNDER_WAY_LONGEST.plusSeconds(1);

  /// @return what [#undeploy] stops
  String deploy(Deployable verticle, ThreadingModel model) {
    return await(
        vertx.deployVerticle(verticle, new DeploymentOptions().setThreadingModel(model)),
        START_LONGEST,
        verticle.getClass().getSimpleName());
  }

  /// Stops them all at once. What does not stop in time is said and left behind.
  void undeploy(Duration longest, Collection<String> deployments) {
    try {
      await(Future.join(deployments.stream().map(vertx::undeploy).toList()), longest, "stop");
    } catch (IllegalStateException e) {
      LOG.warn("stop_step_not_finished {}", e.getMessage());
    }
  }

  /// Stops those that may have something under way that is to be finished.
  void undeployAfterWork(Collection<String> deployments) {
    undeploy(WORK_STOPS_WITHIN, deployments);
  }

  /// Stops what is no longer configured, or configured otherwise.
  <V, C> void stopUnwanted(Map<String, Running<V, C>> running, Map<String, C> wanted) {
    List<String> unwanted = new ArrayList<>();
    running
        .entrySet()
        .removeIf(entry -> {
          boolean keep = entry.getValue().config().equals(wanted.get(entry.getKey()));
          if (!keep) {
            unwanted.add(entry.getValue().deployment());
          }
          return !keep;
        });
    undeployAfterWork(unwanted);
  }

  /// @param what for people, where it fails
  /// @throws IllegalStateException when it fails or takes too long
  static <T> T await(Future<T> future, Duration longest, String what) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException(what + ": " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IllegalStateException(what + " did not finish within " + longest, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(what + " was interrupted", e);
    }
  }
}
