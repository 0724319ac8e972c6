package dev.spendwarden.notify;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How a route puts alerts together that are told in one message.
///
/// @param by the labels that must be equal; [#EVERYTHING] alone: all of them; empty: none, so that
///   the whole route is one group
/// @param groupWait from a group's first change to its first message
/// @param groupInterval between two messages of a group, at the least
public record Grouping(List<String> by, Duration groupWait, Duration groupInterval) {

  /// Alertmanager's word for all labels.
  public static final String EVERYTHING = "...";

  public static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);
  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(5);

  public Grouping {
    by = List.copyOf(by);
  }

  /// The labels that name the group of an alert; one it does not have is left out.
  public Map<String, String> labelsOf(Map<String, String> alert) {
    var labels = new TreeMap<String, String>();
    if (by.contains(EVERYTHING)) {
      labels.putAll(alert);
    } else {
      by.forEach(name -> {
        String value = alert.getOrDefault(name, "");
        if (!value.isEmpty()) {
          labels.put(name, value);
        }
      });
    }
    return labels;
  }
}
