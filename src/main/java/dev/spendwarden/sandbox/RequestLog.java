package dev.spendwarden.sandbox;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What was asked of each mount: how often, how many at a time, and the latest requests with their
/// credentials masked. Thread-safe.
public final class RequestLog {

  /// Of each mount; older ones are forgotten, the counts are not.
  private static final int KEPT = 1000;

  private final Map<String, Entry> entries = new TreeMap<>();

  /// One request, however it was answered.
  ///
  /// @param headers by lower-case name, credentials masked
  /// @param body as received, as text
  public record Request(
      Instant at, String method, String path, Map<String, String> headers, String body) {}

  /// @param maxInFlight the most requests that were ever being answered at one time
  public record Counts(long requests, int inFlight, int maxInFlight) {}

  private static final class Entry {
    private long count;
    private int inFlight;
    private int maxInFlight;
    private final Deque<Request> latest = new ArrayDeque<>();
  }

  synchronized void begin(String mount, Request request) {
    Entry entry = entries.computeIfAbsent(mount, key -> new Entry());
    entry.count++;
    entry.inFlight++;
    entry.maxInFlight = Math.max(entry.maxInFlight, entry.inFlight);
    entry.latest.addLast(request);
    if (entry.latest.size() > KEPT) {
      entry.latest.removeFirst();
    }
  }

  synchronized void end(String mount) {
    entries.computeIfAbsent(mount, key -> new Entry()).inFlight--;
  }

  public synchronized Counts counts(String mount) {
    Entry entry = entries.get(mount);
    return entry == null
        ? new Counts(0, 0, 0)
        : new Counts(entry.count, entry.inFlight, entry.maxInFlight);
  }

  /// The latest requests to the mount, oldest first, those that met a fault included.
  public synchronized List<Request> requests(String mount) {
    Entry entry = entries.get(mount);
    return entry == null ? List.of() : List.copyOf(entry.latest);
  }

  synchronized JsonObject asJson() {
    var json = new JsonObject();
    entries.forEach((mount, entry) -> {
      Request last = entry.latest.getLast();
      json.put(
          mount,
          new JsonObject()
              .put("requests", entry.count)
              .put("in_flight", entry.inFlight)
              .put("max_in_flight", entry.maxInFlight)
              .put(
                  "last",
                  new JsonObject()
                      .put("at", last.at.toString())
                      .put("method", last.method)
                      .put("path", last.path)
                      .put("headers", last.headers)));
    });
    return json;
  }
}
