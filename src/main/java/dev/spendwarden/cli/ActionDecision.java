package dev.spendwarden.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What a person decides about one action of a running daemon.
abstract class ActionDecision implements Callable<Integer> {

  private static final JsonFactory JSON = new JsonFactory();

  @Parameters(paramLabel = "ACTION", description = "The action's id, as in /api/v1/actions.")
  @SuppressWarnings("NullAway.Init")
  private String id;

  @Option(
      names = "--by",
      paramLabel = "NAME",
      description = "Who decides (default: ${DEFAULT-VALUE}).",
      defaultValue = "${sys:user.name}")
  private String by = "";

  @Option(names = "--comment", paramLabel = "TEXT", description = "Why; kept in the audit.")
  private String comment = "";

  @Mixin private DaemonCall daemon = new DaemonCall();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final String verb;
  private final String past;

  private ActionDecision(String verb, String past) {
    this.verb = verb;
    this.past = past;
  }

  @Command(
      name = "approve",
      description = "Lets an action run that waits for a person.",
      mixinStandardHelpOptions = true)
  static final class Approve extends ActionDecision {
    Approve() {
      super("approve", "approved");
    }
  }

  @Command(
      name = "reject",
      description = "Ends an action that waits for a person or for its time.",
      mixinStandardHelpOptions = true)
  static final class Reject extends ActionDecision {
    Reject() {
      super("reject", "rejected");
    }
  }

  @Command(
      name = "undo",
      description = "Takes an action back that is done.",
      mixinStandardHelpOptions = true)
  static final class Undo extends ActionDecision {
    Undo() {
      super("undo", "undo begun");
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      String path = "/api/v1/actions/" + URLEncoder.encode(id, StandardCharsets.UTF_8) + "/" + verb;
      HttpResponse<String> answer = daemon.post(path, body());
      if (answer.statusCode() == 200) {
        spec.commandLine().getOut().println(id + ": " + past);
        return Main.FINE;
      }
      String detail = detail(answer.body());
      String hint = answer.statusCode() == 401 ? " (see --token-file)" : "";
      spec.commandLine().getErr().println("spendwarden: not " + past + ": " + detail + hint);
    } catch (IOException e) {
      spec.commandLine().getErr().println("spendwarden: " + e.getMessage());
    }
    return Main.PROBLEMS;
  }

  private String body() throws IOException {
    var text = new StringWriter();
    try (var json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("by", by);
      json.writeStringField("comment", comment);
      json.writeEndObject();
    }
    return text.toString();
  }

  /// The problem's own words.
  private static String detail(String problem) {
    try (JsonParser json = JSON.createParser(problem)) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.FIELD_NAME && json.currentName().equals("detail")) {
          return json.nextTextValue();
        }
      }
    } catch (IOException e) {
      // Not the daemon's own answer; what came is shown.
    }
    return problem.substring(0, Math.min(200, problem.length()));
  }
}
