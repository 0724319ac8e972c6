package dev.spendwarden.simulation;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.notify.Grouping;
import dev.spendwarden.notify.Hours;
import dev.spendwarden.notify.RouteNode;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.PeriodSpec.Every;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.PolicyFixtures;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.SourceTerms;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What is configured, in words that both sides read: the product's policies are made of it, and
/// the oracle judges by it.
///
/// @param manners how receivers are told, by name; the same through all of a run
record Plan(List<Watched> watched, Map<String, Manner> manners) {

  static final String COUNTER = "counter";
  static final String BILLS_A = "bills-a";
  static final String BILLS_B = "bills-b";

  /// By name, in an order that is the same in every run.
  static final Map<String, SourceTerms> SOURCES =
      Collections.unmodifiableMap(
          new TreeMap<>(
              Map.of(
                  COUNTER, terms(COUNTER, 7, 16),
                  BILLS_A, terms(BILLS_A, 11, 26),
                  BILLS_B, terms(BILLS_B, 14, 48))));

  static final List<String> RECEIVERS = List.of("chat", "hooks", "pager");

  static final Duration REPEAT = Duration.ofHours(36);

  private static final double LEFT_OUT = 0.5;

  private static SourceTerms terms(String source, int everyHours, int maxAgeHours) {
    return new SourceTerms(
        source, Duration.ofHours(maxAgeHours), false, Duration.ofHours(everyHours));
  }

  /// A rule: it holds while `used` is at least the threshold.
  record Line(
      String rule, double threshold, Severity severity, Duration holdFor, Duration keepFiringFor) {}

  /// A policy.
  ///
  /// @param limit empty: the counter's own
  /// @param variant counts the rewritings of its rules
  record Watched(
      String name,
      List<String> sources,
      Optional<Dimension> per,
      Optional<BigDecimal> limit,
      Every period,
      List<Line> lines,
      int variant) {

    boolean isQuota() {
      return limit.isEmpty();
    }

    /// The same with other thresholds, which makes it another policy to the product.
    Watched rewritten(double factor) {
      return new Watched(
          name,
          sources,
          per,
          limit,
          period,
          lines.stream()
              .map(line ->
                  new Line(
                      line.rule(),
                      line.threshold() * factor,
                      line.severity(),
                      line.holdFor(),
                      line.keepFiringFor()))
              .toList(),
          variant + 1);
    }

    Policy policy() {
      var selection =
          new Selection(
              Set.copyOf(sources),
              isQuota() ? Selection.Kind.QUOTA : Selection.Kind.SPEND,
              Map.of(),
              Map.of(),
              per.map(List::of).orElse(List.of()));
      Limit of =
          limit
              .<Limit>map(amount -> new Limit.Fixed(new Amount(amount, Unit.USD)))
              .orElseGet(Limit.Quota::new);
      Rule[] rules =
          lines.stream()
              .map(line ->
                  PolicyFixtures.rule(
                      line.rule(),
                      line.severity(),
                      PolicyFixtures.usedAtLeast(line.threshold()),
                      line.holdFor(),
                      line.keepFiringFor()))
              .toArray(Rule[]::new);
      return PolicyFixtures.policy(name, selection, of, new PeriodSpec.Calendar(period), rules);
    }
  }

  /// Where a run begins: with some of all policies. Runs that leave things out meet states that
  /// runs with everything hardly come to, and take less time.
  ///
  /// @param routing decides how receivers are told
  static Plan initial(Dice dice, Dice routing) {
    var some = new ArrayList<>(all());
    Watched always = dice.pick(some);
    some.removeIf(one -> one != always && dice.chance(LEFT_OUT));
    return new Plan(some, Manner.drawn(routing));
  }

  private static List<Watched> all() {
    return List.of(
        new Watched(
            "user-quota",
            List.of(COUNTER),
            Optional.of(Dimension.USER),
            Optional.empty(),
            Every.MONTH,
            List.of(
                line("nearly-spent", 0.8, Severity.WARNING, 0, 0),
                line("spent", 1.0, Severity.CRITICAL, 0, 0)),
            0),
        new Watched(
            "workspace-month",
            List.of(BILLS_A),
            Optional.of(Dimension.WORKSPACE),
            Optional.of(new BigDecimal("1000")),
            Every.MONTH,
            List.of(
                line("half", 0.5, Severity.INFO, 11, 0),
                line("nearly-spent", 0.8, Severity.WARNING, 0, 17),
                line("also-nearly", 0.85, Severity.WARNING, 0, 0),
                line("spent", 1.0, Severity.CRITICAL, 6, 0)),
            0),
        new Watched(
            "all-week",
            List.of(BILLS_A, BILLS_B),
            Optional.empty(),
            Optional.of(new BigDecimal("900")),
            Every.WEEK,
            List.of(
                line("nearly-spent", 0.8, Severity.WARNING, 0, 0),
                line("spent", 1.0, Severity.CRITICAL, 0, 9)),
            0));
  }

  private static Line line(
      String rule, double threshold, Severity severity, int holdForHours, int keepFiringForHours) {
    return new Line(
        rule,
        threshold,
        severity,
        Duration.ofHours(holdForHours),
        Duration.ofHours(keepFiringForHours));
  }

  /// What somebody makes of the file: a policy gone, one back, one rewritten, or all in another
  /// order.
  Plan edited(Dice dice) {
    var next = new ArrayList<>(watched);
    switch (dice.below(4)) {
      case 0 -> {
        if (next.size() > 1) {
          next.remove(dice.below(next.size()));
        }
      }
      case 1 ->
          all().stream()
              .filter(one -> next.stream().noneMatch(other -> other.name().equals(one.name())))
              .findFirst()
              .ifPresent(next::add);
      case 2 ->
          next.replaceAll(one -> dice.chance(0.4) ? one.rewritten(dice.between(0.8, 1.2)) : one);
      default -> Collections.reverse(next);
    }
    return new Plan(next, manners);
  }

  List<Policy> policies() {
    return watched.stream().map(Watched::policy).toList();
  }

  /// Everything to `hooks`; what is critical to `pager` too; the users' quotas to `chat` instead.
  Routes routes() {
    RouteNode critical = branch("pager", Map.of("severity", Set.of("critical")), true);
    RouteNode quotas = branch("chat", Map.of("policy", Set.of("user-quota")), false);
    RouteNode rest = branch("hooks", Map.of(), false);
    var root =
        new RouteNode(
            Optional.of("hooks"),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(REPEAT),
            Hours.ALWAYS,
            false,
            List.of(critical, quotas, rest));
    return new Routes(root, Set.copyOf(RECEIVERS));
  }

  /// Whom these routes lead to.
  static List<String> receiversOf(Alert alert) {
    String rest = alert.policy().equals("user-quota") ? "chat" : "hooks";
    return alert.severity() == Severity.CRITICAL ? List.of("pager", rest) : List.of(rest);
  }

  private RouteNode branch(String receiver, Map<String, Set<String>> match, boolean goOn) {
    Manner manner = manners.getOrDefault(receiver, Manner.AT_ONCE);
    return new RouteNode(
        Optional.of(receiver),
        match,
        manner.grouping().map(Grouping::by),
        manner.grouping().map(Grouping::groupWait),
        manner.grouping().map(Grouping::groupInterval),
        Optional.empty(),
        manner.hours(),
        goOn,
        List.of());
  }
}
