package dev.spendwarden.simulation;

import dev.spendwarden.notify.Grouping;
import dev.spendwarden.notify.Hours;
import dev.spendwarden.notify.TimeInterval;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How the route to a receiver tells.
///
/// @param grouping empty: every change alone and at once
/// @param mute empty: at any time
record Manner(Optional<Grouping> grouping, Optional<Mute> mute) {

  static final Manner AT_ONCE = new Manner(Optional.empty(), Optional.empty());

  /// So many seeds let something wait: few, for they take longer, and what is told at once is to be
  /// checked as often as before.
  private static final double WAITING = 0.2;

  /// Hours of every day (UTC) in which nobody is told.
  ///
  /// @param end at most 24
  record Mute(int start, int end) {}

  /// By receiver; one that is not there is told at once.
  static Map<String, Manner> drawn(Dice dice) {
    if (!dice.chance(WAITING)) {
      return Map.of();
    }
    var manners = new HashMap<String, Manner>();
    for (String receiver : Plan.RECEIVERS) {
      Optional<Grouping> grouping =
          dice.chance(0.6) ? Optional.of(grouping(dice)) : Optional.empty();
      Optional<Mute> mute = dice.chance(0.4) ? Optional.of(mute(dice)) : Optional.empty();
      manners.put(receiver, new Manner(grouping, mute));
    }
    return Map.copyOf(manners);
  }

  private static Grouping grouping(Dice dice) {
    return new Grouping(
        dice.pick(List.of(List.of("policy"), List.of("source"), List.<String>of())),
        dice.chance(0.2)
            ? Duration.ZERO
            : dice.between(Duration.ofSeconds(1), Duration.ofMinutes(5)),
        dice.between(Duration.ofMinutes(1), Duration.ofMinutes(30)));
  }

  private static Mute mute(Dice dice) {
    int start = dice.below(16);
    return new Mute(start, start + 1 + dice.below(8));
  }

  /// The same in the product's words.
  Hours hours() {
    return mute.map(times ->
            new TimeInterval(
                List.of(new TimeInterval.Times(times.start() * 60, times.end() * 60)),
                Set.of(),
                List.of(),
                List.of(),
                List.of(),
                ZoneOffset.UTC))
        .map(interval ->
            new Hours(List.of(new Hours.Named("quiet-hours", List.of(interval))), List.of()))
        .orElse(Hours.ALWAYS);
  }

  boolean isMute(Instant at) {
    int hour = at.atOffset(ZoneOffset.UTC).getHour();
    return mute.filter(times -> times.start() <= hour && hour < times.end()).isPresent();
  }

  /// The first instant from `at` on at which it is not mute.
  Instant heard(Instant at) {
    return isMute(at)
        ? LocalDate.ofInstant(at, ZoneOffset.UTC)
            .atStartOfDay()
            .plusHours(mute.orElseThrow().end())
            .toInstant(ZoneOffset.UTC)
        : at;
  }

  /// Whether a change may be told at once while the route is heard.
  boolean letsNothingWait() {
    return grouping.map(Grouping::groupWait).orElse(Duration.ZERO).isZero();
  }

  /// The longest that a change may wait for others while the route is heard: its group may just
  /// have told something, and rests.
  Duration longestWait() {
    return grouping.map(by -> by.groupWait().plus(by.groupInterval())).orElse(Duration.ZERO);
  }
}
