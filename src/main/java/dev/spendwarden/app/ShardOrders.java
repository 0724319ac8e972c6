package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Silence;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// [QuietOrders] to all shards. An ack concerns the shard of its alert; a silence may be about any
/// alert, so each shard stores it (the same row, so it is there once) and heeds it from then on.
/// Where one of them fails the order fails, and may be given again.
///
/// @param ofPolicy the shard that judges a policy
record ShardOrders(
    Collection<EvaluationVerticle> shards,
    EvaluationVerticle rest,
    Function<String, EvaluationVerticle> ofPolicy) {

  Future<Optional<Alert>> ack(String alertId, String person) {
    return shards.stream()
        .filter(shard -> knows(shard, alertId))
        .findFirst()
        .map(shard -> shard.orders().ack(alertId, person))
        .orElseGet(() -> ackAnywhere(alertId, person));
  }

  private static boolean knows(EvaluationVerticle shard, String alertId) {
    return shard.snapshot().budgets().values().stream()
        .flatMap(view -> view.alert().stream())
        .anyMatch(alert -> alert.id().equals(alertId));
  }

  /// One that has only just begun is not in what is shown yet.
  private Future<Optional<Alert>> ackAnywhere(String alertId, String person) {
    Future<Optional<Alert>> acked = Future.succeededFuture(Optional.empty());
    for (EvaluationVerticle shard : shards) {
      acked =
          acked.compose(known ->
              known.isPresent()
                  ? Future.succeededFuture(known)
                  : shard.orders().ack(alertId, person));
    }
    return acked;
  }

  List<Silence> silences() {
    return rest.silences();
  }

  Future<Void> silence(Silence silence) {
    return all(shard -> shard.orders().silence(silence)).mapEmpty();
  }

  /// @return whether there was such a silence
  Future<Boolean> unsilence(String silenceId) {
    return all(shard -> shard.orders().unsilence(silenceId))
        .map(found -> found.stream().anyMatch(there -> there));
  }

  Future<Void> waive(GrantedWaiver waiver) {
    return BuiltInPolicies.isReserved(waiver.policy())
        ? all(shard -> shard.orders().waive(waiver)).mapEmpty()
        : ofPolicy.apply(waiver.policy()).orders().waive(waiver);
  }

  Future<Void> unwaive(String waiverId) {
    return all(shard -> shard.orders().unwaive(waiverId)).mapEmpty();
  }

  /// Each does it, whatever the others do.
  private <T> Future<List<T>> all(Function<EvaluationVerticle, Future<T>> order) {
    List<Future<T>> given = shards.stream().map(order).toList();
    return Future.join(given).map(done -> given.stream().map(Future::result).toList());
  }
}
