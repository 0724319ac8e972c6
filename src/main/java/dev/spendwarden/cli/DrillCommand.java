package dev.spendwarden.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `spendwarden drill`: tests the way to a receiver before it is needed.
@Command(
    name = "drill",
    description = {
      "Sends a test notification, marked as a drill, to a receiver.",
      "It goes through the outbox: what became of it is at /api/v1/notifications/ID, with the ID"
          + " that is printed."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DrillCommand implements Callable<Integer> {

  @Parameters(paramLabel = "RECEIVER", description = "The receiver's name.")
  private String receiver = "";

  @Mixin private RunningDaemon daemon = new RunningDaemon();

  @Override
  public Integer call() {
    return daemon.report(
        daemon.post("/api/v1/receivers/" + RunningDaemon.segment(receiver) + "/drill", json -> {}),
        // Whether it arrives shows later, as with any other notification.
        "queued for " + receiver);
  }
}
