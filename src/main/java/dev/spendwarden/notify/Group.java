package dev.spendwarden.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Changes of alerts that leave in one message: those of one route, receiver and set of labels.
///
/// @param id `grp_…`, derived from the other three
/// @param path of the route
/// @param labels what its alerts have in common
/// @param together whether the route groups; otherwise this is one alert that waits for its route
///   to be heard again
/// @param interval between two messages, at the least
/// @param flushAt when what waits is told; empty: nothing waits
/// @param held whether it waits because the route is mute
/// @param restUntil no message leaves before
public record Group(
    String id,
    String receiver,
    String path,
    Map<String, String> labels,
    boolean together,
    Duration interval,
    Optional<Instant> flushAt,
    boolean held,
    Instant restUntil) {

  public Group {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  static Group of(
      String receiver,
      String path,
      Map<String, String> labels,
      boolean together,
      Duration interval) {
    return new Group(
        NotificationIds.ofGroup(path, receiver, labels),
        receiver,
        path,
        labels,
        together,
        interval,
        Optional.empty(),
        false,
        Instant.EPOCH);
  }

  /// What waits is told at `at`; a time that was set before stands, unless it was set because of
  /// some hold and is later. One that has come stands too: what was held back is due, and does not
  /// wait once more for what is added.
  Group dueAt(Instant at) {
    boolean stands = flushAt.filter(set -> !held || !set.isAfter(at)).isPresent();
    return stands ? this : with(Optional.of(at), false, restUntil);
  }

  /// What waits is told when the reason for which it is held has gone, and the group has rested.
  Group heldUntil(Instant end) {
    return with(Optional.of(end.isBefore(restUntil) ? restUntil : end), true, restUntil);
  }

  /// What waited was told at `at`.
  Group told(Instant at) {
    return with(Optional.empty(), false, at.plus(interval));
  }

  private Group with(Optional<Instant> flushAt, boolean held, Instant restUntil) {
    return new Group(id, receiver, path, labels, together, interval, flushAt, held, restUntil);
  }
}
