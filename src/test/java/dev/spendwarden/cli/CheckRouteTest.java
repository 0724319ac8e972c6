package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckRouteTest {

  private static final String CONFIG =
      """
      egress: { allow: [127.0.0.0/8] }
      sources:
        - { name: lab, type: gcore, api_key: "${HOME}" }
      receivers:
        - { name: hooks, webhook: { url: "http://127.0.0.1:1/" } }
        - { name: slack, webhook: { url: "http://127.0.0.1:2/" } }
        - { name: am, alertmanager: { url: "http://127.0.0.1:3/" } }
      time_intervals:
        - name: nights
          time_intervals:
            - times: [{ start_time: "22:00", end_time: "24:00" }, { start_time: "00:00", end_time: "06:00" }]
              location: Europe/Berlin
      route:
        receiver: hooks
        group_by: [policy]
        routes:
          - { match: { severity: critical }, receiver: am, continue: true }
          - { match: { team: quantum }, receiver: slack, repeat_interval: 4h, mute_time_intervals: [nights] }
      policies: [policies.yaml]
      """;

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: lab-spend
          labels: { team: quantum }
          select: { source: lab }
          budget: { limit: 10 EUR }
          rules: [{ name: r, when: used >= 1.0 }]
        - name: own
          select: { source: lab }
          budget: { limit: 10 EUR }
          notify: [am]
          rules: [{ name: r, when: used >= 1.0 }]
        - name: metrics-only
          select: { source: lab }
          budget: { limit: 10 EUR }
          notify: none
          rules: [{ name: r, when: used >= 1.0 }]
      """;

  @TempDir Path folder;

  private record Ran(int status, String out, String err) {}

  @BeforeEach
  void writeFiles() throws Exception {
    Files.writeString(folder.resolve("spendwarden.yaml"), CONFIG);
    Files.writeString(folder.resolve("policies.yaml"), POLICIES);
  }

  private Ran route(String... arguments) {
    var all = new java.util.ArrayList<String>();
    all.add("check");
    all.add("--route");
    all.addAll(java.util.List.of(arguments));
    all.add(folder.resolve("spendwarden.yaml").toString());
    var out = new StringWriter();
    var err = new StringWriter();
    int status =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    return new Ran(status, out.toString(), err.toString());
  }

  @Test
  void showsReceiversTheirRoutesGroupsAndWhetherTheyAreMuted() {
    Ran ran =
        route("policy=lab-spend", "severity=critical", "user=u1", "--at", "2027-01-20T23:00:00Z");
    assertThat(ran.out())
        .isEqualTo(
            """
            alertname=lab-spend, policy=lab-spend, severity=critical, team=quantum, user=u1
              am
                route            {} → {severity="critical"}
                group            none: every change is told alone and at once
                repeat_interval  never
                muted            no
              slack
                route            {} → {team="quantum"}
                group            by [policy]: {policy=lab-spend}, group_wait 30s, group_interval 5m
                repeat_interval  4h
                muted            until 2027-01-21T05:00:00Z by nights
            """);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.status()).isZero();
  }

  @Test
  void withoutSeverityEverySeverityIsShown() {
    assertThat(route("team=web").out().lines().filter(line -> line.contains("team=web")))
        .containsExactly(
            "severity=info, team=web", "severity=warning, team=web", "severity=critical, team=web");
  }

  @Test
  void aPolicysOwnNotifyIsConsidered() {
    assertThat(route("policy=own", "severity=info").out())
        .contains("  am\n    route            the policy's own 'notify'");
    Ran nobody = route("policy=metrics-only", "severity=info");
    assertThat(nobody.out()).contains("nobody: the policy says 'notify: none'");
    assertThat(nobody.status()).isZero();
  }

  @Test
  void whereNobodyWouldBeToldThatIsAProblem() throws Exception {
    Files.writeString(
        folder.resolve("spendwarden.yaml"),
        CONFIG.replace("  receiver: hooks\n  group_by", "  group_by"));
    Ran ran = route("team=web", "severity=info");
    assertThat(ran.out()).contains("nobody: no route has a receiver");
    assertThat(ran.status()).isEqualTo(Main.PROBLEMS);
  }

  @Test
  void anUnknownPolicyIsNoted() {
    assertThat(route("policy=lab-spent").err())
        .isEqualTo("note: no policy 'lab-spent' in the policy files; did you mean 'lab-spend'?\n");
  }

  @Test
  void machinesGetTheSameAsJson() {
    assertThat(route("--json", "team=quantum", "severity=info", "--at", "2027-01-20").out())
        .contains("\"receiver\" : \"slack\"")
        .contains("\"group_by\" : [ \"policy\" ]")
        .contains("\"muted_until\" : \"2027-01-20T05:00:00Z\"");
  }

  @Test
  void itAsksExactlyOneConfiguration() {
    assertThat(route("team=web", "another.yaml").status()).isEqualTo(CommandLine.ExitCode.USAGE);
  }

  @Test
  void twoLabelsInOneArgumentAreRefusedWithHowToWriteThem() {
    Ran ran = route("severity=critical,team=quantum");
    assertThat(ran.status()).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("as in severity=critical team=quantum");
    assertThat(route("severity=critical, team=quantum").status())
        .isEqualTo(CommandLine.ExitCode.USAGE);
  }

  @Test
  void aValueMayHaveCommasAndEqualSigns() {
    Ran ran = route("severity=info", "team=a,b", "query=x=1");
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).contains("query=x=1, severity=info, team=a,b");
  }

  @Test
  void aSilenceOfTwoLabelsInOneArgumentIsRefusedBeforeAnyDaemonIsAsked() {
    var err = new StringWriter();
    int status =
        Main.commandLine()
            .setErr(new PrintWriter(err))
            .execute(
                "silence",
                "severity=info,team=quantum",
                "--for",
                "1h",
                "--url",
                "http://127.0.0.1:1",
                "--token-file",
                folder.resolve("no-token").toString());
    assertThat(status).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("as in severity=info team=quantum");
  }
}
