package dev.spendwarden.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.app.RouteTree;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.notify.Grouping;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.notify.Routes.RouteMatch;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.policy.yaml.Problem;
import dev.spendwarden.policy.yaml.Suggestion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Where an alert with some labels would go, as the daemon routes it.
///
/// @param labels as given; without `severity` every severity is asked about
/// @param at when, for routes that are mute at times
record RouteQuestion(CommandSpec spec, Map<String, String> labels, Instant at, boolean json) {

  /// @param matches in the order of the tree; empty: nobody is told
  private record Answer(Map<String, String> labels, List<RouteMatch> matches) {}

  /// @return the exit status: a problem when somebody should be told and nobody is
  int ask(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ParameterException(spec.commandLine(), "no such configuration file: " + file);
    }
    ConfigReader.Result read = ConfigReader.read(file, System.getenv(), new CelConditions());
    PrintWriter err = spec.commandLine().getErr();
    read.problems().stream()
        .filter(problem -> read.config().isEmpty() || !problem.isError())
        .map(Problem::toString)
        .forEach(err::println);
    if (read.config().isEmpty()) {
      return Main.PROBLEMS;
    }
    Config config = read.config().get();
    Optional<Policy> policy = policy(config, err);
    List<Answer> answers = answers(RouteTree.of(config), policy);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonText.of(generator -> write(answers, generator)));
    } else {
      answers.forEach(answer -> print(answer, policy, out));
    }
    boolean wanted = policy.flatMap(Policy::receivers).map(names -> !names.isEmpty()).orElse(true);
    boolean missed = answers.stream().anyMatch(answer -> answer.matches().isEmpty());
    return wanted && missed ? Main.PROBLEMS : Main.FINE;
  }

  private Optional<Policy> policy(Config config, PrintWriter err) {
    String name = labels.getOrDefault("policy", labels.getOrDefault("alertname", ""));
    Optional<Policy> found =
        config.policies().stream().filter(policy -> policy.name().equals(name)).findFirst();
    if (!name.isEmpty() && found.isEmpty() && !BuiltInPolicies.isReserved(name)) {
      List<String> names = config.policies().stream().map(Policy::name).toList();
      err.println(
          "note: no policy '" + name + "' in the policy files" + Suggestion.text(name, names));
    }
    return found;
  }

  private List<Answer> answers(Routes routes, Optional<Policy> policy) {
    var all = new TreeMap<String, String>();
    policy.ifPresent(known -> all.putAll(known.labels()));
    all.putAll(labels);
    String name = all.getOrDefault("policy", all.get("alertname"));
    if (name != null) {
      all.put("policy", name);
      all.put("alertname", name);
    }
    var answers = new ArrayList<Answer>();
    for (Severity severity : Severity.values()) {
      var asked = new TreeMap<>(all);
      if (labels.containsKey("severity") && severity != Severity.INFO) {
        continue;
      }
      asked.putIfAbsent("severity", severity.word());
      answers.add(
          new Answer(
              asked,
              policy
                  .map(known -> routes.receiversFor(known, asked))
                  .orElseGet(() -> routes.receiversFor(asked))));
    }
    return answers;
  }

  private void print(Answer answer, Optional<Policy> policy, PrintWriter out) {
    out.println(joined(answer.labels()));
    if (answer.matches().isEmpty()) {
      boolean silent = policy.flatMap(Policy::receivers).map(List::isEmpty).orElse(false);
      out.println(
          silent
              ? "  nobody: the policy says 'notify: none'"
              : "  nobody: no route has a receiver");
    }
    for (RouteMatch match : answer.matches()) {
      out.println("  " + match.receiver());
      out.println(
          "    route            "
              + (match.path().equals(Routes.NOTIFY)
                  ? "the policy's own 'notify'"
                  : String.join(" → ", match.path().split("/(?=\\{)"))));
      out.println("    group            " + group(match, answer.labels()));
      out.println(
          "    repeat_interval  " + match.repeatInterval().map(Durations::format).orElse("never"));
      out.println("    muted            " + muted(match));
    }
  }

  private static String group(RouteMatch match, Map<String, String> labels) {
    if (match.grouping().isEmpty()) {
      return "none: every change is told alone and at once";
    }
    Grouping grouping = match.grouping().get();
    return "by ["
        + String.join(", ", grouping.by())
        + "]: {"
        + joined(grouping.labelsOf(labels))
        + "}, group_wait "
        + Durations.format(grouping.groupWait())
        + ", group_interval "
        + Durations.format(grouping.groupInterval());
  }

  private String muted(RouteMatch match) {
    return match
        .hours()
        .muteUntil(at)
        .map(end -> "until " + end + " by " + String.join(", ", match.hours().muteBecauseOf(at)))
        .orElse("no");
  }

  private static String joined(Map<String, String> labels) {
    return String.join(
        ", ", labels.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }

  private void write(List<Answer> answers, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("at", at.toString());
    out.writeArrayFieldStart("items");
    for (Answer answer : answers) {
      out.writeStartObject();
      JsonText.texts(out, "labels", answer.labels());
      out.writeArrayFieldStart("receivers");
      for (RouteMatch match : answer.matches()) {
        write(match, answer.labels(), out);
      }
      out.writeEndArray();
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private void write(RouteMatch match, Map<String, String> labels, JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("receiver", match.receiver());
    out.writeStringField("route", match.path());
    if (match.grouping().isPresent()) {
      Grouping grouping = match.grouping().get();
      JsonText.texts(out, "group_by", grouping.by());
      JsonText.texts(out, "group", grouping.labelsOf(labels));
      out.writeStringField("group_wait", Durations.format(grouping.groupWait()));
      out.writeStringField("group_interval", Durations.format(grouping.groupInterval()));
    } else {
      out.writeNullField("group_by");
    }
    JsonText.text(out, "repeat_interval", match.repeatInterval().map(Durations::format));
    JsonText.text(out, "muted_until", match.hours().muteUntil(at).map(Instant::toString));
    JsonText.texts(out, "muted_by", match.hours().muteBecauseOf(at));
    out.writeEndObject();
  }
}
