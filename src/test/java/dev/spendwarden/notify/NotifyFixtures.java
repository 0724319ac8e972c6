package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.RuleState;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.Truth;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/// The alert of CONTRACT section 6: user u1 has used 205 of 250 USD.
public final class NotifyFixtures {

  public static final Instant AT = Instant.parse("2027-01-20T09:05:00Z");
  public static final Optional<URI> EXTERNAL =
      Optional.of(URI.create("https://spend.example.org/"));
  static final Instant PERIOD_START = Instant.parse("2027-01-01T00:00:00Z");
  static final Instant PERIOD_END = Instant.parse("2027-02-01T00:00:00Z");

  private NotifyFixtures() {}

  /// A condition nobody asks.
  private record NoCondition() implements Condition {
    @Override
    public String text() {
      return "used >= 0.8";
    }

    @Override
    public Truth test(Facts facts) {
      return Truth.UNKNOWN;
    }

    @Override
    public Set<Window> burnWindows() {
      return Set.of();
    }

    @Override
    public Duration lookback() {
      return Duration.ZERO;
    }

    @Override
    public boolean movesWithTime() {
      return false;
    }

    @Override
    public boolean usesForecast() {
      return false;
    }

    @Override
    public List<Part> explain(Facts facts) {
      return List.of();
    }
  }

  public static Rule rule(String name, Severity severity, String summary) {
    return new Rule(
        name, new NoCondition(), Duration.ZERO, Duration.ZERO, severity, summary, List.of());
  }

  /// Mutable on purpose: a test changes what it is about and builds.
  public static final class Scene {
    Transition.Kind kind = Transition.Kind.FIRED;
    Severity severity = Severity.WARNING;
    Optional<Severity> former = Optional.empty();
    Alert.State state = Alert.State.FIRING;
    Optional<Alert.Reason> reason = Optional.empty();
    Optional<Instant> endedAt = Optional.empty();
    Instant at = AT;
    String alertId = "alt_1";
    int ordinal = 1;
    Set<String> firing = Set.of("nearly-spent");
    Dimensions labels = Dimensions.of(Dimension.USER, "u1");
    Map<String, String> policyLabels = Map.of("team", "quantum");
    Optional<List<String>> receivers = Optional.empty();
    String summary = "";
    String runbook = "https://wiki.example.org/spend";
    Optional<Unit> unit = Optional.of(Unit.USD);
    Optional<BigDecimal> spent = Optional.of(new BigDecimal("205.00"));
    Optional<BigDecimal> limit = Optional.of(new BigDecimal("2.5E+2"));
    OptionalDouble used = OptionalDouble.of(0.82);
    Map<String, Double> burn = new LinkedHashMap<>(Map.of("1h", 0.0));
    Optional<Assessment.Forecast> forecast =
        Optional.of(new Assessment.Forecast(230.0, 301.123456789, 410.5, 0.75));
    OptionalDouble runway = OptionalDouble.of(295200);
    Optional<Instant> dataAsOf = Optional.of(AT.minusSeconds(60));
    List<Assessment.Contributor> contributors =
        List.of(
            new Assessment.Contributor(
                Dimensions.of(Dimension.QPU, "qpu.forte-1"), new BigDecimal("180")));

    /// Becomes the transition to another severity.
    public Scene escalated() {
      kind = Transition.Kind.ESCALATED;
      severity = Severity.CRITICAL;
      former = Optional.of(Severity.WARNING);
      firing = Set.of("nearly-spent", "spent");
      ordinal = 2;
      at = AT.plusSeconds(3600);
      spent = Optional.of(new BigDecimal("260"));
      used = OptionalDouble.of(1.04);
      contributors =
          List.of(
              new Assessment.Contributor(
                  Dimensions.of(Dimension.QPU, "qpu.forte-1"), new BigDecimal("192")));
      return this;
    }

    public Scene resolved() {
      kind = Transition.Kind.RESOLVED;
      former = Optional.of(severity);
      state = Alert.State.RESOLVED;
      reason = Optional.of(Alert.Reason.RECOVERED);
      ordinal = 3;
      at = AT.plusSeconds(7200);
      endedAt = Optional.of(at);
      spent = Optional.of(new BigDecimal("100"));
      used = OptionalDouble.of(0.4);
      return this;
    }

    public Policy policy() {
      return new Policy(
          "ionq-user-quota",
          "Each IonQ user against the quota IonQ gave them",
          "quantum-platform",
          runbook,
          policyLabels,
          new Selection(
              Set.of("ionq-lab"),
              Selection.Kind.QUOTA,
              Map.of(),
              Map.of(),
              List.of(Dimension.USER)),
          new Limit.Quota(),
          new PeriodSpec.Calendar(PeriodSpec.Every.MONTH),
          ZoneOffset.UTC,
          false,
          Optional.empty(),
          BigDecimal.valueOf(20),
          receivers,
          Policy.Decisions.NOT_ENFORCED,
          List.of(),
          List.of(
              rule("nearly-spent", Severity.WARNING, summary),
              rule("running-hot", Severity.WARNING, "runs hot"),
              rule("spent", Severity.CRITICAL, "")),
          "fp-1");
    }

