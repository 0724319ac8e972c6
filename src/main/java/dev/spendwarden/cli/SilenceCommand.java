package dev.spendwarden.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.Body;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `spendwarden silence`: nobody is told of some alerts for a time.
@Command(
    name = "silence",
    description = {
      "Silences the alerts that match, lists the silences, or ends one.",
      "Example: silence policy=ionq-user-quota user=u1,u2 --for 2h --comment 'calibration week'"
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SilenceCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..*",
      paramLabel = "LABEL=VALUE[,VALUE…]",
      description = "What must match: policy, severity, labels of the policy and the budget.")
  private Map<String, String> match = new LinkedHashMap<>();

  @Mixin private LastingFor lasting = new LastingFor();

  @Option(names = "--comment", defaultValue = "", description = "Why.")
  private String comment = "";

  @Option(names = "--by", defaultValue = "${sys:user.name}", description = "Who (default: you).")
  private String by = "";

  @Option(names = "--list", description = "Lists the silences that have not ended.")
  private boolean list;

  @Option(names = "--end", paramLabel = "ID", description = "Ends a silence now.")
  private @Nullable String ended;

  @Mixin private RunningDaemon daemon = new RunningDaemon();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    if (ended != null) {
      var answer = daemon.delete("/api/v1/silences/" + RunningDaemon.segment(ended));
      return daemon.report(answer, "ended");
    }
    if (list) {
      return list();
    }
    if (match.isEmpty()) {
      throw daemon.wrong("what is to be silenced? give LABEL=VALUE");
    }
    match.forEach((label, values) ->
        TwoLabels.complaint(label, values)
            .ifPresent(complaint -> {
              throw daemon.wrong(complaint);
            }));
    Instant end = lasting.end(daemon);
    return daemon.report(
        daemon.post("/api/v1/silences", json -> write(json, end)), "silenced until " + end);
  }

  private void write(JsonGenerator json, Instant end) throws IOException {
    json.writeObjectFieldStart("match");
    for (var entry : match.entrySet()) {
      json.writeArrayFieldStart(entry.getKey());
      for (String value : entry.getValue().split(",", -1)) {
        json.writeString(value);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeStringField("ends_at", end.toString());
    json.writeStringField("comment", comment);
    json.writeStringField("created_by", by);
  }

  private int list() {
    var answer = daemon.get("/api/v1/silences?limit=500");
    if (!answer.isGood()) {
      return daemon.report(answer, "");
    }
    var out = spec.commandLine().getOut();
    for (Body silence : answer.body().objects("items")) {
      var matchers = new StringBuilder();
      Body shown = silence.object("match");
      shown
          .names()
          .forEach(name ->
              matchers
                  .append(name)
                  .append('=')
                  .append(String.join(",", shown.texts(name)))
                  .append(' '));
      out.println(
          silence.text("id").orElse("")
              + "  until "
              + silence.text("ends_at").orElse("")
              + "  "
              + matchers
              + " "
              + silence.text("created_by").orElse("")
              + ": "
              + silence.text("comment").orElse(""));
    }
    out.flush();
    return Main.FINE;
  }
}
