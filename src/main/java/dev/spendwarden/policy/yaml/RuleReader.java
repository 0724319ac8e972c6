package dev.spendwarden.policy.yaml;

import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.ConditionCompiler;
import dev.spendwarden.policy.ConditionCompiler.Compiled;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.policy.UnknownFacts;
import dev.spendwarden.policy.yaml.PolicyEntry.Named;
import dev.spendwarden.policy.yaml.PolicyEntry.RuleAt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads `rules` of a policy.
final class RuleReader {

  static final String ALWAYS_FALSE = "'when' is always false: this rule can never fire";

  private final ConditionCompiler compiler;
  private final Selection.Kind kind;
  private final List<Named> actions = new ArrayList<>();
  private final List<RuleAt> places = new ArrayList<>();

  RuleReader(ConditionCompiler compiler, Selection.Kind kind) {
    this.compiler = compiler;
    this.kind = kind;
  }

  /// Every action named by a rule that was read, with its place.
  List<Named> actions() {
    return actions;
  }

  /// The rules without errors, with their places.
  List<RuleAt> places() {
    return places;
  }

  /// The rules without errors.
  List<Rule> read(YamlMapping policy) {
    var rules = new ArrayList<Rule>();
    var names = new LinkedHashMap<String, Place>();
    List<YamlMapping> items = policy.mappings("rules");
    if (items.isEmpty()) {
      policy
          .problems()
          .warning(policy.placeOf("rules"), "has no rules: this policy can never fire");
    }
    for (YamlMapping item : items) {
      int before = item.problems().errorCount();
      int actionsBefore = actions.size();
      Rule rule = readRule(item);
      Place first = names.putIfAbsent(rule.name(), item.place());
      if (first != null && !rule.name().isEmpty()) {
        item.problems()
            .error(
                item.placeOf("name"),
                "duplicate rule name "
                    + YamlValue.quote(rule.name())
                    + "; the first is in line "
                    + first.line());
      }
      if (item.problems().errorCount() == before) {
        rules.add(rule);
        Place when = item.find("when").map(YamlValue::place).orElse(item.place());
        List<Named> named = actions.subList(actionsBefore, actions.size());
        places.add(new RuleAt(rule, item.place(), when, named));
      }
    }
    return rules;
  }

  private Rule readRule(YamlMapping item) {
    String name = item.requiredText("name");
    Optional<YamlValue> when = item.require("when");
    Condition condition = when.flatMap(this::compile).orElse(Never.INSTANCE);
    Duration holdFor = item.duration("for", Duration.ZERO, Duration.ZERO, Durations.LONGEST);
    Duration keepFiringFor =
        item.duration("keep_firing_for", Duration.ZERO, Duration.ZERO, Durations.LONGEST);
    Severity severity = item.choice("severity", Vocabulary.of(Severity.class), Severity.WARNING);
    String summary = item.find("summary").flatMap(this::readSummary).orElse("");
    List<String> named = readActions(item);
    item.finish();
    return new Rule(name, condition, holdFor, keepFiringFor, severity, summary, named);
  }

  private Optional<Condition> compile(YamlValue when) {
    // Not text(): `when: true` is an expression, and a boolean only to YAML.
    Optional<String> expression = when.scalar();
    if (expression.isEmpty()) {
      return Optional.empty();
    }
    return switch (compiler.compile(expression.get(), kind)) {
      case Compiled.Failed(String message, int column) -> {
        when.reading().problems().error(when.placeAt(column - 1), message);
        yield Optional.empty();
      }
      case Compiled.Ok(Condition condition) -> {
        if (isAlwaysFalse(condition)) {
          when.reading().problems().warning(when.place(), ALWAYS_FALSE);
        }
        yield Optional.of(condition);
      }
    };
  }

  /// Unknown is never read as false, so what is false of nothing known is false of everything.
  /// Labels are left out of this: an expression over them may be false just because there are none.
  private static boolean isAlwaysFalse(Condition condition) {
    return !condition.text().contains("labels") && condition.test(UnknownFacts.NONE) == Truth.FALSE;
  }

  private Optional<String> readSummary(YamlValue value) {
    Optional<String> text = value.text();
    List<Compiled.Failed> flaws =
        text.map(summary -> compiler.flawsOfSummary(summary, kind)).orElse(List.of());
    for (Compiled.Failed flaw : flaws) {
      value
          .reading()
          .problems()
          .error(value.placeAt(flaw.column() - 1), "'summary': " + flaw.message());
    }
    return flaws.isEmpty() ? text : Optional.empty();
  }

  private List<String> readActions(YamlMapping item) {
    var names = new ArrayList<String>();
    for (YamlValue value : item.find("actions").map(YamlValue::oneOrMore).orElse(List.of())) {
      value
          .text()
          .ifPresent(name -> {
            if (names.contains(name)) {
              value.error("action " + YamlValue.quote(name) + " is named twice");
            }
            names.add(name);
            actions.add(new Named(name, value.place()));
          });
    }
    return names;
  }

  /// Stands in for a condition that could not be read; such a rule is never handed out.
  private enum Never implements Condition {
    INSTANCE;

    @Override
    public String text() {
      return "false";
    }

    @Override
    public Truth test(Facts facts) {
      return Truth.FALSE;
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
}