    public Transition build() {
      var rules = new TreeMap<String, RuleState>();
      firing.forEach(name -> rules.put(name, new RuleState.Firing(AT, Optional.empty())));
      rules.put("idle", new RuleState.Pending(AT));
      var budget = Budget.of("ionq-user-quota", labels);
      var alert =
          new Alert(
              alertId,
              "ionq-user-quota",
              budget.id(),
              labels,
              "fp-1",
              PERIOD_START,
              PERIOD_END,
              1,
              ordinal,
              state,
              severity,
              rules,
              AT,
              endedAt,
              reason,
              Optional.empty());
      var assessment =
          new Assessment(
              budget,
              at,
              new Period(PERIOD_START, PERIOD_END, ZoneOffset.UTC),
              unit,
              spent,
              limit,
              used,
              OptionalDouble.of(0.62),
              burn,
              forecast,
              runway,
              dataAsOf,
              DataState.FRESH,
              Optional.empty(),
              List.of(),
              contributors);
      return new Transition(kind, alert, policy(), assessment, former, at);
    }

    public String json() {
      return json(Map.of());
    }

    public String json(Map<Dimensions, BigDecimal> previous) {
      Transition transition = build();
      String id = NotificationIds.of(transition, "hooks");
      var envelope =
          new Payload.Envelope(id, transition.kind().type(), transition.at(), ordinal, "hooks");
      String sentence = Summaries.of(transition, (rule, assessment) -> rule.summary());
      return new Payload.OfAlert(envelope, transition, sentence, EXTERNAL, previous).toJson();
    }

    /// As the outbox would hold it.
    public Notification notification() {
      Transition transition = build();
      return NotifyFixtures.notification(
          NotificationIds.of(transition, "hooks"), transition.kind().type(), json(), at);
    }

    /// For tests in other packages, which cannot reach the fields.
    public Scene with(Change change) {
      change.apply(this);
      return this;
    }

    public Scene withRule(String summaryTemplate) {
      summary = summaryTemplate;
      return this;
    }

    public Scene withLabels(Map<String, String> team, Dimensions dimensions) {
      policyLabels = team;
      labels = dimensions;
      return this;
    }

    public Scene withRunbook(String url) {
      runbook = url;
      return this;
    }

    public Scene withContributors(List<Assessment.Contributor> parts) {
      contributors = parts;
      return this;
    }
  }

  /// Changes a scene.
  public interface Change {
    void apply(Scene scene);
  }

  public static Scene scene() {
    return new Scene();
  }

  public static Notification notification(String id, String type, String body, Instant at) {
    boolean drill = type.equals(Payload.Drill.TYPE);
    return new Notification(
        id,
        "hooks",
        type,
        drill ? Optional.empty() : Optional.of("alt_1"),
        drill ? Optional.empty() : Optional.of("bud_1"),
        1,
        body,
        Notification.State.PENDING,
        0,
        Optional.empty(),
        at,
        Optional.of(at),
        Optional.empty());
  }

  public static Notification drill() {
    var outbox = new InMemoryOutbox();
    return new Dispatch(
            new Routes(RouteNode.to("hooks", Optional.empty()), Set.of("hooks")),
            (rule, assessment) -> "",
            EXTERNAL)
        .drill("hooks", outbox, AT);
  }

  /// Many alerts in one message, in the shape of a list of bodies.
  public static Notification group() {
    String entry = scene().json();
    String body =
        "{\"id\":\"swn_3\",\"type\":\"alert.group\",\"time\":\""
            + AT
            + "\",\"sequence\":1,\"receiver\":\"hooks\",\"summary\":\"2 alerts of team"
            + " quantum\",\"group\":{\"id\":\"grp_1\",\"labels\":{\"team\":\"quantum\"},"
            + "\"firing\":2,\"resolved\":0},\"alerts\":["
            + entry
            + ","
            + scene().escalated().json()
            + "]}";
    return notification("swn_3", "alert.group", body, AT);
  }

  /// Of a later version.
  public static Notification unheardOf() {
    String body = "{\"id\":\"swn_4\",\"type\":\"moon.full\",\"time\":\"" + AT + "\"}";
    return notification("swn_4", "moon.full", body, AT);
  }

  public static Notification action() {
    var envelope = new Payload.Envelope("swn_2", "action.proposed", AT, 4, "hooks");
    var action =
        new Payload.OfAction(
            envelope,
            Payload.OfAction.Stage.PROPOSED,
            "act_1",
            "cancel-queued",
            "ionq.cancel_jobs",
            "approve",
            "waiting",
            "ionq-user-quota",
            "bud_1",
            Map.of("user", "u1"),
            List.of("job-1", "job-2"),
            "over quota",
            AT,
            Optional.of(AT.plusSeconds(1800)),
            Optional.empty(),
            Optional.empty(),
            EXTERNAL);
    return notification("swn_2", "action.proposed", action.toJson(), AT);
  }

  /// The same, to be tried at that instant.
  public static Notification dueAt(Notification n, Instant at) {
    return new Notification(
        n.id(),
        n.receiver(),
        n.type(),
        n.alertId(),
        n.budgetId(),
        n.sequence(),
        n.body(),
        n.state(),
        n.attempts(),
        n.lastError(),
        n.createdAt(),
        Optional.of(at),
        n.deliveredAt());
  }
}
