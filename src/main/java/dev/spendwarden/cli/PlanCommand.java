package dev.spendwarden.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.alert.Alert;
import dev.spendwarden.app.rehearse.Plan;
import dev.spendwarden.app.rehearse.Plan.Change;
import dev.spendwarden.app.rehearse.Plan.Orphan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spendwarden plan`: what a changed configuration would do before it is loaded.
@Command(
    name = "plan",
    description =
        "Shows what a changed configuration would do to the live alerts before it is loaded."
            + " Changes nothing; a daemon may be running.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class PlanCommand implements Callable<Integer> {

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The changed configuration file.")
  @SuppressWarnings("NullAway.Init")
  private Path config;

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description = "As of when (default: when the newest stored data was asked for).")
  private @Nullable String at;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    var when = Optional.ofNullable(at).map(text -> StoredConfig.instant(spec, "--at", text));
    return StoredConfig.open(
        spec,
        config,
        (read, database) -> {
          Plan plan =
              database.read(ports -> Plan.of(read, ports, when, Clock.systemUTC().instant()));
          PrintWriter out = spec.commandLine().getOut();
          if (json) {
            out.println(JsonText.of(generator -> writeJson(plan, generator)));
          } else {
            printText(plan, out);
          }
          return Main.FINE;
        });
  }

  private static void printText(Plan plan, PrintWriter out) {
    out.println("as of " + plan.at());
    section(out, "would fire", "to ", plan.fire());
    section(out, "would resolve", "to ", plan.resolve());
    section(out, "would lose their receiver", "", plan.loseReceiver());
    for (String action : plan.unusedActions()) {
      out.println("action " + action + " would be orphaned: no rule names it");
    }
    for (Orphan orphan : plan.orphanedActions()) {
      out.println(
          "action %s (%s, %s) would be orphaned: %s"
              .formatted(
                  orphan.action().id(),
                  orphan.action().kind().name(),
                  orphan.action().progress().state().word(),
                  orphan.why()));
    }
    if (plan.isEmpty()) {
      out.println("nothing would change");
    }
    if (plan.held() > 0) {
      out.println(
          "%d of %d budgets are held (their data is old, failing or incomplete): nothing can be said of them"
              .formatted(plan.held(), plan.budgets()));
    }
  }

  private static void section(PrintWriter out, String title, String to, List<Change> changes) {
    for (Change change : changes) {
      Alert alert = change.alert();
      String labels = alert.budgetLabels().isEmpty() ? "" : "/" + alert.budgetLabels();
      String why =
          alert.reason().map(Alert.Reason::word).orElseGet(() -> String.join(", ", rules(alert)));
      String receivers =
          change.receivers().isEmpty() ? "nobody" : String.join(", ", change.receivers());
      out.println(
          "%s: %s%s (%s, %s) → %s%s"
              .formatted(
                  title, alert.policy(), labels, alert.severity().word(), why, to, receivers));
    }
  }

  private static List<String> rules(Alert alert) {
    return List.copyOf(alert.firingRules());
  }

  private static void writeJson(Plan plan, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("at", plan.at().toString());
    writeJson("fire", plan.fire(), out);
    writeJson("resolve", plan.resolve(), out);
    writeJson("lose_receiver", plan.loseReceiver(), out);
    out.writeArrayFieldStart("orphaned_actions");
    for (String action : plan.unusedActions()) {
      out.writeString(action);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("orphaned");
    for (Orphan orphan : plan.orphanedActions()) {
      out.writeStartObject();
      out.writeStringField("id", orphan.action().id());
      out.writeStringField("action", orphan.action().kind().name());
      out.writeStringField("state", orphan.action().progress().state().word());
      out.writeStringField("why", orphan.why());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeNumberField("budgets", plan.budgets());
    out.writeNumberField("held", plan.held());
    out.writeEndObject();
  }

  private static void writeJson(String name, List<Change> changes, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (Change change : changes) {
      Alert alert = change.alert();
      out.writeStartObject();
      if (!change.type().isEmpty()) {
        out.writeStringField("type", change.type());
      }
      out.writeStringField("alert_id", alert.id());
      out.writeStringField("policy", alert.policy());
      out.writeStringField("budget_id", alert.budgetId());
      JsonText.texts(out, "labels", alert.budgetLabels().asWords());
      out.writeStringField("severity", alert.severity().word());
      JsonText.texts(out, "rules", rules(alert));
      JsonText.text(out, "reason", alert.reason().map(Alert.Reason::word));
      JsonText.texts(out, "receivers", change.receivers());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
