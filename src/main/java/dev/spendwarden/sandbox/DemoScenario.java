package dev.spendwarden.sandbox;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

/// A laboratory at the end of a month. With the clock set to [#START] and running at [#RATE] (one
/// real second is an hour) user `u1` passes 80 % of their quota after about 8 s and 100 % after
/// about 29 s; at 42 s IonQ raises the quota, which clears that breach; `u3` passes 80 % at about
/// 37 s; at 54 s the month ends and closes what is left.
public final class DemoScenario implements Scenario {

  /// 54 hours before a month ends.
  public static final Instant START = Instant.parse("2027-01-29T18:00:00Z");

  /// Simulated seconds in a real one.
  public static final int RATE = 3600;

  @Override
  public void stage(Sandbox sandbox, Instant start) {
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
    sandbox
        .script()
        .at(start.plus(Duration.ofHours(42)), () -> ionq.member("u1").quota(new BigDecimal("400")));
  }
}
