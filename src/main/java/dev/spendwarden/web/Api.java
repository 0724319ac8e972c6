package dev.spendwarden.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BudgetHistory;
import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.ExplanationText;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Payload;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.sources.SourceHealth;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What can be read under `/api/v1`. Every method runs on a worker thread and answers a whole body.
final class Api {

  private static final String NONE = "none";

  private static final Set<String> BUDGET_FILTERS =
      Set.of("policy", "state", "severity", "data_state", "sort", "order", "q", "spark", "health");

  /// How far back a spark line goes, and how many one page may have: each is a walk over the ledger
  /// on the evaluation's own thread.
  private static final Duration SPARK = Duration.ofDays(29);

  private static final int MOST_SPARKS = 100;

  /// How many alerts of a group's notification a list shows; the notification itself shows all.
  private static final int ALERTS_IN_LIST = 100;

  private final WebContext context;
  private volatile @Nullable Ranking ranking;

  Api(WebContext context) {
    this.context = context;
  }

  /// A read: query parameters and the `{id}` of the path (empty where it has none) to a body.
  @FunctionalInterface
  interface Read {
    Buffer answer(MultiMap parameters, String id);
  }

  Buffer status(MultiMap parameters, String id) {
    Snapshot snapshot = context.snapshot().get();
    List<SourceHealth> sources = context.sources().get();
    List<String> unready = context.readiness().get();
    long held = views(snapshot).filter(view -> view.assessment().held()).count();
    return Json.render(out -> {
      out.writeStartObject();
      out.writeStringField("version", context.version());
      Json.time(out, "now", context.clock().instant());
      Json.time(out, "evaluated_at", evaluatedAt(snapshot));
      out.writeBooleanField("ready", unready.isEmpty());
      Json.texts(out, "not_ready", unready);
      Json.text(out, "external_url", context.externalUrl().map(Object::toString));
      out.writeObjectFieldStart("sources");
      out.writeNumberField("total", sources.size());
      out.writeNumberField(
          "failing", sources.stream().filter(s -> s.failure().isPresent()).count());
      out.writeEndObject();
      out.writeNumberField("policies", snapshot.policies().size());
      out.writeObjectFieldStart("budgets");
      out.writeNumberField("total", snapshot.budgets().size());
      out.writeNumberField("held", held);
      out.writeEndObject();
      out.writeObjectFieldStart("alerts");
      for (Alert.State state : List.of(Alert.State.PENDING, Alert.State.FIRING)) {
        long count = views(snapshot).filter(v -> stateOf(v).equals(state.word())).count();
        out.writeNumberField(state.word(), count);
      }
      out.writeEndObject();
      out.writeEndObject();
    });
  }

