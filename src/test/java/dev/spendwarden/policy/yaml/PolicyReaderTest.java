package dev.spendwarden.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.PeriodSpec.Every;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyReaderTest {

  /// The reference of the policy language, with every key in use.
  private static final String EVERYTHING =
      """
      version: 1
      policies:
        - name: ionq-user-quota
          description: Each IonQ user against the quota IonQ gave them
          owner: quantum-platform
          runbook: https://wiki.example.org/spend
          labels: { team: quantum }
          select:
            source: ionq-lab
            kind: quota
            where: { user: [u1, 0815] }
            not: { user: calibration-bot }
          per: [user]
          budget:
            limit: quota
            period: month
            zone: UTC
            amount: net
          data: { fresh_within: 6h, max_jump: 20 }
          notify: [quantum-slack]
          decisions: { enforce: true, when_unknown: deny }
          waivers: [{ until: 2027-02-10, raise: 500 USD, reason: paper deadline, by: finance-lead }]
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - name: running-hot
              when: burn('1h') > 6.0 && burn('6h') > 6.0
              for: 10m
              keep_firing_for: 30m
              summary: "${labels.user} burns ${burn('1h')}× the pace that lasts the month"
            - { name: spent, when: used >= 1.0, severity: critical, actions: [cancel-queued] }
      """;

  @Test
  void everyKeyIsRead() {
    Policy policy = only(EVERYTHING);
    assertThat(policy.name()).isEqualTo("ionq-user-quota");
    assertThat(policy.owner()).isEqualTo("quantum-platform");
    assertThat(policy.runbook()).isEqualTo("https://wiki.example.org/spend");
    assertThat(policy.labels()).isEqualTo(Map.of("team", "quantum"));
    assertThat(policy.selection())
        .isEqualTo(
            new Selection(
                Set.of("ionq-lab"),
                Selection.Kind.QUOTA,
                Map.of(Dimension.USER, Set.of("u1", "0815")),
                Map.of(Dimension.USER, Set.of("calibration-bot")),
                List.of(Dimension.USER)));
    assertThat(policy.limit()).isEqualTo(new Limit.Quota());
    assertThat(policy.freshWithin()).contains(Duration.ofHours(6));
    assertThat(policy.receivers()).contains(List.of("quantum-slack"));
    assertThat(policy.decisions()).isEqualTo(new Policy.Decisions(true, false));
    assertThat(policy.waivers())
        .containsExactly(
            new Policy.Waiver(
                Instant.parse("2027-02-10T00:00:00Z"),
                Optional.of(Amount.of("500", Unit.USD)),
                false,
                "paper deadline",
                "finance-lead"));
    Rule hot = policy.rules().get(1);
    assertThat(hot.when().text()).isEqualTo("burn('1h') > 6.0 && burn('6h') > 6.0");
    assertThat(hot.holdFor()).isEqualTo(Duration.ofMinutes(10));
    assertThat(hot.keepFiringFor()).isEqualTo(Duration.ofMinutes(30));
    assertThat(hot.severity()).isEqualTo(Severity.WARNING);
    assertThat(hot.summary()).startsWith("${labels.user} burns ${burn('1h')}×");
    assertThat(policy.rules().get(2).actions()).containsExactly("cancel-queued");
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    Policy policy = only(policy("select: { source: s }", "rules: [{ name: r, when: spent > 1 }]"));
    assertThat(policy.selection().kind()).isEqualTo(Selection.Kind.SPEND);
    assertThat(policy.selection().per()).isEmpty();
    assertThat(policy.limit()).isEqualTo(new Limit.None());
    assertThat(policy.period()).isEqualTo(new PeriodSpec.Calendar(Every.MONTH));
    assertThat(policy.zone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(policy.gross()).isFalse();
    assertThat(policy.freshWithin()).isEmpty();
    assertThat(policy.maxJump()).isEqualTo(BigDecimal.valueOf(20));
    assertThat(policy.receivers()).isEmpty();
    assertThat(policy.decisions()).isEqualTo(Policy.Decisions.NOT_ENFORCED);
    assertThat(policy.rules().getFirst())
        .extracting(Rule::severity, Rule::holdFor, Rule::keepFiringFor, Rule::summary)
        .containsExactly(Severity.WARNING, Duration.ZERO, Duration.ZERO, "");
  }

  @Test
  void notifyNoneIsNobodyAndNotTheRouteTree() {
    Policy policy = only(policy("select: { source: s }", "notify: none", RULE));
    assertThat(policy.receivers()).contains(Policy.NOBODY);
  }

  record Budget(String yaml, Object expected) {
    @Override
    public String toString() {
      return yaml;
    }
  }

  static Stream<Budget> periods() {
    return Stream.of(
        new Budget("day", new PeriodSpec.Calendar(Every.DAY)),
        new Budget("quarter", new PeriodSpec.Calendar(Every.QUARTER)),
        new Budget("none", new PeriodSpec.None()),
        new Budget("{ rolling: 30d }", new PeriodSpec.Rolling(Duration.ofDays(30))),
        new Budget("{ every: month, from: 31 }", new PeriodSpec.Anchored(Every.MONTH, 31)),
        new Budget("{ every: week, from: 7 }", new PeriodSpec.Anchored(Every.WEEK, 7)),
        new Budget("{ every: year }", new PeriodSpec.Calendar(Every.YEAR)));
  }

  @ParameterizedTest
  @MethodSource
  void periods(Budget row) {
    String budget = "budget: { period: " + row.yaml() + " }";
    assertThat(only(policy("select: { source: s }", budget, RULE)).period())
        .isEqualTo(row.expected());
  }

  static Stream<Budget> limits() {
    return Stream.of(
        new Budget("4000 USD", new Limit.Fixed(Amount.of("4000", Unit.USD))),
        new Budget("0 USD", new Limit.Fixed(Amount.of("0", Unit.USD))),
        new Budget("12.345 EUR", new Limit.Fixed(Amount.of("12.345", Unit.of("EUR")))),
        new Budget(
            "500 premium_requests", new Limit.Fixed(Amount.of("500", Unit.of("premium_requests")))),
        new Budget("quota", new Limit.Quota()));
  }

  @ParameterizedTest
  @MethodSource
  void limits(Budget row) {
    String budget = "budget: { limit: " + row.yaml() + " }";
    assertThat(only(policy("select: { source: s }", budget, RULE)).limit())
        .isEqualTo(row.expected());
  }

  private static final String RULE = "rules: [{ name: r, when: spent > 1 }]";

  record Refused(String line, String problem) {
    @Override
    public String toString() {
      return line;
    }
  }

  /// Each line stands in line 4 of a policy that is fine without it.
  static Stream<Refused> refused() {
    String amount = " must be 'quota', or an amount with its unit such as 4000 USD, not ";
    return Stream.of(
        new Refused(
            "buget: { limit: 1 USD }", "p:4:5: unknown key 'buget'; did you mean 'budget'?"),
        new Refused("name: again", "p:4:5: duplicate key 'name'; it stands in line 3 already"),
        new Refused("per: [usr]", "p:4:11: unknown dimension 'usr'; did you mean 'user'?"),
        new Refused("per: user", "p:4:10: 'per' must be a list, not 'user'"),
        new Refused("per: [user, user]", "p:4:17: dimension 'user' is named twice"),
        new Refused("budget: { limit: 4000 }", "p:4:22: 'limit'" + amount + "'4000'"),
        new Refused("budget: { limit: '4,000 USD' }", "p:4:22: 'limit'" + amount + "'4,000 USD'"),
        new Refused("budget: { limit: 1e3 USD }", "p:4:22: 'limit'" + amount + "'1e3 USD'"),
        new Refused("budget: { limit: 010 USD }", "p:4:22: 'limit'" + amount + "'010 USD'"),
        new Refused("budget: { limit: -1 USD }", "p:4:22: 'limit' must be 0 or more, not '-1 USD'"),
        new Refused("budget: { limit: 5 usd }", "p:4:22: unknown unit 'usd'; did you mean 'USD'?"),
        new Refused(
            "budget: { limit: 5 UDS }",
            "p:4:22: unknown currency 'UDS' (ISO 4217); did you mean 'USD'?"),
        new Refused(
            "budget: { limit: 5 Jobs }",
            "p:4:22: unknown unit 'Jobs'; a unit is a currency such as USD or a quantity such as"
                + " premium_requests"),
        new Refused(
            "budget: { period: monthly }",
            "p:4:23: 'period' must be one of day, week, month, quarter, year, none, not 'monthly';"
                + " did you mean 'month'?"),
        new Refused(
            "budget: { period: { every: month, from: 32 } }",
            "p:4:45: 'from' must be a whole number from 1 to 31, not '32'"),
        new Refused(
            "budget: { period: { every: week, from: 8 } }",
            "p:4:44: 'from' must be a whole number from 1 to 7, not '8'"),
        new Refused(
            "budget: { period: { every: month, form: 3 } }",
            "p:4:39: unknown key 'form'; did you mean 'from'?"),
        new Refused(
            "budget: { period: { rolling: 30 } }",
            "p:4:34: 'rolling' must be a duration such as 500ms, 30s, 5m, 6h, 3d or 2w, not '30'"),
        new Refused(
            "budget: { zone: Europe/Berln }",
            "p:4:21: unknown zone 'Europe/Berln'; it must be a name such as UTC or Europe/Berlin;"
                + " did you mean 'Europe/Berlin'?"),
        new Refused(
            "budget: { zone: +02:00 }",
            "p:4:21: unknown zone '+02:00'; it must be a name such as UTC or Europe/Berlin"),
        new Refused(
            "budget: { amount: brutto }",
            "p:4:23: 'amount' must be one of net, gross, not 'brutto'"),
        new Refused(
            "data: { max_jump: 1 }", "p:4:23: 'max_jump' must be a factor greater than 1, not '1'"),
        new Refused(
            "notify: []", "p:4:13: 'notify' names nobody; write 'notify: none' if that is meant"),
        new Refused("notify: [none, a]", "p:4:14: 'none' stands alone: write 'notify: none'"),
        new Refused(
            "decisions: { enforce: yes }", "p:4:27: 'enforce' must be true or false, not 'yes'"),
        new Refused(
            "decisions: { when_unknown: denied }",
            "p:4:32: 'when_unknown' must be one of deny, allow, not 'denied'"),
        new Refused(
            "waivers: [{ until: 2027-02-10, reason: r, by: b }]",
            "p:4:15: a waiver has either 'raise' or 'mute: true'"),
        new Refused(
            "waivers: [{ until: 2027-02-31, mute: true, reason: r, by: b }]",
            "p:4:24: 'until' must be a date that exists, not '2027-02-31'"),
        new Refused(
            "waivers: [{ until: 2027-02-10, raise: 5 USD, reason: r, by: b }]",
            "p:4:43: there is no 'limit' to raise"),
        new Refused("waivers: [{ mute: true, reason: r, by: b }]", "p:4:15: 'until' is missing"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(Refused row) {
    assertThat(problems(policy(row.line(), "select: { source: s }", RULE)))
        .containsExactly(row.problem());
  }

  /// As above, for whole `select` and `rules` lines, which stand in line 4.
  static Stream<Refused> refusedParts() {
    return Stream.of(
        new Refused(
            "select: { sorce: s }", "p:4:13: 'source' is missing; is 'sorce' meant to be it?"),
        new Refused("select: { source: [] }", "p:4:23: selects nothing: 'source' is an empty list"),
        new Refused(
            "select: { source: s, kind: qouta }",
            "p:4:32: 'kind' must be one of spend, quota, reports, not 'qouta'; did you mean"
                + " 'quota'?"),
        new Refused(
            "select: { source: s, where: { usr: u1 } }",
            "p:4:35: unknown dimension 'usr'; did you mean 'user'?"),
        new Refused(
            "select: { source: s, where: { user: [] } }",
            "p:4:41: 'where' names no value of 'user'"),
        new Refused(
            "select: { source: s, where: { user: u1 }, not: { user: [u2, u1] } }",
            "p:4:47: selects nothing: 'not' leaves out every user of 'where'"),
        new Refused(
            "rules: [{ name: r, when: used > nonsense }]", "p:4:37: undeclared name 'nonsense'"),
        new Refused(
            "rules: [{ name: r, when: 'used > nonsense' }]", "p:4:38: undeclared name 'nonsense'"),
        new Refused("rules: [{ name: r }]", "p:4:13: 'when' is missing"),
        new Refused(
            "rules: [{ name: r, when: a, severity: warn }]",
            "p:4:43: 'severity' must be one of info, warning, critical, not 'warn'"),
        new Refused(
            "rules: [{ name: r, when: a, for: 10 }]",
            "p:4:38: 'for' must be a duration such as 500ms, 30s, 5m, 6h, 3d or 2w, not '10'"),
        new Refused(
            "rules: [{ name: r, when: a, summary: 'so ${nonsense}' }]",
            "p:4:48: 'summary': undeclared name 'nonsense'"),
        new Refused(
            "rules: [{ name: r, when: a, action: [x] }]",
            "p:4:33: unknown key 'action'; did you mean 'actions'?"),
        new Refused(
            "rules: [{ name: r, when: a }, { name: r, when: b }]",
            "p:4:37: duplicate rule name 'r'; the first is in line 4"));
  }

  @ParameterizedTest
  @MethodSource
  void refusedParts(Refused row) {
    boolean select = row.line().startsWith("select");
    String rest = select ? RULE : "select: { source: s }";
    assertThat(problems(policy(row.line(), rest))).first().isEqualTo(row.problem());
  }

  @Test
  void reportsTakeNoLimit() {
    String text =
        policy(
            "select: { source: g, kind: reports }",
            "per: [report_type]",
            "budget: { limit: 5 USD }",
            "rules: [{ name: r, when: reports.failed > 0 }]");
    assertThat(problems(text))
        .containsExactly("p:6:22: 'limit' has no meaning where the kind is reports");
  }

  @Test
  void raiseIsInTheLimitsUnit() {
    String text =
        policy(
            "select: { source: g }",
            "budget: { limit: 5 USD }",
            "waivers: [{ until: 2027-02-10, raise: 5 EUR, reason: r, by: b }]",
            RULE);
    assertThat(problems(text))
        .containsExactly("p:6:43: 'raise' must be in the limit's unit, USD, not '5 EUR'");
  }

  @Test
  void policyNamesAreDistinctOverAllFiles() {
    var problems = new Problems();
    var reader = new PolicyReader(new FakeCompiler(), problems);
    for (String file : List.of("a", "b")) {
      YamlDocument.parse(file, policy("select: { source: s }", RULE), problems)
          .ifPresent(reader::read);
    }
    assertThat(problems.list())
        .extracting(Problem::toString)
        .containsExactly("b:3:5: duplicate policy name 'p'; the first is at a:3:5");
  }

  @Test
  void rulesThatCannotFireAreWarnedOf() {
    assertThat(problems(policy("select: { source: s }", "rules: [{ name: r, when: false }]")))
        .containsExactly("p:5:30: warning: 'when' is always false: this rule can never fire");
    assertThat(problems(policy("select: { source: s }", "rules: []")))
        .containsExactly("p:5:5: warning: has no rules: this policy can never fire");
  }

  @Test
  void aRollingPeriodBeyondWhatIsRememberedIsWarnedOf() {
    assertThat(
            problems(
                policy("select: { source: s }", "budget: { period: { rolling: 400d } }", RULE)))
        .isEmpty();
    assertThat(
            problems(
                policy("select: { source: s }", "budget: { period: { rolling: 401d } }", RULE)))
        .containsExactly(
            "p:5:25: warning: what quotas and monthly totals grew by is remembered for 400d: over a"
                + " longer rolling period they are told too low; daily charges are not");
  }

  @Test
  void referencesInPoliciesAreLeftAlone() {
    Policy policy = only(policy("description: costs ${HOME}", "select: { source: s }", RULE));
    assertThat(policy.description()).isEqualTo("costs ${HOME}");
  }

  @Test
  void versionIsOne() {
    assertThat(problems("version: 2\npolicies: []\n"))
        .containsExactly("p:1:10: 'version' must be 1, not '2'");
    assertThat(problems("policies: []\n")).containsExactly("p:1:1: 'version' is missing");
  }

  @Test
  void fingerprintLeavesOutWhatDoesNotDecide() {
    String changed =
        EVERYTHING
            .replace("Each IonQ user", "Every user")
            .replace("owner: quantum-platform", "owner: finance")
            .replace("{ team: quantum }", "{ team: other }")
            .replace("[quantum-slack]", "[hooks]")
            .replace("[u1, 0815]", "['0815', u1]")
            .replace("burns", "is burning");
    assertThat(only(changed).fingerprint()).isEqualTo(only(EVERYTHING).fingerprint());
    assertThat(only(EVERYTHING).fingerprint()).matches("[0-9a-f]{64}");
  }

  @Test
  void fingerprintIsTheSameInAnyOrderOfRules() {
    String one =
        policy("select: { source: s }", "rules: [{ name: a, when: x }, { name: b, when: y }]");
    String other =
        policy("rules: [{ when: y, name: b }, { name: a, when: x }]", "select: { source: s }");
    assertThat(only(one).fingerprint()).isEqualTo(only(other).fingerprint());
  }

  static Stream<Refused> deciding() {
    return Stream.of(
        new Refused("used >= 0.8", "used >= 0.9"),
        new Refused("for: 10m", "for: 11m"),
        new Refused("keep_firing_for: 30m", "keep_firing_for: 31m"),
        new Refused("severity: critical", "severity: info"),
        new Refused("[cancel-queued]", "[other]"),
        new Refused("source: ionq-lab", "source: ionq-two"),
        new Refused("not: { user: calibration-bot }", "not: { user: bot }"),
        new Refused("per: [user]", "per: [user, qpu]"),
        new Refused("limit: quota", "limit: 5 USD"),
        new Refused("period: month", "period: week"),
        new Refused("zone: UTC", "zone: Europe/Berlin"),
        new Refused("amount: net", "amount: gross"),
        new Refused("fresh_within: 6h", "fresh_within: 7h"),
        new Refused("max_jump: 20", "max_jump: 21"));
  }

  @ParameterizedTest
  @MethodSource("deciding")
  void fingerprintChangesWithWhatDecides(Refused change) {
    assertThat(EVERYTHING).contains(change.line());
    assertThat(only(EVERYTHING.replace(change.line(), change.problem())).fingerprint())
        .isNotEqualTo(only(EVERYTHING).fingerprint());
  }

  @Test
  void shippedPoliciesForIonqAreFine() {
    var problems = new Problems();
    var entries =
        YamlDocument.read(Path.of("policies/ionq.yaml"), problems)
            .map(new PolicyReader(new FakeCompiler(), problems)::read)
            .orElseThrow();
    assertThat(problems.list()).isEmpty();
    assertThat(entries)
        .extracting(PolicyEntry::name)
        .containsExactly("ionq-user-quota", "ionq-organization-budget", "ionq-qpu-spend");
    assertThat(entries).allMatch(entry -> entry.policy().isPresent());
  }

  /// A policy named `p` whose further lines begin in line 4, column 5.
  private static String policy(String... lines) {
    return "version: 1\npolicies:\n  - name: p\n    " + String.join("\n    ", lines) + "\n";
  }

  private static Policy only(String text) {
    var problems = new Problems();
    var entries =
        YamlDocument.parse("p", text, problems)
            .map(new PolicyReader(new FakeCompiler(), problems)::read)
            .orElseThrow();
    assertThat(problems.list()).isEmpty();
    assertThat(entries).hasSize(1);
    return entries.getFirst().policy().orElseThrow();
  }

  private static List<String> problems(String text) {
    var problems = new Problems();
    YamlDocument.parse("p", text, problems)
        .ifPresent(new PolicyReader(new FakeCompiler(), problems)::read);
    return problems.list().stream().map(Problem::toString).toList();
  }
}
