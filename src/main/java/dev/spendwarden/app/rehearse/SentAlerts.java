package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.store.Database.Ports;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// What was really told in a span of time, as far as it is still stored.
///
/// @param alerts those that were firing in the span, oldest first
/// @param messages how many notifications of alerts were sent in it, one for each receiver
record SentAlerts(List<Episode> alerts, long messages) {

  /// Alerts about Spendwarden itself; no policy of a file makes them.
  private static final Set<String> BUILT_IN =
      Set.of("source-health", "delivery-health", "policy-health");

  private static final int PAGE = 1_000;

  static SentAlerts read(Ports ports, Instant from, Instant to) {
    return new SentAlerts(alerts(ports, from, to), messages(ports, from, to));
  }

  private static List<Episode> alerts(Ports ports, Instant from, Instant to) {
    var alerts = new ArrayList<Episode>();
    for (int offset = 0; ; offset += PAGE) {
      List<Alert> page = ports.alerts().page(offset, PAGE);
      page.stream()
          .filter(alert -> alert.state() != Alert.State.PENDING)
          .filter(alert -> !BUILT_IN.contains(alert.policy()))
          .filter(alert -> alert.startedAt().isBefore(to))
          .filter(alert -> alert.endedAt().map(end -> end.isAfter(from)).orElse(true))
          .map(Episode::of)
          .forEach(alerts::add);
      if (page.size() < PAGE) {
        alerts.sort(Comparator.comparing(Episode::startedAt));
        return List.copyOf(alerts);
      }
    }
  }

  private static long messages(Ports ports, Instant from, Instant to) {
    long messages = 0;
    for (int offset = 0; ; offset += PAGE) {
      List<Notification> page = ports.outbox().page(offset, PAGE);
      messages +=
          page.stream()
              .filter(notification -> notification.type().startsWith("alert."))
              .filter(notification -> !notification.createdAt().isBefore(from))
              .filter(notification -> notification.createdAt().isBefore(to))
              .count();
      if (page.size() < PAGE) {
        return messages;
      }
    }
  }
}
