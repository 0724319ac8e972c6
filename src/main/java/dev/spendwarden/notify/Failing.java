package dev.spendwarden.notify;

import dev.spendwarden.alert.ReceiverHealth;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Since when each receiver cannot be reached. The outbox knows when a message that waits was made,
/// which in a long queue may be long before the first attempt at it failed; so the attempts
/// themselves are watched. Thread-safe.
public final class Failing {

  private final Map<String, Instant> since = new ConcurrentHashMap<>();

  /// @param stored what the outbox said when the process began: a receiver that failed before goes
  ///   on failing since then, or the first failed attempt of this process would look like the end
  ///   of the trouble
  public Failing(Collection<ReceiverHealth> stored) {
    stored.forEach(this::restore);
  }

  /// Takes in what was stored of a receiver.
  public void restore(ReceiverHealth state) {
    state.failingSince().ifPresent(at -> since.put(state.receiver(), at));
  }

  /// Since when a receiver fails; empty: the last attempt worked, or there was none.
  public Optional<Instant> since(String receiver) {
    return Optional.ofNullable(since.get(receiver));
  }

  /// A receiver is configured otherwise than before: what it answered no longer counts.
  public void forget(String receiver) {
    since.remove(receiver);
  }

  /// An attempt was recorded.
  ///
  /// @return whether that was a turn: the first of a row to fail, or the end of one
  public boolean attempted(String receiver, boolean delivered, Instant now) {
    if (delivered) {
      return since.remove(receiver) != null;
    }
    return since.putIfAbsent(receiver, now) == null;
  }

  /// How a receiver stands.
  ///
  /// @param stored what the outbox says of it
  public ReceiverHealth seen(ReceiverHealth stored, boolean disabled) {
    Optional<Instant> failing =
        stored.failingSince().map(made -> since.getOrDefault(stored.receiver(), made));
    return new ReceiverHealth(
        stored.receiver(), stored.dead(), disabled, failing, stored.oldestPending());
  }

  /// How all receivers stand of which the outbox says something, none of them disabled.
  public List<ReceiverHealth> seen(Collection<ReceiverHealth> stored) {
    return stored.stream().map(state -> seen(state, false)).toList();
  }
}