  Buffer sources(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, Set.of("type"), false);
    List<SourceHealth> sources =
        context.sources().get().stream().filter(s -> query.allows("type", s.type())).toList();
    return list(Listing.of(sources, SourceHealth::name, query), Views::source);
  }

  Buffer reports(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, Set.of("source", "type", "state"), false);
    List<ReportStatus> reports =
        context.snapshot().get().reports().stream()
            .filter(task -> query.allows("source", task.source()))
            .filter(task -> query.allows("type", task.type()))
            .filter(task -> query.allows("state", task.state().word()))
            .toList();
    return list(Listing.of(reports, task -> task.source() + "/" + task.id(), query), Views::report);
  }

  Buffer policies(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, Set.of("owner"), false);
    List<Policy> policies =
        context.snapshot().get().policies().values().stream()
            .filter(policy -> query.allows("owner", policy.owner()))
            .sorted(Comparator.comparing(Policy::name))
            .toList();
    return list(Listing.of(policies, Policy::name, query), Views::policy);
  }

  Buffer budgets(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, BUDGET_FILTERS, true);
    if (!query.single("health").orElse("live").equals("live")) {
      throw Problem.badRequest("health: live, or leave it out for all");
    }
    Snapshot snapshot = context.snapshot().get();
    List<BudgetView> budgets =
        sorted(snapshot, query).stream().filter(view -> wanted(view, query)).toList();
    var page = Listing.of(budgets, view -> view.assessment().budget().id(), query);
    if (query.single("spark").isEmpty()) {
      return list(page, (out, view) -> Views.budget(out, view, snapshot, context.silenced()));
    }
    if (query.limit() > MOST_SPARKS) {
      throw Problem.badRequest("spark: with a limit of " + MOST_SPARKS + " at most");
    }
    Map<Budget, BudgetHistory> days =
        context
            .histories()
            .of(
                page.items().stream().map(view -> view.assessment().budget()).toList(),
                Optional.of(context.clock().instant().minus(SPARK)),
                Optional.empty());
    return list(
        page,
        (out, view) -> {
          Optional<BudgetHistory> known = Optional.ofNullable(days.get(view.assessment().budget()));
          Views.budget(out, view, snapshot, context.silenced(), known);
        });
  }

  private static boolean wanted(BudgetView view, Query query) {
    Assessment assessment = view.assessment();
    return query.allows("policy", assessment.budget().policy())
        && (query.single("health").isEmpty() || !isQuietHealth(view))
        && query.allows("state", stateOf(view))
        && query.allows("severity", view.alert().map(a -> a.severity().word()).orElse(NONE))
        && query.allows("data_state", assessment.dataState().word())
        && query.allowsLabels(assessment.budget().labels().asWords())
        && query.single("q").map(text -> mentions(assessment.budget(), text)).orElse(true);
  }

  /// What watches Spendwarden itself and finds nothing wrong: there is one for each source,
  /// receiver and policy, and between budgets it only stands in the way.
  private static boolean isQuietHealth(BudgetView view) {
    return BuiltInPolicies.isReserved(view.assessment().budget().policy())
        && view.alert().filter(alert -> alert.state() != Alert.State.RESOLVED).isEmpty();
  }

  private static boolean mentions(Budget budget, String text) {
    String all = budget.policy() + " " + String.join(" ", budget.labels().asWords().values());
    return all.toLowerCase(Locale.ROOT).contains(text.strip().toLowerCase(Locale.ROOT));
  }

  Buffer budget(MultiMap parameters, String id) {
    Snapshot snapshot = context.snapshot().get();
    BudgetView view = find(snapshot, id);
    return Json.render(out -> Views.budget(out, view, snapshot, context.silenced()));
  }

  /// The budget day by day, for its chart.
  Buffer series(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, Set.of("from", "to"), false);
    BudgetView view = find(context.snapshot().get(), id);
    Budget budget = view.assessment().budget();
    Optional<BudgetHistory> history =
        Optional.ofNullable(
            context
                .histories()
                .of(List.of(budget), query.time("from"), query.time("to"))
                .get(budget));
    return Json.render(out -> SeriesView.write(out, view.assessment(), history));
  }

  /// Where each number of the budget comes from and how each rule stands.
  Buffer explain(MultiMap parameters, String id) {
    Explanation explanation = explanation(id);
    return Json.render(out ->
        ExplanationJson.write(out, explanation, context.snapshot().get(), context.silenced()));
  }

  /// The same as lines for people.
  Buffer explainAsText(MultiMap parameters, String id) {
    return Buffer.buffer(String.join("\n", ExplanationText.lines(explanation(id))) + "\n");
  }

  private Explanation explanation(String id) {
    BudgetView view = find(context.snapshot().get(), id);
    return context
        .explain()
        .apply(view.assessment().budget())
        .orElseThrow(() -> Problem.notFound("there is no budget with this id now"));
  }

  Buffer alerts(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, Set.of("policy", "state", "severity", "budget_id"), true);
    Snapshot snapshot = context.snapshot().get();
    Listing<Alert> page =
        Listing.scan(
            (offset, limit) -> context.database().read(ports -> ports.alerts().page(offset, limit)),
            Alert::id,
            alert -> wanted(alert, query),
            query);
    return list(page, (out, alert) -> Views.alert(out, alert, snapshot, context.silenced()));
  }

  private static boolean wanted(Alert alert, Query query) {
    return query.allows("policy", alert.policy())
        && query.allows("state", alert.state().word())
        && query.allows("severity", alert.severity().word())
        && query.allows("budget_id", alert.budgetId())
        && query.allowsLabels(alert.budgetLabels().asWords());
  }

  Buffer notifications(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, Set.of("receiver", "state", "type", "alert_id"), false);
    Set<String> together =
        Optional.ofNullable(parameters.get("alert_id"))
            .map(alert -> context.database().read(p -> p.outbox().groups().notificationsOf(alert)))
            .map(Set::copyOf)
            .orElse(Set.of());
    Listing<Notification> page =
        Listing.scan(
            (offset, limit) -> context.database().read(ports -> ports.outbox().page(offset, limit)),
            Notification::id,
            n ->
                query.allows("receiver", n.receiver())
                    && query.allows("state", n.state().word())
                    && query.allows("type", n.type())
                    && (together.contains(n.id())
                        || query.allows("alert_id", n.alertId().orElse(""))),
            query);
    Map<String, List<String>> alerts = alertsOf(page.items(), ALERTS_IN_LIST);
    return list(
        page, (out, n) -> Views.notification(out, n, alerts.getOrDefault(n.id(), List.of())));
  }

  /// One notification, with all the alerts it tells of.
  Buffer notification(MultiMap parameters, String id) {
    Notification found =
        context
            .database()
            .read(ports -> ports.outbox().find(id))
            .orElseThrow(() -> Problem.notFound("no notification " + id));
    List<String> alerts = alertsOf(List.of(found), Integer.MAX_VALUE).getOrDefault(id, List.of());
    return Json.render(out -> Views.notification(out, found, alerts));
  }

  /// The ids of the alerts of groups' notifications, by notification.
  private Map<String, List<String>> alertsOf(List<Notification> notifications, int max) {
    List<String> ids =
        notifications.stream()
            .filter(n -> n.type().equals(Payload.OfGroup.TYPE))
            .map(Notification::id)
            .toList();
    if (ids.isEmpty()) {
      return Map.of();
    }
    return context
        .database()
        .read(ports -> {
          var alerts = new HashMap<String, List<String>>();
          for (String id : ids) {
            alerts.put(
                id,
                ports.outbox().groups().membersOf(id, max).stream()
                    .map(told -> told.member().alertId())
                    .toList());
          }
          return alerts;
        });
  }

  Buffer silences(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, Set.of(), false);
    return list(
        Listing.of(context.commands().silences(), Commands.Silence::id, query), Views::silence);
  }

  Buffer waivers(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, Set.of("policy"), false);
    List<GrantedWaiver> waivers =
        context.commands().waivers().stream()
            .filter(granted -> query.allows("policy", granted.policy()))
            .toList();
    return list(Listing.of(waivers, GrantedWaiver::id, query), Views::waiver);
  }

  private static BudgetView find(Snapshot snapshot, String id) {
    BudgetView view = snapshot.budgets().get(id);
    if (view == null) {
      throw Problem.notFound("there is no budget with this id now");
    }
    return view;
  }

  private static Stream<BudgetView> views(Snapshot snapshot) {
    return snapshot.budgets().values().stream();
  }

  private static String stateOf(BudgetView view) {
    return view.alert().map(alert -> alert.state().word()).orElse(NONE);
  }

  private static Optional<Instant> evaluatedAt(Snapshot snapshot) {
    return snapshot == Snapshot.EMPTY ? Optional.empty() : Optional.of(snapshot.at());
  }

  private List<BudgetView> sorted(Snapshot snapshot, Query query) {
    Ranking current = ranking;
    if (current == null || !current.isOf(snapshot)) {
      current = new Ranking(snapshot);
      ranking = current;
    }
    return current.by(query.single("sort").orElse("id"), query.single("order").orElse(""));
  }

  @FunctionalInterface
  interface Item<T> {
    void write(JsonGenerator out, T item) throws IOException;
  }

  static <T> Buffer list(Listing<T> page, Item<T> item) {
    return Json.render(out -> {
      out.writeStartObject();
      out.writeArrayFieldStart("items");
      for (T one : page.items()) {
        item.write(out, one);
      }
      out.writeEndArray();
      Json.text(out, "next", page.next().map(Query.Cursor::encode));
      out.writeEndObject();
    });
  }
}
