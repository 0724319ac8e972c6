package dev.spendwarden.policy.yaml;

import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.policy.ConditionCompiler;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Policy.Decisions;
import dev.spendwarden.policy.Policy.Waiver;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.yaml.PolicyEntry.Freshness;
import dev.spendwarden.policy.yaml.PolicyEntry.Named;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads policy files. One reader sees all files of a configuration, so that a name used in two of
/// them is found.
public final class PolicyReader {

  /// A figure that jumps beyond this factor is not acted on, unless the policy says otherwise.
  public static final BigDecimal DEFAULT_MAX_JUMP = BigDecimal.valueOf(20);

  private static final int VERSION = 1;

  private final ConditionCompiler compiler;
  private final Problems problems;
  private final Map<String, Place> names = new HashMap<>();

  public PolicyReader(ConditionCompiler compiler, Problems problems) {
    this.compiler = compiler;
    this.problems = problems;
  }

  /// The policies of a file in their order, those with errors too.
  public List<PolicyEntry> read(YamlDocument document) {
    var entries = new ArrayList<PolicyEntry>();
    Optional<YamlMapping> file = document.mapping(problems, Interpolation.NONE);
    if (file.isEmpty()) {
      return entries;
    }
    file.get().requireVersion(VERSION);
    Optional<List<YamlValue>> items = file.get().require("policies").flatMap(YamlValue::list);
    file.get().finish();
    for (YamlValue item : items.orElse(List.of())) {
      item.mapping().map(this::readPolicy).ifPresent(entries::add);
    }
    return entries;
  }

  private PolicyEntry readPolicy(YamlMapping item) {
    int before = problems.errorCount();
    String name = readName(item);
    String description = item.text("description", "");
    String owner = item.text("owner", "");
    String runbook = item.text("runbook", "");
    Map<String, String> labels = readLabels(item);
    SelectionReader.Read select = SelectionReader.read(item);
    BudgetReader.Read budget = BudgetReader.read(item, select.selection().kind());
    Optional<YamlMapping> data = item.mapping("data");
    Optional<Freshness> freshWithin = data.flatMap(PolicyReader::readFreshness);
    BigDecimal maxJump =
        data.flatMap(d -> d.find("max_jump"))
            .flatMap(PolicyReader::readMaxJump)
            .orElse(DEFAULT_MAX_JUMP);
    data.ifPresent(YamlMapping::finish);
    Optional<List<Named>> receivers = item.find("notify").map(PolicyReader::readNotify);
    Decisions decisions = readDecisions(item);
    List<Waiver> waivers = readWaivers(item, budget.limit(), budget.zone());
    var ruleReader = new RuleReader(compiler, select.selection().kind());
    List<Rule> rules = ruleReader.read(item);
    item.finish();

    Optional<Duration> fresh = freshWithin.map(Freshness::within);
    Optional<Policy> policy = Optional.empty();
    if (problems.errorCount() == before) {
      String fingerprint =
          PolicyFingerprint.of(
              select.selection(),
              budget.limit(),
              budget.period(),
              budget.zone(),
              budget.gross(),
              fresh,
              maxJump,
              rules);
      policy =
          Optional.of(
              new Policy(
                  name,
                  description,
                  owner,
                  runbook,
                  labels,
                  select.selection(),
                  budget.limit(),
                  budget.period(),
                  budget.zone(),
                  budget.gross(),
                  fresh,
                  maxJump,
                  receivers.map(list -> list.stream().map(Named::name).toList()),
                  decisions,
                  waivers,
                  rules,
                  fingerprint));
    }
    return new PolicyEntry(
        name,
        item.place(),
        policy,
        select.selection().kind(),
        select.kindAt(),
        select.sources(),
        receivers.isPresent(),
        receivers.orElse(List.of()),
        ruleReader.actions(),
        labels,
        select.where(),
        select.per(),
        budget.quotaLimit(),
        budget.foreignZone(),
        freshWithin,
        ruleReader.places());
  }

  private String readName(YamlMapping item) {
    String name = item.requiredText("name");
    if (name.isEmpty()) {
      return name;
    }
    Place at = item.placeOf("name");
    if (BuiltInPolicies.isReserved(name)) {
      problems.error(
          at, YamlValue.quote(name) + " is the name of a built-in policy; choose another");
    }
    Place first = names.putIfAbsent(name, at);
    if (first != null) {
      problems.error(
          at, "duplicate policy name " + YamlValue.quote(name) + "; the first is at " + first);
    }
    return name;
  }

