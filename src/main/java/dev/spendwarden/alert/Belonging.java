package dev.spendwarden.alert;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Names;
import dev.spendwarden.policy.Shard;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;

/// Which shard an alert or budget belongs to. The built-in policies are judged in all of them, each
/// about its own: sources and policies where they are judged, receivers in the rest.
public final class Belonging {

  private Belonging() {}

  /// Whether a budget is judged in the shard.
  public static boolean is(Shard shard, String policy, Dimensions labels) {
    return switch (policy) {
      case BuiltInPolicies.SOURCE_HEALTH ->
          shard.ofSources().has(labels.get(Dimension.SOURCE).orElse(""));
      case BuiltInPolicies.POLICY_HEALTH ->
          shard.ofPolicies().has(labels.get(Dimension.POLICY_NAME).orElse(""));
      case BuiltInPolicies.DELIVERY_HEALTH -> shard.hasRest();
      default -> shard.ofPolicies().has(policy);
    };
  }

  /// The shard's alerts, out of what is stored.
  public static List<Alert> restore(Shard shard, AlertStore store, Instant periodEndedAfter) {
    return store.restore(periodEndedAfter, policies(shard)).stream()
        .filter(alert -> is(shard, alert.policy(), alert.budgetLabels()))
        .toList();
  }

  /// The policies of which the shard may have alerts.
  private static Names policies(Shard shard) {
    return switch (shard.ofPolicies()) {
      case Names.Only(var own) -> {
        var all = new HashSet<>(own);
        all.addAll(BuiltInPolicies.NAMES);
        yield Names.only(all);
      }
      case Names.AllBut others -> others;
    };
  }
}
