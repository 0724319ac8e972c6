package dev.spendwarden.app;

import static dev.spendwarden.app.Deployments.START_LONGEST;
import static dev.spendwarden.app.Deployments.await;

import dev.spendwarden.alert.BudgetHistory;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.metrics.BudgetCollector;
import dev.spendwarden.metrics.Exposition;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.web.Listening;
import dev.spendwarden.web.Tokens;
import dev.spendwarden.web.WebContext;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the HTTP side is given of the daemon.
///
/// @param daemon asked anew for whatever a reload may replace
record WebFront(Daemon daemon) {

  WebContext context() {
    var collector =
        new BudgetCollector(
            // Another replica shows those it judges: a sum over all of them counts each once.
            daemon.shards()::snapshotHere,
            daemon.sources()::healthHere,
            () -> daemon.config().metrics().maxSeriesPerPolicy(),
            daemon.meters()::seriesDropped);
    return new WebContext(
        daemon.shards()::snapshot,
        daemon.sources()::health,
        daemon::notReady,
        new Exposition(daemon.meters(), collector),
        daemon.store(),
        this::explain,
        this::histories,
        daemon.shards()::isQuiet,
        new OperatorCommands(daemon),
        daemon.enforcement(),
        () -> tokens(daemon.config().server()),
        daemon.config().server().externalUrl(),
        daemon.clock(),
        daemon.version());
  }

  static Listening listening(Config.Server server) {
    return new Listening(
        server.host(),
        server.port(),
        server
            .tls()
            .map(tls -> new Listening.Tls(tls.certFile(), tls.key()::reveal, tls.clientCaFile())));
  }

  private static Tokens tokens(Config.Server server) {
    return new Tokens(
        server.token().map(token -> token::reveal), server.readToken().map(token -> token::reveal));
  }

  private Optional<Explanation> explain(Budget budget) {
    return await(judging(budget).explain(budget), START_LONGEST, "explanation of " + budget.id());
  }

  private EvaluationVerticle judging(Budget budget) {
    return daemon.shards().ofBudget(budget.policy(), budget.labels());
  }

  private Map<Budget, BudgetHistory> histories(
      Collection<Budget> budgets, Optional<Instant> from, Optional<Instant> to) {
    Map<EvaluationVerticle, List<Budget>> byShard =
        budgets.stream().collect(Collectors.groupingBy(this::judging));
    var histories = new HashMap<Budget, BudgetHistory>();
    byShard.forEach((shard, own) ->
        histories.putAll(
            await(
                shard.ask(known -> histories(known, own, from, to)),
                START_LONGEST,
                "the days of " + own.size() + " budgets")));
    return histories;
  }

  private Map<Budget, BudgetHistory> histories(
      Evaluation known, List<Budget> budgets, Optional<Instant> from, Optional<Instant> to) {
    var found = new HashMap<Budget, BudgetHistory>();
    for (Budget budget : budgets) {
      known.history(budget, from, to, daemon.now()).ifPresent(days -> found.put(budget, days));
    }
    return found;
  }
}
