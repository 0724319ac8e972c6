package dev.spendwarden.simulation;

import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Notification;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A receiver on the other side of the network. It takes messages in and says so; or takes them in
/// and its answer is lost; or does not take them in. It remembers what it got.
final class Peer {

  enum Weather {
    /// Everything is taken in and answered.
    FINE,
    /// Anything may happen to each attempt.
    CHANGING,
    /// Nothing comes through.
    DOWN,
    /// Everything is answered with 400.
    REFUSING
  }

  private final String name;
  private final Dice dice;
  private final Crashes crashes;
  private final Arrivals arrivals;
  private final Map<String, Integer> excuses = new HashMap<>();

  private Weather weather = Weather.FINE;
  private Instant since;

  /// What was taken in by the last attempt, until its end is known to be stored.
  private @Nullable String inFlight;

  Peer(String name, long seed, Crashes crashes, Arrivals arrivals, Instant start) {
    this.name = name;
    this.dice = new Dice(seed, "peer " + name);
    this.crashes = crashes;
    this.arrivals = arrivals;
    this.since = start;
  }

  String name() {
    return name;
  }

  /// Since when every attempt is answered; empty when it is not so.
  Optional<Instant> fineSince() {
    return weather == Weather.FINE ? Optional.of(since) : Optional.empty();
  }

  void clearUp(Instant now) {
    weather = Weather.FINE;
    since = now;
  }

  /// Other weather.
  ///
  /// @return how long it lasts
  Duration turn(Instant now) {
    since = now;
    if (weather != Weather.FINE) {
      weather = Weather.FINE;
      return dice.between(Duration.ofHours(10), Duration.ofDays(6));
    }
    weather =
        dice.pick(
            java.util.List.of(
                Weather.CHANGING, Weather.CHANGING, Weather.DOWN, Weather.DOWN, Weather.REFUSING));
    return switch (weather) {
      case FINE, CHANGING -> dice.between(Duration.ofHours(1), Duration.ofHours(30));
      case DOWN ->
          dice.chance(0.1)
              ? dice.between(Duration.ofHours(72), Duration.ofHours(90))
              : dice.between(Duration.ofMinutes(10), Duration.ofHours(50));
      case REFUSING -> dice.between(Duration.ofMinutes(1), Duration.ofHours(3));
    };
  }

  DeliveryResult send(Notification notification) {
    inFlight = null;
    crashes.at("before the request");
    DeliveryResult result = answer(notification);
    crashes.at("before the answer");
    return result;
  }

  private DeliveryResult answer(Notification notification) {
    return switch (weather) {
      case FINE -> take(notification);
      case DOWN -> new DeliveryResult.Retry("no route to host", Optional.empty());
      case REFUSING -> new DeliveryResult.Rejected("answered 400");
      case CHANGING ->
          switch (dice.below(5)) {
            case 0, 1 -> take(notification);
            case 2 -> {
              take(notification);
              excuse();
              yield new DeliveryResult.Retry("timed out", Optional.empty());
            }
            case 3 -> new DeliveryResult.Retry("answered 503", Optional.empty());
            default ->
                new DeliveryResult.Retry(
                    "answered 429",
                    Optional.of(dice.between(Duration.ofSeconds(1), Duration.ofHours(2))));
          };
    };
  }

  private DeliveryResult take(Notification notification) {
    inFlight = notification.id();
    arrivals.arrived(this, notification);
    return new DeliveryResult.Delivered(Optional.empty());
  }

  /// Nobody will ever know how the last attempt ended: it may be made again.
  void excuse() {
    if (inFlight != null) {
      excuses.merge(inFlight, 1, Integer::sum);
      inFlight = null;
    }
  }

  /// How many attempts at a notification were taken in without the sender's knowing.
  int excusesFor(String id) {
    return excuses.getOrDefault(id, 0);
  }
}
