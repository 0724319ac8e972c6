package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// When each firing alert must be told again. Memory only: the outbox knows when everybody was last
/// told, so after a restart the same times are asked of [Dispatch#nextRepeat] anew. Not
/// thread-safe.
public final class Reminders {

  private final Map<String, Instant> times = new HashMap<>();
  private final NavigableMap<Instant, Map<String, Alert>> alerts = new TreeMap<>();

  /// Sets the time in place of a former one.
  ///
  /// @param at empty: never
  public void set(Alert alert, Optional<Instant> at) {
    Instant former = times.remove(alert.id());
    if (former != null) {
      Map<String, Alert> then = alerts.get(former);
      if (then != null) {
        then.remove(alert.id());
        if (then.isEmpty()) {
          alerts.remove(former);
        }
      }
    }
    if (at.isPresent()) {
      times.put(alert.id(), at.get());
      alerts.computeIfAbsent(at.get(), time -> new HashMap<>()).put(alert.id(), alert);
    }
  }

  public void clear() {
    times.clear();
    alerts.clear();
  }

  /// The earliest of all times; [Instant#MAX] when there is none.
  public Instant next() {
    return alerts.isEmpty() ? Instant.MAX : alerts.firstKey();
  }

  /// The alerts whose time has come, earliest first. They stay until their time is set anew.
  public List<Alert> due(Instant now) {
    var due = new ArrayList<Alert>();
    alerts.headMap(now, true).values().forEach(then -> due.addAll(then.values()));
    return due;
  }
}
