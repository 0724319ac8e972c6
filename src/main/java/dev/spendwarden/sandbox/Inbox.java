package dev.spendwarden.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// Everything that receivers took, in order of arrival. Thread-safe.
public final class Inbox {

  /// Older deliveries are forgotten.
  private static final int KEPT = 10_000;

  private final Deque<Delivery> deliveries = new ArrayDeque<>();

  /// One message that a receiver took.
  ///
  /// @param receiver the hook's name, or `slack:#channel`
  /// @param headers by lower-case name, credentials masked
  /// @param body as received
  public record Delivery(String receiver, Instant at, Map<String, String> headers, String body) {}

  synchronized void add(Delivery delivery) {
    deliveries.addLast(delivery);
    if (deliveries.size() > KEPT) {
      deliveries.removeFirst();
    }
  }

  /// Oldest first.
  public synchronized List<Delivery> deliveries() {
    return List.copyOf(deliveries);
  }

  /// Those of one receiver, oldest first.
  public synchronized List<Delivery> deliveries(String receiver) {
    return deliveries.stream().filter(delivery -> delivery.receiver.equals(receiver)).toList();
  }

  synchronized void clear() {
    deliveries.clear();
  }

  /// `{"items": […]}`, newest first; a body that is JSON is shown as such.
  JsonObject asJson() {
    var items = new JsonArray();
    for (Delivery delivery : new ArrayList<>(deliveries()).reversed()) {
      items.add(
          new JsonObject()
              .put("receiver", delivery.receiver)
              .put("at", delivery.at.toString())
              .put("headers", delivery.headers)
              .put("body", Json.parse(delivery.body).orElse(delivery.body)));
    }
    return new JsonObject().put("items", items);
  }
}
