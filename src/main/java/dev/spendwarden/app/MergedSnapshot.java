package dev.spendwarden.app;

import dev.spendwarden.alert.Snapshot;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The newest snapshots of some evaluations as one, put together once for each of its parts that is
/// new. Thread-safe; of one part it is that part itself.
final class MergedSnapshot {

  private record Made(List<Snapshot> parts, Snapshot whole) {

    /// Snapshots are replaced, never changed: the same one is the very same.
    boolean isOf(List<Snapshot> newest) {
      boolean same = parts.size() == newest.size();
      for (int i = 0; same && i < parts.size(); i++) {
        same = parts.get(i) == newest.get(i);
      }
      return same;
    }
  }

  private volatile @Nullable Made made;

  Snapshot of(Collection<EvaluationVerticle> evaluations) {
    List<Snapshot> parts = evaluations.stream().map(EvaluationVerticle::snapshot).toList();
    if (parts.isEmpty()) {
      return Snapshot.EMPTY;
    }
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    Made known = made;
    if (known != null && known.isOf(parts)) {
      return known.whole();
    }
    var fresh = new Made(parts, Snapshot.of(parts));
    made = fresh;
    return fresh.whole();
  }
}
