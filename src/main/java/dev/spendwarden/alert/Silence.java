package dev.spendwarden.alert;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A time in which nobody is told of the alerts it matches. They change state as ever.
///
/// @param match label to its allowed values; all must hold. Labels are those of [Matching]; one
///   that an alert lacks has the empty value
/// @param startsAt from then on, this instant included
/// @param endsAt until then, this instant excluded
public record Silence(
    String id,
    Map<String, Set<String>> match,
    Instant startsAt,
    Instant endsAt,
    String comment,
    String createdBy) {

  /// @throws IllegalArgumentException without a matcher (it would silence everything by mistake) or
  ///   when it ends before it starts
  public Silence {
    var sorted = new TreeMap<String, Set<String>>();
    match.forEach(
        (label, values) -> sorted.put(label, Collections.unmodifiableSet(new TreeSet<>(values))));
    match = Collections.unmodifiableMap(sorted);
    if (match.isEmpty()) {
      throw new IllegalArgumentException("a silence needs a matcher");
    }
    if (!endsAt.isAfter(startsAt)) {
      throw new IllegalArgumentException("a silence ends after it starts");
    }
  }

  public boolean isActive(Instant now) {
    return !now.isBefore(startsAt) && now.isBefore(endsAt);
  }

  public boolean hasEnded(Instant now) {
    return !now.isBefore(endsAt);
  }

  /// Whether an alert with these labels is meant, whatever the time.
  public boolean matches(Map<String, String> labels) {
    return match.entrySet().stream()
        .allMatch(entry -> entry.getValue().contains(labels.getOrDefault(entry.getKey(), "")));
  }
}
