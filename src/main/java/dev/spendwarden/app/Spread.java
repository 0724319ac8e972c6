package dev.spendwarden.app;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Who is to hold what: as evenly as can be, and moving no more than that takes. All replicas read
/// the same rows and come to the same answer; where they read them at different moments, the leases
/// keep two from holding the same, and the next reading settles it. Once everybody holds what falls
/// to him, nothing moves.
final class Spread {

  private Spread() {}

  /// @param units what is to be held, each by one
  /// @param living the holders there are
  /// @param held by whom each unit is held now; those that are free are not in it
  /// @param load how much each has to do beside: whoever has least comes first where that is all
  ///   the same otherwise
  /// @return what falls to each
  static Map<String, List<String>> of(
      Collection<String> units,
      Collection<String> living,
      Map<String, String> held,
      Map<String, Integer> load) {
    var shares = new TreeMap<String, List<String>>();
    living.forEach(holder -> shares.put(holder, new ArrayList<>()));
    if (shares.isEmpty()) {
      return shares;
    }
    Comparator<Map.Entry<String, List<String>>> leastFirst =
        Comparator.<Map.Entry<String, List<String>>>comparingInt(share -> share.getValue().size())
            .thenComparing(share -> load.getOrDefault(share.getKey(), 0))
            .thenComparing(Map.Entry::getKey);
    var free = new ArrayList<String>();
    for (String unit : units) {
      List<String> share = shares.get(held.getOrDefault(unit, ""));
      (share == null ? free : share).add(unit);
    }
    for (String unit : free) {
      shares.entrySet().stream().min(leastFirst).orElseThrow().getValue().add(unit);
    }
    while (true) {
      List<String> least = shares.entrySet().stream().min(leastFirst).orElseThrow().getValue();
      List<String> most = shares.entrySet().stream().max(leastFirst).orElseThrow().getValue();
      if (most.size() - least.size() <= 1) {
        return shares;
      }
      least.add(most.removeLast());
    }
  }

  /// How many each has.
  static Map<String, Integer> sizes(Map<String, List<String>> shares) {
    var sizes = new LinkedHashMap<String, Integer>();
    shares.forEach((holder, share) -> sizes.put(holder, share.size()));
    return sizes;
  }
}
