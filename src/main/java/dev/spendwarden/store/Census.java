package dev.spendwarden.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who lives and who holds what, by the database's clock.
///
/// @param living the replicas that have asked lately, whoever asks among them
/// @param leading the configuration of the replica that holds [Lease#HOUSE], or held it last;
///   empty: nobody did, or one that is not known here, as an older version is not
/// @param led whether anybody has held it ever
/// @param own the leases of whoever asks, by name; made to last longer
/// @param held by whom each lease is held that has not run out
public record Census(
    List<Replica> living,
    Optional<String> leading,
    boolean led,
    Map<String, Lease> own,
    Map<String, String> held) {

  /// A process that may hold leases.
  ///
  /// @param holder of this process and of no other, not even of the same one started again
  /// @param configuration what replicas must have in common to share the work
  public record Replica(String holder, String configuration) {}

  public Census {
    living = List.copyOf(living);
    own = Map.copyOf(own);
    held = Map.copyOf(held);
  }
}
