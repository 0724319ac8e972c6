package dev.spendwarden.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `spendwarden ack`: somebody looks after an alert, so it is not told again and again.
@Command(
    name = "ack",
    description = "Says that you look after an alert: everybody sees it, and it is not repeated.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class AckCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ALERT", description = "The alert's id (alt_…).")
  private String alert = "";

  @Option(names = "--by", defaultValue = "${sys:user.name}", description = "Who (default: you).")
  private String by = "";

  @Option(names = "--comment", defaultValue = "", description = "What is being done.")
  private String comment = "";

  @Mixin private RunningDaemon daemon = new RunningDaemon();

  @Override
  public Integer call() {
    return daemon.report(
        daemon.post(
            "/api/v1/alerts/" + RunningDaemon.segment(alert) + "/ack",
            json -> {
              json.writeStringField("by", by);
              json.writeStringField("comment", comment);
            }),
        "acknowledged by " + by);
  }
}
