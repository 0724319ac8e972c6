package dev.spendwarden.app;

import static dev.spendwarden.app.Deployments.START_LONGEST;
import static dev.spendwarden.app.Deployments.await;

import dev.spendwarden.alert.BudgetHistory;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.metrics.BudgetCollector;
import dev.spendwarden.metrics.Exposition;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.web.Listening;
import dev.spendwarden.web.Tokens;
import dev.spendwarden.web.WebContext;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What the HTTP side is given of the daemon.
///
/// @param daemon asked anew for whatever a reload may replace
record WebFront(Daemon daemon) {

  WebContext context() {
    var collector =
        new BudgetCollector(
            // Another replica shows those it judges: a sum over all of them counts each once.
            () -> daemon.leads() ? daemon.evaluation().snapshot() : Snapshot.EMPTY,
            daemon::health,
            () -> daemon.config().metrics().maxSeriesPerPolicy(),
            daemon.meters()::seriesDropped);
    return new WebContext(
        daemon.evaluation()::snapshot,
        daemon::health,
        daemon::notReady,
        new Exposition(daemon.meters(), collector),
        daemon.database(),
        this::explain,
        this::histories,
        daemon.evaluation()::isQuiet,
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
    return await(
        daemon.evaluation().explain(budget), START_LONGEST, "explanation of " + budget.id());
  }

  private Map<Budget, BudgetHistory> histories(
      Collection<Budget> budgets, Optional<Instant> from, Optional<Instant> to) {
    return await(
        daemon
            .evaluation()
            .ask(known -> {
              var found = new LinkedHashMap<Budget, BudgetHistory>();
              for (Budget budget : budgets) {
                known
                    .history(budget, from, to, daemon.now())
                    .ifPresent(days -> found.put(budget, days));
              }
              return found;
            }),
        START_LONGEST,
        "the days of " + budgets.size() + " budgets");
  }
}
