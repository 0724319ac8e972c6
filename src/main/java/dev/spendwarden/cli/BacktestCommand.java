package dev.spendwarden.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.alert.Alert;
import dev.spendwarden.app.RouteTree;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.rehearse.Backtest;
import dev.spendwarden.app.rehearse.Backtest.Question;
import dev.spendwarden.app.rehearse.BacktestReport;
import dev.spendwarden.app.rehearse.BacktestReport.Moved;
import dev.spendwarden.app.rehearse.BacktestReport.RuleReport;
import dev.spendwarden.app.rehearse.Episode;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `spendwarden backtest`: policies over the stored history.
@Command(
    name = "backtest",
    description =
        "Shows what policies would have sent over the stored history, beside what was really sent."
            + " Changes nothing; a daemon may be running.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BacktestCommand implements Callable<Integer> {

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration file.")
  @SuppressWarnings("NullAway.Init")
  private Path config;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "T",
      description = "The first instant (RFC 3339) or day.")
  private String from = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "T",
      description = "Up to this instant or the start of this day.")
  private String to = "";

  @Option(
      names = "--policies",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Policy files instead of the configuration's.")
  private List<Path> policyFiles = List.of();

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    Instant start = StoredConfig.instant(spec, "--from", from);
    Instant end = StoredConfig.instant(spec, "--to", to);
    if (!start.isBefore(end)) {
      throw new ParameterException(spec.commandLine(), "--from must be before --to");
    }
    for (Path file : policyFiles) {
      if (!Files.isRegularFile(file)) {
        throw new ParameterException(spec.commandLine(), "no such policy file: " + file);
      }
    }
    return StoredConfig.open(
        spec,
        config,
        (read, database) -> {
          Optional<List<Policy>> policies = policies(read);
          if (policies.isEmpty()) {
            return Main.PROBLEMS;
          }
          BacktestReport report;
          try (var progress = new Progress(spec.commandLine().getErr(), start, end)) {
            report =
                database.read(ports ->
                    Backtest.run(
                        new Question(
                            policies.get(), pollIntervals(read), RouteTree.of(read), start, end),
                        ports,
                        progress::at));
          }
          PrintWriter out = spec.commandLine().getOut();
          if (json) {
            out.println(JsonText.of(generator -> writeJson(report, generator)));
          } else {
            printText(report, out);
          }
          return Main.FINE;
        });
  }

  private Optional<List<Policy>> policies(Config read) {
    if (policyFiles.isEmpty()) {
      return Optional.of(read.policies());
    }
    var problems = new Problems();
    var reader = new PolicyReader(new CelConditions(), problems);
    var policies = new ArrayList<Policy>();
    for (Path file : policyFiles) {
      YamlDocument.read(file, problems)
          .map(reader::read)
          .orElse(List.of())
          .forEach(entry -> entry.policy().ifPresent(policies::add));
    }
    problems.list().forEach(problem -> spec.commandLine().getErr().println(problem));
    return problems.hasErrors() ? Optional.empty() : Optional.of(policies);
  }

  private static Map<String, Duration> pollIntervals(Config read) {
    return read.sources().stream()
        .collect(Collectors.toMap(SourceConfig::name, SourceConfig::pollInterval));
  }

  private static void printText(BacktestReport report, PrintWriter out) {
    out.println("from " + report.from() + " to " + report.to());
    out.println("%d messages, %d were sent".formatted(report.messages(), report.sentMessages()));
    out.println(
        "%d alerts gained, %d lost, %d earlier, %d later, %d at the same time"
            .formatted(
                report.gained().size(),
                report.lost().size(),
                report.earlier().size(),
                report.later().size(),
                report.same()));
    report.gained().forEach(episode -> out.println("  gained   " + line(episode)));
    report.lost().forEach(episode -> out.println("  lost     " + line(episode)));
    report.earlier().forEach(moved -> out.println("  earlier  " + line(moved)));
    report.later().forEach(moved -> out.println("  later    " + line(moved)));
    if (!report.rules().isEmpty()) {
      out.println("rules: fired (in how many periods of budgets), limit reached, noise, lead");
    }
    for (RuleReport rule : report.rules()) {
      out.println(
          "  %s/%s: %d, %d, %d, %s"
              .formatted(
                  rule.policy(),
                  rule.rule(),
                  rule.fired(),
                  rule.justified(),
                  rule.noise(),
                  rule.medianLead().map(BacktestCommand::words).orElse("–")));
    }
  }

  private static String line(Episode episode) {
    String labels = episode.labels().isEmpty() ? "" : "/" + episode.labels();
    String end =
        episode
            .endedAt()
            .map(at -> "to " + at + " (" + reason(episode) + ")")
            .orElse("still firing");
    return "%s%s %s %s from %s %s"
        .formatted(
            episode.policy(),
            labels,
            episode.severity().word(),
            episode.rules(),
            episode.startedAt(),
            end);
  }

  private static String line(Moved moved) {
    Duration by = Duration.between(moved.sentAt(), moved.alert().startedAt());
    return line(moved.alert()) + ", by " + words(by.abs());
  }

  private static String reason(Episode episode) {
    return episode.reason().map(Alert.Reason::word).orElse("?");
  }

  private static String words(Duration duration) {
    return duration.toDays() > 0
        ? duration.toDays() + "d " + duration.toHoursPart() + "h"
        : duration.toHours() + "h " + duration.toMinutesPart() + "m";
  }

  private static void writeJson(BacktestReport report, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("from", report.from().toString());
    out.writeStringField("to", report.to().toString());
    out.writeNumberField("messages", report.messages());
    out.writeNumberField("sent_messages", report.sentMessages());
    out.writeNumberField("same", report.same());
    writeEpisodes("gained", report.gained(), out);
    writeEpisodes("lost", report.lost(), out);
    writeMoved("earlier", report.earlier(), out);
    writeMoved("later", report.later(), out);
    out.writeArrayFieldStart("rules");
    for (RuleReport rule : report.rules()) {
      out.writeStartObject();
      out.writeStringField("policy", rule.policy());
      out.writeStringField("rule", rule.rule());
      out.writeNumberField("fired", rule.fired());
      out.writeNumberField("limit_reached", rule.justified());
      out.writeNumberField("noise", rule.noise());
      if (rule.medianLead().isPresent()) {
        out.writeNumberField("median_lead_seconds", rule.medianLead().get().toSeconds());
      } else {
        out.writeNullField("median_lead_seconds");
      }
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void writeEpisodes(String name, List<Episode> episodes, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (Episode episode : episodes) {
      out.writeStartObject();
      writeEpisode(episode, out);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void writeMoved(String name, List<Moved> moved, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (Moved one : moved) {
      out.writeStartObject();
      writeEpisode(one.alert(), out);
      out.writeStringField("sent_at", one.sentAt().toString());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void writeEpisode(Episode episode, JsonGenerator out) throws IOException {
    out.writeStringField("policy", episode.policy());
    out.writeStringField("budget_id", episode.budgetId());
    JsonText.texts(out, "labels", episode.labels().asWords());
    out.writeStringField("period_start", episode.periodStart().toString());
    out.writeStringField("started_at", episode.startedAt().toString());
    JsonText.text(out, "ended_at", episode.endedAt().map(Instant::toString));
    out.writeStringField("severity", episode.severity().word());
    JsonText.texts(out, "rules", List.copyOf(episode.rules()));
    JsonText.text(out, "reason", episode.reason().map(Alert.Reason::word));
  }
}
