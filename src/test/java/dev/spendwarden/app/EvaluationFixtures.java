package dev.spendwarden.app;

import static dev.spendwarden.policy.PolicyFixtures.user;

import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What tests of a deployed evaluation give it and wait for.
final class EvaluationFixtures {

  private EvaluationFixtures() {}

  /// User u1 has used 82 % of a quota.
  static Reading overTheLine(String source, Instant at) {
    var quota =
        new QuotaReading(
            source,
            user("u1"),
            Unit.USD,
            Optional.of(new BigDecimal("250")),
            new BigDecimal("205"));
    return new Reading(
        source, at, List.of(), List.of(quota), List.of(), List.of(), Reading.Vanished.MISSING);
  }

  static void deploy(Vertx vertx, Deployable verticle) throws Exception {
    ended(
        vertx.deployVerticle(
            verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD)));
  }

  static void ended(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
