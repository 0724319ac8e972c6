package dev.spendwarden.sandbox;

import dev.spendwarden.sandbox.AnthropicTwin.Line;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// A laboratory at the end of a month. With the clock set to [#START] and running at [#RATE] (one
/// real second is an hour) user `u1` passes 80 % of their quota after about 8 s and 100 % after
/// about 29 s; at 42 s IonQ raises the quota, which clears that breach; `u3` passes 80 % at about
/// 37 s; at 54 s the month ends and closes what is left. Two jobs of `u1` wait for a machine.
public final class DemoScenario implements Scenario {

  /// 54 hours before a month ends.
  public static final Instant START = Instant.parse("2027-01-29T18:00:00Z");

  /// Simulated seconds in a real one.
  public static final int RATE = 3600;

  private static final int HISTORY_DAYS = 28;

  @Override
  public void stage(Sandbox sandbox, Instant start) {
    stageIonq(sandbox, start);
    stageAnthropic(sandbox.anthropic(), start);
    stageGithub(sandbox.github(), start);
    stageGcore(sandbox, start);
  }

  private static void stageIonq(Sandbox sandbox, Instant start) {
    IonqTwin ionq = sandbox.ionq();
    ionq.organization("Corvid Quantum Lab").budget(new BigDecimal("3000"));
    ionq.member("u1")
        .person("Ines", "Faro", "ines@corvid.example")
        .quota(new BigDecimal("250"))
        .consumed(new BigDecimal("180"))
        .grows(new BigDecimal("2.4"));
    ionq.member("u2")
        .person("Tomo", null, "tomo@corvid.example")
        .quota(new BigDecimal("400"))
        .consumed(new BigDecimal("96.25"))
        .grows(new BigDecimal("0.35"));
    ionq.member("u3")
        .person("Mira", "Oday", "mira@corvid.example")
        .quota(new BigDecimal("600"))
        .consumed(new BigDecimal("432"))
        .grows(new BigDecimal("1.3"));
    ionq.member("64dd2177aa10fd9d001c0004")
        .person("Batch", "Runner", "batch@corvid.example")
        .quota(new BigDecimal("1000"))
        .consumed(new BigDecimal("310.5"))
        .grows(new BigDecimal("1.1"));
    ionq.member("64dd2177aa10fd9d001c0005").person("Guest", null, "guest@corvid.example");
    sandbox.ionqJobs().job("job-sweep-17", "u1", "sweeps", "submitted");
    sandbox.ionqJobs().job("job-sweep-18", "u1", "sweeps", "ready");
    sandbox
        .script()
        .at(start.plus(Duration.ofHours(42)), () -> ionq.member("u1").quota(new BigDecimal("400")));
  }

  /// Four weeks of even use, then as lively as before.
  private static void stageAnthropic(AnthropicTwin anthropic, Instant start) {
    var input = Line.tokens("ws-research", "claude-sonnet-5", "uncached_input_tokens");
    var output = Line.tokens("ws-research", "claude-sonnet-5", "output_tokens");
    var batch = Line.tokens(null, "claude-haiku-5", "output_tokens");
    for (int day = 1; day <= HISTORY_DAYS; day++) {
      Instant at = start.minus(Duration.ofDays(day));
      anthropic.spends(input, at, new BigDecimal("1240.31725").add(new BigDecimal(day * 7)));
      anthropic.spends(output, at, new BigDecimal("3310.5").add(new BigDecimal(day * 11)));
      anthropic.spends(batch, at, new BigDecimal("402.00417"));
    }
    anthropic.grows(input, new BigDecimal("55"));
    anthropic.grows(output, new BigDecimal("140"));
    anthropic.grows(batch, new BigDecimal("18"));
  }

  private static void stageGithub(GithubTwin github, Instant start) {
    LocalDate today = LocalDate.ofInstant(start, ZoneOffset.UTC);
    for (int day = 1; day <= HISTORY_DAYS; day++) {
      github.spends(linux(today.minusDays(day), "1834.5"));
      github.spends(mac(today.minusDays(day), "212"));
    }
    github.grows(linux(today, "0"), new BigDecimal("80"));
    github.grows(mac(today, "0"), new BigDecimal("9.5"));
    github.buildTime(Duration.ofMinutes(1));
  }

  private static UsageRow linux(LocalDate day, String minutes) {
    return UsageRow.actions(day, "actions_linux", "0.006", minutes, "corvid-labs", "widget");
  }

  private static UsageRow mac(LocalDate day, String minutes) {
    return UsageRow.actions(day, "actions_macos", "0.062", minutes, "corvid-labs", "ios-client");
  }

  /// A bill in two currencies, and a report task that fails after half a day.
  private static void stageGcore(Sandbox sandbox, Instant start) {
    GcoreTwin gcore = sandbox.gcore();
    LocalDate today = LocalDate.ofInstant(start, ZoneOffset.UTC);
    for (int day = 1; day <= HISTORY_DAYS; day++) {
      gcore.spends(20044, today.minusDays(day), "CDN", "EUR", new BigDecimal("118.2044"));
      gcore.spends(20044, today.minusDays(day), "Cloud", "USD", new BigDecimal("64"));
    }
    gcore.report("ResellerExpenses", "Completed");
    String failing = gcore.report("ResellerExpenses", "InProgress");
    sandbox
        .script()
        .at(
            start.plus(Duration.ofHours(12)),
            () -> gcore.status(failing, "Failed", "statistics unavailable"));
  }
}
