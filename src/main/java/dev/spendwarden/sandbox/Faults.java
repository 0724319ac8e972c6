package dev.spendwarden.sandbox;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Faults waiting to be played, by mount (`ionq`, `slack`, `hooks/{name}` …): each is played so
/// many times, in the order given, then the mount is well again. Thread-safe.
public final class Faults {

  private static final int FOREVER = -1;

  private final Map<String, Deque<Planned>> planned = new HashMap<>();

  private record Planned(Fault fault, int times) {}

  /// Plays the fault on every answer until cleared.
  public void add(String mount, Fault fault) {
    plan(mount, fault, FOREVER);
  }

  /// Plays the fault on the next `times` answers.
  ///
  /// @throws IllegalArgumentException when `times` is below 1
  public void add(String mount, Fault fault, int times) {
    if (times < 1) {
      throw new IllegalArgumentException("times must be at least 1, not " + times);
    }
    plan(mount, fault, times);
  }

  private synchronized void plan(String mount, Fault fault, int times) {
    planned.computeIfAbsent(mount, key -> new ArrayDeque<>()).add(new Planned(fault, times));
  }

  public synchronized void clear() {
    planned.clear();
  }

  public synchronized void clear(String mount) {
    planned.remove(mount);
  }

  /// The fault to play on this answer, counted down.
  synchronized Optional<Fault> next(String mount) {
    Deque<Planned> queue = planned.get(mount);
    if (queue == null || queue.isEmpty()) {
      return Optional.empty();
    }
    Planned first = queue.removeFirst();
    if (first.times == FOREVER) {
      queue.addFirst(first);
    } else if (first.times > 1) {
      queue.addFirst(new Planned(first.fault, first.times - 1));
    }
    return Optional.of(first.fault);
  }

  /// Takes a fault as `POST /_sandbox/faults` brings it: `{"mount": "ionq", "fault": "status",
  /// "status": 503, "times": 3}`; without `times` it stays until cleared.
  ///
  /// @throws IllegalArgumentException saying what is wrong with it
  void add(Map<String, @Nullable Object> request) {
    String mount = required(request, "mount");
    Fault fault = parse(required(request, "fault"), request);
    if (request.containsKey("times")) {
      add(mount, fault, number(request, "times", 1));
    } else {
      add(mount, fault);
    }
  }

  private static Fault parse(String kind, Map<String, @Nullable Object> request) {
    boolean handled = Boolean.TRUE.equals(request.get("handled"));
    return switch (kind) {
      case "status" ->
          new Fault.Status(
              number(request, "status", 503),
              Optional.of(Json.text(request, "retry_after")).filter(text -> !text.isEmpty()));
      case "hang" -> new Fault.Hang(handled);
      case "close" -> new Fault.Close(handled);
      case "truncate" -> new Fault.Truncate();
      case "trickle" -> new Fault.Trickle(millis(request, 100));
      case "slow" -> new Fault.Slow(millis(request, 1000));
      case "wrong_json" -> new Fault.Body("application/json", text(request, "body", "[1, 2"));
      case "html" ->
          new Fault.Body(
              "text/html", text(request, "body", "<!doctype html><title>Sign in</title>"));
      case "drop" -> new Fault.Drop(required(request, "field"));
      case "replace" ->
          new Fault.Replace(required(request, "field"), text(request, "literal", "null"));
      case "vanish" -> new Fault.Vanish(required(request, "value"));
      case "redirect" ->
          new Fault.Redirect(number(request, "status", 302), required(request, "location"));
      case "gzip_bomb" -> new Fault.GzipBomb(number(request, "mebibytes", 64));
      case "big_header" -> new Fault.BigHeader(number(request, "bytes", 5 << 20));
      default -> throw new IllegalArgumentException("there is no fault '" + kind + "'");
    };
  }

  private static String required(Map<String, @Nullable Object> request, String name) {
    String value = Json.text(request, name);
    if (value.isEmpty()) {
      throw new IllegalArgumentException("'" + name + "' is missing");
    }
    return value;
  }

  private static String text(Map<String, @Nullable Object> request, String name, String other) {
    return request.containsKey(name) ? Json.text(request, name) : other;
  }

  private static Duration millis(Map<String, @Nullable Object> request, int other) {
    return Duration.ofMillis(number(request, "millis", other));
  }

  private static int number(Map<String, @Nullable Object> request, String name, int other) {
    if (!request.containsKey(name)) {
      return other;
    }
    try {
      return new BigDecimal(Json.text(request, name)).intValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + name + "' must be a whole number", e);
    }
  }
}
