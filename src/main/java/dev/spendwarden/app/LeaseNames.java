package dev.spendwarden.app;

import dev.spendwarden.policy.Shard;
import dev.spendwarden.store.Lease;
import java.util.List;

/// What each lease is called. Sources have one each, whatever shard they are in: under another
/// configuration they may be cut otherwise, and a source must never be judged in two shards at
/// once.
final class LeaseNames {

  /// Of the rest, and of whoever leads.
  static final List<String> HOUSE = List.of(Lease.HOUSE);

  private LeaseNames() {}

  /// All that whoever judges the shard must hold.
  static List<String> of(Shard shard) {
    return shard.hasRest()
        ? HOUSE
        : shard.sources().stream().map(source -> "source/" + source).toList();
  }

  /// What whoever delivers to the receiver must hold.
  static List<String> ofReceiver(String receiver) {
    return List.of("receiver/" + receiver);
  }
}
