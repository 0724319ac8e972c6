package dev.spendwarden.app;

import dev.spendwarden.alert.Snapshot;

/// What an evaluation knows of those that judge the other shards. Thread-safe.
interface Neighbours {

  /// All that is known and judged, wherever it is judged: its own too.
  Snapshot snapshot();

  /// What people say of an alert has changed, and was said at another replica.
  void noted(String alertId);
}
