package dev.spendwarden.sources;

import dev.spendwarden.charge.Reading;
import java.time.Duration;
import java.time.Instant;

/// One configured account at a provider. Blocking; called on the source's own virtual thread, one
/// poll at a time. A poll never throws for what a provider does: that is a [PollResult.Failed].
public interface Source {

  /// The configured name.
  String name();

  /// The span of its finest bucket: zero when every poll shows a running counter, a day for daily
  /// bills. A window shorter than this is answered in whole buckets.
  Duration resolution();

  PollResult poll(PollContext context);

  /// The reading of the latest poll is stored. Not called when it could not be: the next poll then
  /// has to yield the same days again.
  default void accepted(Reading reading) {}

  /// What a poll may know of the world.
  ///
  /// @param now the instant of this poll
  /// @param earliestNeeded start of the earliest open period a policy needs of this source
  record PollContext(Instant now, Instant earliestNeeded) {}
}
