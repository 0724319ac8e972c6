package dev.spendwarden.app;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
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

  /// What each step of an ordered stop may take; all of them together stay under ten seconds.
  static final Duration STOP_STEP_LONGEST = Duration.ofSeconds(2);

  /// @return what [#undeploy] stops
  String deploy(Deployable verticle, ThreadingModel model) {
    return await(
        vertx.deployVerticle(verticle, new DeploymentOptions().setThreadingModel(model)),
        START_LONGEST,
        verticle.getClass().getSimpleName());
  }

  /// What does not stop in time is said and left behind.
  void undeploy(String deployment) {
    try {
      await(vertx.undeploy(deployment), STOP_STEP_LONGEST, "stop");
    } catch (IllegalStateException e) {
      LOG.warn("stop_step_not_finished {}", e.getMessage());
    }
  }

  /// Stops what is no longer configured, or configured otherwise.
  <V, C> void stopUnwanted(Map<String, Running<V, C>> running, Map<String, C> wanted) {
    running
        .entrySet()
        .removeIf(entry -> {
          boolean keep = entry.getValue().config().equals(wanted.get(entry.getKey()));
          if (!keep) {
            undeploy(entry.getValue().deployment());
          }
          return !keep;
        });
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