  private static Map<String, String> readLabels(YamlMapping item) {
    var labels = new LinkedHashMap<String, String>();
    item.mapping("labels")
        .ifPresent(mapping ->
            mapping
                .entries()
                .forEach((key, value) -> value.scalar().ifPresent(text -> labels.put(key, text))));
    return labels;
  }

  private static Optional<Freshness> readFreshness(YamlMapping data) {
    return data.find("fresh_within")
        .flatMap(value ->
            value
                .duration(Duration.ofMillis(1), Durations.LONGEST)
                .map(within -> new Freshness(within, value.place())));
  }

  private static Optional<BigDecimal> readMaxJump(YamlValue value) {
    Optional<BigDecimal> factor = value.decimal();
    if (factor.isPresent() && factor.get().compareTo(BigDecimal.ONE) <= 0) {
      return value.wrong("a factor greater than 1");
    }
    return factor;
  }

  /// `none`, one receiver or a list of them.
  private static List<Named> readNotify(YamlValue value) {
    var receivers = new ArrayList<Named>();
    if (value.isWord("none")) {
      return receivers;
    }
    List<YamlValue> items = value.oneOrMore();
    if (value.isList() && items.isEmpty()) {
      value.error("'notify' names nobody; write 'notify: none' if that is meant");
    }
    for (YamlValue item : items) {
      if (item.isWord("none")) {
        item.error("'none' stands alone: write 'notify: none'");
        continue;
      }
      item.text()
          .ifPresent(name -> {
            if (receivers.stream().anyMatch(r -> r.name().equals(name))) {
              item.error("receiver " + YamlValue.quote(name) + " is named twice");
            }
            receivers.add(new Named(name, item.place()));
          });
    }
    return receivers;
  }

  private static Decisions readDecisions(YamlMapping item) {
    Optional<YamlMapping> found = item.mapping("decisions");
    if (found.isEmpty()) {
      return Decisions.NOT_ENFORCED;
    }
    YamlMapping decisions = found.get();
    boolean enforce = decisions.flag("enforce", false);
    boolean allow =
        decisions.choice("when_unknown", Vocabulary.either("deny", "allow"), Boolean.TRUE);
    decisions.finish();
    return new Decisions(enforce, allow);
  }

  private static List<Waiver> readWaivers(YamlMapping item, Limit limit, ZoneId zone) {
    var waivers = new ArrayList<Waiver>();
    for (YamlMapping waiver : item.mappings("waivers")) {
      Optional<Instant> until = waiver.require("until").flatMap(v -> v.instantOrDate(zone));
      Optional<Amount> raise = waiver.find("raise").flatMap(v -> readRaise(v, limit));
      boolean mute = waiver.flag("mute", false);
      String reason = waiver.text("reason", "");
      String by = waiver.text("by", "");
      waiver.finish();
      for (String key : List.of("reason", "by")) {
        if (!waiver.has(key)) {
          waiver
              .problems()
              .warning(
                  waiver.place(), "'" + key + "' is missing: say why this is granted, and by whom");
        }
      }
      if (waiver.has("raise") == mute) {
        waiver.problems().error(waiver.place(), "a waiver has either 'raise' or 'mute: true'");
      }
      until.ifPresent(instant -> waivers.add(new Waiver(instant, raise, mute, reason, by)));
    }
    return waivers;
  }

  private static Optional<Amount> readRaise(YamlValue value, Limit limit) {
    String expected = "an amount with its unit such as 500 USD";
    Optional<Amount> raise = BudgetReader.readAmount(value, expected);
    if (raise.isEmpty()) {
      return raise;
    }
    if (raise.get().value().signum() <= 0) {
      return value.wrong("more than 0");
    }
    return switch (limit) {
      case Limit.Fixed(Amount fixed) when !fixed.unit().equals(raise.get().unit()) ->
          value.wrong("in the limit's unit, " + fixed.unit());
      case Limit.None _ -> {
        value.error("there is no 'limit' to raise");
        yield Optional.empty();
      }
      case Limit.Fixed _, Limit.Quota _ -> raise;
    };
  }
}
