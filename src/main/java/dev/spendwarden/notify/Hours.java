package dev.spendwarden.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// When a route tells and when it is mute. Pure.
///
/// @param muted nobody on the route is told in these
/// @param active nobody is told outside of these; empty: at any time
public record Hours(List<Named> muted, List<Named> active) {

  public static final Hours ALWAYS = new Hours(List.of(), List.of());

  /// No interval that can be written needs a longer look: whoever waits looks again then.
  private static final Duration LOOK_AHEAD = Duration.ofDays(400);

  public Hours {
    muted = List.copyOf(muted);
    active = List.copyOf(active);
  }

  /// An entry of `time_intervals`: an instant lies in it when it lies in any of its intervals.
  public record Named(String name, List<TimeInterval> intervals) {
    public Named {
      intervals = List.copyOf(intervals);
    }

    boolean contains(Instant at) {
      return intervals.stream().anyMatch(interval -> interval.contains(at));
    }
  }

  /// Until when the route is mute; empty: it is not. At most 400 days from now, also where it is
  /// mute for good.
  public Optional<Instant> muteUntil(Instant now) {
    if (!isMute(now)) {
      return Optional.empty();
    }
    Instant longest = now.plus(LOOK_AHEAD);
    Instant at = now;
    while (at.isBefore(longest) && isMute(at)) {
      at = nextChange(at);
    }
    return Optional.of(at.isBefore(longest) ? at : longest);
  }

  /// The names of the intervals that make it mute now.
  public List<String> muteBecauseOf(Instant now) {
    if (!isMute(now)) {
      return List.of();
    }
    List<String> within = muted.stream().filter(t -> t.contains(now)).map(Named::name).toList();
    return within.isEmpty() ? active.stream().map(Named::name).toList() : within;
  }

  private boolean isMute(Instant at) {
    return muted.stream().anyMatch(times -> times.contains(at))
        || (!active.isEmpty() && active.stream().noneMatch(times -> times.contains(at)));
  }

  private Instant nextChange(Instant at) {
    return Stream.concat(muted.stream(), active.stream())
        .flatMap(times -> times.intervals().stream())
        .map(interval -> interval.nextChange(at))
        .min(Instant::compareTo)
        .orElse(Instant.MAX);
  }
}
