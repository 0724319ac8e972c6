package dev.spendwarden.cli;

import dev.spendwarden.policy.yaml.Durations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// `--for 2h` or `--until 2027-02-10T00:00:00Z`.
final class LastingFor {

  @ArgGroup(exclusive = true)
  private @Nullable End end;

  private static final class End {
    @Option(
        names = "--for",
        paramLabel = "DURATION",
        description = "How long from now: 30m, 2h, 3d.")
    private @Nullable String length;

    @Option(names = "--until", paramLabel = "TIME", description = "When it ends (RFC 3339).")
    private @Nullable String until;
  }

  boolean isGiven() {
    return end != null;
  }

  /// When it ends, by the daemon's clock.
  Instant end(RunningDaemon daemon) {
    if (end == null) {
      throw daemon.wrong("give --for or --until");
    }
    if (end.until != null) {
      try {
        return OffsetDateTime.parse(end.until).toInstant();
      } catch (DateTimeException e) {
        throw daemon.wrong("--until: a time such as 2027-02-10T00:00:00Z is needed");
      }
    }
    Optional<Duration> length = Durations.parse(String.valueOf(end.length));
    return daemon
        .now()
        .plus(length.orElseThrow(() -> daemon.wrong("--for: a duration such as 30m is needed")));
  }
}
