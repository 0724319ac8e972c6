package dev.spendwarden.cli;

import dev.spendwarden.app.DaemonClock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `--test-clock`: time that starts elsewhere and runs faster. A daemon and a sandbox that are
/// given the same one live at the same pace, so that an export that takes a minute to build is
/// ready when the daemon looks.
final class TestClock {

  @Option(
      names = "--test-clock",
      paramLabel = "START[,xRATE]",
      description =
          "Runs time from START (RFC 3339) at RATE, for example 2027-01-20T09:00:00Z,x600. Never"
              + " for real budgets.")
  private @Nullable String text;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /// @throws ParameterException where it cannot be read
  DaemonClock clock() {
    try {
      return text == null ? DaemonClock.system() : DaemonClock.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
