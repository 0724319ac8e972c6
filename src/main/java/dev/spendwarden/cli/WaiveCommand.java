package dev.spendwarden.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `spendwarden waive`: a dated, reasoned exception from a policy.
@Command(
    name = "waive",
    description = {
      "Raises the limit of a policy's budgets, or mutes its alerts, for a time.",
      "Example: waive ionq-user-quota user=u1 --raise '500 USD' --for 7d --reason 'paper deadline'"
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class WaiveCommand implements Callable<Integer> {

  @Parameters(index = "0", arity = "0..1", paramLabel = "POLICY", description = "The policy.")
  private @Nullable String policy;

  @Parameters(
      index = "1..*",
      paramLabel = "LABEL=VALUE",
      description = "Only budgets with these labels (default: all of the policy).")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(names = "--raise", paramLabel = "AMOUNT", description = "Added to the limit: '500 USD'.")
  private @Nullable String raise;

  @Option(names = "--mute", description = "Nobody is told of its alerts.")
  private boolean mute;

  @Mixin private LastingFor lasting = new LastingFor();

  @Option(names = "--reason", defaultValue = "", description = "Why; needed.")
  private String reason = "";

  @Option(names = "--by", defaultValue = "${sys:user.name}", description = "Who (default: you).")
  private String by = "";

  @Option(names = "--end", paramLabel = "ID", description = "Ends a waiver now.")
  private @Nullable String ended;

  @Mixin private RunningDaemon daemon = new RunningDaemon();

  @Override
  public Integer call() {
    if (ended != null) {
      var answer = daemon.delete("/api/v1/waivers/" + RunningDaemon.segment(ended));
      return daemon.report(answer, "ended");
    }
    String waived = policy;
    if (waived == null) {
      throw daemon.wrong("which policy?");
    }
    if ((raise == null) != mute) {
      throw daemon.wrong("give either --raise or --mute");
    }
    Instant end = lasting.end(daemon);
    return daemon.report(
        daemon.post("/api/v1/waivers", json -> write(json, waived, end)), "waived until " + end);
  }

  private void write(JsonGenerator json, String waived, Instant end) throws IOException {
    json.writeStringField("policy", waived);
    json.writeObjectFieldStart("labels");
    for (var label : labels.entrySet()) {
      json.writeStringField(label.getKey(), label.getValue());
    }
    json.writeEndObject();
    json.writeStringField("until", end.toString());
    if (raise != null) {
      json.writeStringField("raise", raise);
    }
    if (mute) {
      json.writeBooleanField("mute", true);
    }
    json.writeStringField("reason", reason);
    json.writeStringField("by", by);
  }
}
