package dev.spendwarden.cli;

import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.ExplanationText;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.app.rehearse.StoredState;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.policy.Budget;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `spendwarden explain`: where each number of a budget comes from.
@Command(
    name = "explain",
    description =
        "Shows where each number of a budget comes from, every rule with the value of its parts,"
            + " and how far it is from holding.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ExplainCommand implements Callable<Integer> {

  private static final Duration LONGEST = Duration.ofSeconds(30);

  @Parameters(
      paramLabel = "BUDGET",
      description =
          "A budget's id (bud_…), or its policy and labels: POLICY or"
              + " POLICY/user=u1,workspace=ws-a.")
  private String budget = "";

  @ArgGroup private Where where = new Where();

  @Mixin private TokenFile token = new TokenFile();

  @Mixin private DaemonHttp http = new DaemonHttp();

  @Option(names = "--json", description = "Prints JSON (of a running daemon only).")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /// A running daemon, or the store of a configuration.
  private static final class Where {
    @Option(
        names = "--url",
        paramLabel = "URL",
        description = "A running daemon (default: http://127.0.0.1:9797).")
    private URI url = URI.create("http://127.0.0.1:9797");

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "Asks the store of this configuration instead of a running daemon.")
    private @Nullable Path config;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    String id = budget.startsWith("bud_") ? budget : named().id();
    if (where.config == null) {
      return askDaemon(id);
    }
    if (json) {
      throw new ParameterException(spec.commandLine(), "--json needs a running daemon");
    }
    return askStore(where.config, id);
  }

  /// `POLICY` or `POLICY/label=value,…`.
  private Budget named() {
    int slash = budget.indexOf('/');
    String policy = slash < 0 ? budget : budget.substring(0, slash);
    var labels = new EnumMap<Dimension, String>(Dimension.class);
    for (String label : slash < 0 ? new String[0] : budget.substring(slash + 1).split(",", -1)) {
      int equals = label.indexOf('=');
      Optional<Dimension> dimension =
          Dimension.parse(label.substring(0, Math.max(0, equals)).toLowerCase(Locale.ROOT));
      if (dimension.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(),
            "'" + label + "' is no label=value; write for example " + policy + "/user=u1");
      }
      labels.put(dimension.get(), label.substring(equals + 1));
    }
    return Budget.of(policy, Dimensions.of(labels));
  }

  private int askDaemon(String id) throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    String base = where.url.toString().replaceAll("/+$", "");
    var request =
        DaemonHttp.request(URI.create(base + "/api/v1/budgets/" + id + "/explain"), LONGEST)
            .header("Accept", json ? "application/json" : "text/plain");
    token.authorization().ifPresent(value -> request.header("Authorization", value));
    HttpResponse<String> response;
    try (var client = http.client(LONGEST)) {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      err.println(
          DaemonHttp.certificateTrouble(base, e)
              .orElseGet(() ->
                  "no daemon answers at %s (%s); name another with --url, or ask its store with --config"
                      .formatted(base, e)));
      return Main.PROBLEMS;
    }
    return switch (response.statusCode()) {
      case 200 -> {
        spec.commandLine().getOut().println(response.body().stripTrailing());
        yield Main.FINE;
      }
      case 401 -> {
        err.println(
            "the daemon at " + base + " asks for a token, and not for this one; see --token-file");
        yield Main.PROBLEMS;
      }
      case 404 -> {
        err.println("the daemon at " + base + " has no budget " + budget);
        yield Main.PROBLEMS;
      }
      default -> {
        err.println("the daemon at " + base + " answered " + response.statusCode());
        yield Main.PROBLEMS;
      }
    };
  }

  private int askStore(Path config, String id) {
    return StoredConfig.open(
        spec,
        config,
        (read, database) -> {
          StoredState state =
              database.read(ports ->
                  StoredState.read(
                      ports,
                      read.policies(),
                      StoredState.terms(read),
                      Optional.empty(),
                      Clock.systemUTC().instant()));
          var budgets = state.evaluation().snapshot(state.at()).budgets();
          Optional<Explanation> explanation =
              Optional.ofNullable(budgets.get(id))
                  .map(BudgetView::assessment)
                  .flatMap(assessment ->
                      state
                          .evaluation()
                          .explain(
                              assessment.budget().policy(),
                              assessment.budget().labels(),
                              state.at()));
          if (explanation.isEmpty()) {
            spec.commandLine()
                .getErr()
                .println(
                    "the store holds no budget %s%s"
                        .formatted(budget, examples(budgets.values().stream().limit(5).toList())));
            return Main.PROBLEMS;
          }
          ExplanationText.lines(explanation.get()).forEach(spec.commandLine().getOut()::println);
          return Main.FINE;
        });
  }

  private static String examples(List<BudgetView> budgets) {
    var names = new java.util.ArrayList<String>();
    for (BudgetView view : budgets) {
      Budget one = view.assessment().budget();
      names.add(one.labels().isEmpty() ? one.policy() : one.policy() + "/" + one.labels());
    }
    return names.isEmpty() ? "" : "; there are for example " + String.join(", ", names);
  }
}
