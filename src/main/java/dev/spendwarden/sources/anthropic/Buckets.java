package dev.spendwarden.sources.anthropic;

import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;

/// The time buckets of a report, over all its pages: each at most once, none missing, so that no
/// bucket that was lost is taken for one without spend. Not thread-safe.
final class Buckets {

  private final Instant first;
  private final Duration width;
  private final Instant now;
  private final TreeSet<Instant> starts = new TreeSet<>();

  /// @param first the start of the first bucket that was asked for
  /// @param width a day or an hour
  Buckets(Instant first, Duration width, Instant now) {
    this.first = first;
    this.width = width;
    this.now = now;
  }

  /// Takes note of one bucket.
  ///
  /// @throws MalformedAnswer when it is not a bucket that was asked for, or came before
  ChargePeriod add(JsonField bucket) throws MalformedAnswer {
    JsonField startingAt = bucket.field("starting_at");
    Instant start = Rows.instant(startingAt);
    if (Math.floorMod(start.toEpochMilli(), width.toMillis()) != 0 || start.getNano() != 0) {
      throw startingAt.malformed("not the start of a bucket of " + width + " in UTC");
    }
    Instant end = start.plus(width);
    if (!Rows.instant(bucket.field("ending_at")).equals(end)) {
      throw bucket.field("ending_at").malformed("a bucket that is not " + width + " long");
    }
    // One bucket of grace, for clocks that differ.
    if (start.isBefore(first) || start.isAfter(now.plus(width))) {
      throw startingAt.malformed("a bucket outside of the time that was asked for");
    }
    if (!starts.add(start)) {
      throw startingAt.malformed("a bucket that stands there twice");
    }
    return new ChargePeriod(start, end);
  }

  /// What is missing, for people; empty when the report is whole. It may end one bucket before the
  /// one that holds the present, which a provider may not have opened yet.
  Optional<String> gap() {
    for (Instant at = first; isWanted(at); at = at.plus(width)) {
      if (!starts.contains(at)) {
        return Optional.of("the report lacks the bucket that starts at " + at);
      }
    }
    return Optional.empty();
  }

  private boolean isWanted(Instant start) {
    boolean hasEnded = !start.plus(width).isAfter(now);
    return hasEnded || (!starts.isEmpty() && !start.isAfter(starts.last()));
  }

  /// From the first bucket to the end of the newest that came; only of a report without gap.
  ChargePeriod span() {
    return new ChargePeriod(first, starts.last().plus(width));
  }
}
