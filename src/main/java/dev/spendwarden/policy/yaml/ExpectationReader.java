package dev.spendwarden.policy.yaml;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.yaml.PolicyTest.Expectation;
import dev.spendwarden.policy.yaml.PolicyTest.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads one item of `expect` in a policy test.
final class ExpectationReader {

  /// What can only be said of one budget.
  private static final List<String> OF_A_BUDGET =
      List.of("budget", "state", "severity", "rules", "data_state", "reason");

  private static final List<String> OF_NOTIFICATIONS = List.of("notifications", "types");

  private static final Map<String, String> TYPES = types();

  private final Map<String, Policy> policies = new LinkedHashMap<>();
  private final Instant start;

  ExpectationReader(List<Policy> policies, Instant start) {
    policies.forEach(policy -> this.policies.put(policy.name(), policy));
    this.start = start;
  }

  /// `alert.fired`, or `fired` for short.
  private static Map<String, String> types() {
    var types = new LinkedHashMap<String, String>();
    for (Transition.Kind kind : Transition.Kind.values()) {
      types.put(kind.type(), kind.type());
    }
    for (Transition.Kind kind : Transition.Kind.values()) {
      types.put(kind.type().substring("alert.".length()), kind.type());
    }
    return types;
  }

  Expectation read(YamlMapping item) {
    Optional<Instant> at = item.require("at").flatMap(YamlValue::instant);
    if (at.isPresent() && at.get().isBefore(start)) {
      item.problems().error(item.placeOf("at"), "is before 'now', where the clock starts");
    }
    Optional<Policy> policy = readPolicy(item);
    Optional<Dimensions> budget = item.mapping("budget").map(b -> readBudget(b, policy));
    Optional<State> state = item.find("state").flatMap(v -> v.choice(Vocabulary.of(State.class)));
    Optional<Severity> severity =
        item.find("severity").flatMap(v -> v.choice(Vocabulary.of(Severity.class)));
    Optional<Set<String>> rules =
        item.find("rules").flatMap(YamlValue::list).map(list -> readRules(list, policy));
    Optional<DataState> dataState =
        item.find("data_state").flatMap(v -> v.choice(Vocabulary.of(DataState.class)));
    Optional<Alert.Reason> reason =
        item.find("reason").flatMap(v -> v.choice(Vocabulary.of(Alert.Reason.class)));
    Optional<Integer> notifications =
        item.find("notifications").flatMap(v -> v.integer(0, 1_000_000));
    Optional<List<String>> types =
        item.find("types").flatMap(YamlValue::list).map(ExpectationReader::readTypes);
    item.finish();
    boolean says =
        OF_A_BUDGET.stream().skip(1).anyMatch(item::has)
            || OF_NOTIFICATIONS.stream().anyMatch(item::has);
    if (!says) {
      item.problems()
          .error(
              item.place(),
              "expects nothing: say state, severity, rules, data_state, reason, notifications or"
                  + " types");
    }
    return new Expectation(
        item.place(),
        at.orElse(start),
        policy.map(Policy::name).or(() -> item.text("policy")),
        budget,
        state,
        severity,
        rules,
        dataState,
        reason,
        notifications,
        types);
  }

  /// The policy that is named; where there is only one it need not be.
  private Optional<Policy> readPolicy(YamlMapping item) {
    Optional<YamlValue> value = item.find("policy");
    if (value.isEmpty()) {
      boolean needed = OF_A_BUDGET.stream().anyMatch(item::has);
      if (needed && policies.size() == 1) {
        return policies.values().stream().findFirst();
      }
      if (needed && !policies.isEmpty()) {
        item.problems().error(item.place(), "'policy' is missing: of whose budget is this?");
      }
      return Optional.empty();
    }
    Optional<String> name = value.get().text();
    if (name.isPresent() && !policies.isEmpty() && !policies.containsKey(name.get())) {
      String hint = Suggestion.text(name.get(), policies.keySet());
      value
          .get()
          .error(
              "unknown policy "
                  + YamlValue.quote(name.get())
                  + (hint.isEmpty()
                      ? "; there are " + String.join(", ", policies.keySet())
                      : hint));
    }
    return name.map(policies::get);
  }

  private static Dimensions readBudget(YamlMapping budget, Optional<Policy> policy) {
    var labels = new EnumMap<Dimension, String>(Dimension.class);
    List<String> per =
        policy
            .map(p -> p.selection().per().stream().map(Dimension::word).toList())
            .orElse(Arrays.stream(Dimension.values()).map(Dimension::word).toList());
    budget
        .entries()
        .forEach((word, value) -> {
          if (!per.contains(word)) {
            String known =
                per.isEmpty()
                    ? "; the policy has one budget for all"
                    : "; the budgets of the policy are told apart by " + String.join(", ", per);
            String hint = Suggestion.text(word, per);
            budget
                .problems()
                .error(
                    budget.placeOf(word),
                    "unknown label " + YamlValue.quote(word) + (hint.isEmpty() ? known : hint));
          }
          Optional<Dimension> dimension = Dimension.parse(word);
          Optional<String> text = value.scalar();
          if (dimension.isPresent() && text.isPresent()) {
            labels.put(dimension.get(), text.get());
          }
        });
    return Dimensions.of(labels);
  }

  private static Set<String> readRules(List<YamlValue> items, Optional<Policy> policy) {
    var rules = new LinkedHashSet<String>();
    List<String> known =
        policy.map(p -> p.rules().stream().map(Rule::name).toList()).orElse(List.of());
    for (YamlValue item : items) {
      Optional<String> name = item.text();
      if (name.isPresent() && policy.isPresent() && !known.contains(name.get())) {
        String hint = Suggestion.text(name.get(), known);
        item.error(
            "unknown rule "
                + YamlValue.quote(name.get())
                + (hint.isEmpty() ? "; there are " + String.join(", ", known) : hint));
      }
      name.ifPresent(rules::add);
    }
    return rules;
  }

  private static List<String> readTypes(List<YamlValue> items) {
    var types = new ArrayList<String>();
    for (YamlValue item : items) {
      item.choice(TYPES).ifPresent(types::add);
    }
    return types;
  }
}
