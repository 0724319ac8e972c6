package dev.spendwarden.cli;

import dev.spendwarden.app.config.Check;
import dev.spendwarden.policy.cel.CelConditions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `spendwarden check`: every problem of every file at once; with `--route`, where an alert would
/// go.
@Command(
    name = "check",
    description = {
      "Checks configurations, policies and policy tests: every problem at once, with its place.",
      "With --route: who would be told of an alert with these labels."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "Told apart by what is in them. With --route: LABEL=VALUE LABEL=VALUE… and one FILE.")
  private List<String> arguments = List.of();

  @Option(
      names = "--route",
      description = "Shows where an alert with the labels LABEL=VALUE… would go (policy=NAME too).")
  private boolean[] route = {};

  @Option(
      names = "--at",
      paramLabel = "T",
      description =
          "With --route: when (RFC 3339; default: now), for routes that are mute at times.")
  private String at = "";

  @Option(names = "--json", description = "With --route: prints JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    return route.length > 0 ? showRoute() : check();
  }

  private int check() {
    var out = spec.commandLine().getOut();
    List<Path> files = arguments.stream().map(Path::of).toList();
    return switch (Check.check(files, System.getenv(), new CelConditions())) {
      case Check.Outcome.NoSuchFile(Path file) ->
          throw new ParameterException(spec.commandLine(), "no such file: " + file);
      case Check.Outcome.Checked checked -> {
        checked.problems().forEach(out::println);
        if (!checked.hasErrors()) {
          out.println(checked.problems().isEmpty() ? "no problems found" : "no errors found");
        }
        yield checked.hasErrors() ? Main.PROBLEMS : Main.FINE;
      }
    };
  }

  private int showRoute() {
    Map<String, String> labels = new LinkedHashMap<>();
    var files = new ArrayList<Path>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals > 0 && !Files.exists(Path.of(argument))) {
        put(labels, argument.substring(0, equals), argument.substring(equals + 1));
      } else {
        files.add(Path.of(argument));
      }
    }
    if (files.size() != 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--route asks one configuration: give LABEL=VALUE… and one FILE, not " + files.size());
    }
    Instant when = at.isEmpty() ? Instant.now() : StoredConfig.instant(spec, "--at", at);
    return new RouteQuestion(spec, labels, when, json).ask(files.getFirst());
  }

  private void put(Map<String, String> labels, String label, String value) {
    TwoLabels.complaint(label, value)
        .ifPresent(complaint -> {
          throw new ParameterException(spec.commandLine(), complaint);
        });
    labels.put(label, value);
  }
}
