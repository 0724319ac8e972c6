package dev.spendwarden.alert;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Estimate;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/// A made-up life of three sources under policies of every kind: counters that grow in bursts, are
/// restated, reset and left out; daily bills that come late, are restated and withdrawn; a total of
/// the month; polls that fail, nights without any, month's ends; waivers and silences.
final class RandomHistory {

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: quota
          select: { source: lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          waivers: [{ until: 2027-01-20T10:17:00Z, raise: 30 USD, reason: r, by: b }]
          rules:
            - { name: near, when: used >= 0.8, for: 20m, keep_firing_for: 15m, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
            - { name: hot, when: "burn('1h') > 4.0 && burn('6h') > 2.0", for: 5m, severity: warning }
            - { name: jumped, when: "change('1h', '6h') > 1.0", severity: info }
        - name: account
          select: { source: lab, kind: quota }
          budget: { limit: quota, period: { every: week, from: 3 }, zone: Europe/Berlin }
          rules:
            - { name: fast, when: "rate('2h') > 8.0 || increase('1d') > 60.0", keep_firing_for: 1h, severity: warning }
            - { name: wont-last, when: prob_over > 0.5, severity: warning }
        - name: bill
          select: { source: claude }
          per: [workspace]
          budget: { limit: 400 USD, period: month }
          data: { fresh_within: 5h }
          rules:
            - { name: near, when: used >= 0.6, severity: warning }
            - { name: hot, when: "burn('1d') > 1.5", severity: warning }
            - { name: by-the-hour, when: "burn('3h') > 2.0", severity: info }
            - { name: over, when: "forecast.p50 > limit", for: 30m, severity: critical }
        - name: both
          select: { source: [claude, meter] }
          budget: { limit: 900 USD, period: week }
          rules:
            - { name: near, when: used >= 0.5, severity: warning }
            - { name: pace, when: "burn('12h') > 1.2", severity: info }
        - name: steady
          select: { source: meter }
          budget: { limit: 1500 USD, period: month }
          rules:
            - { name: idle, when: "elapsed > 0.5 && used < 0.3", severity: info }
            - { name: soon, when: "runway < days(4) || age > hours(2)", severity: warning }
        - name: halfway
          select: { source: meter }
          budget: { limit: 900 USD, period: { every: week, from: 3 } }
          rules:
            - { name: idle, when: "elapsed > 0.5 && used < 0.3", severity: info }
            - { name: early, when: "0.25 >= elapsed && used > 0.1", severity: warning }
            - { name: neither, when: "elapsed > 2 || elapsed < -1", severity: critical }
        - name: rolling
          select: { source: claude }
          per: [workspace]
          budget: { limit: 60 USD, period: { rolling: 3d } }
          rules: [{ name: near, when: used >= 0.8, keep_firing_for: 2h, severity: warning }]
        - name: ever
          select: { source: meter }
          budget: { limit: 3000 USD, period: none }
          rules: [{ name: fast, when: "rate('4h') > 3.0", severity: warning }]
      """;

  private static final int USERS = 20;
  private static final int WORKSPACES = 4;

  private final Random random;
  private Instant now;
  private final Map<String, BigDecimal> consumed = new HashMap<>();
  private final Map<LocalDate, Map<String, BigDecimal>> billed = new HashMap<>();
  private BigDecimal meter = BigDecimal.ZERO;
  private LocalDate meterMonth;
  private int granted;

  RandomHistory(Random random, Instant start) {
    this.random = random;
    this.now = start;
    this.meterMonth = month(start);
  }

  /// @param what for people
  record Event(Instant at, String what, Function<Evaluation, Outcome> happens) {
    Outcome on(Evaluation evaluation) {
      return happens.apply(evaluation);
    }

    @Override
    public String toString() {
      return at + " " + what;
    }
  }

  static List<Policy> policies() {
    var problems = new Problems();
    YamlDocument document = YamlDocument.parse("history", POLICIES, problems).orElseThrow();
    List<Policy> policies =
        new PolicyReader(new CelConditions(), problems)
            .read(document).stream().map(entry -> entry.policy().orElseThrow()).toList();
    if (problems.hasErrors()) {
      throw new AssertionError(problems.list());
    }
    return policies;
  }

  static List<SourceTerms> terms() {
    return List.of(
        new SourceTerms("lab", Duration.ofHours(1)),
        new SourceTerms("claude", Duration.ofHours(8), true),
        new SourceTerms("meter", Duration.ofHours(2)));
  }

  Event next() {
    now = now.plusSeconds(pause());
    return switch (random.nextInt(12)) {
      case 0 -> failed();
      case 1 -> waived();
      case 2 -> silenced();
      case 3, 4, 5, 6 -> lab();
      case 7, 8, 9 -> claude();
      default -> meter();
    };
  }

  /// Mostly some minutes, now and then a night.
  private long pause() {
    return switch (random.nextInt(20)) {
      case 0 -> 3_600L * (4 + random.nextInt(30));
      case 1, 2, 3 -> 3_600 + random.nextInt(5_000);
      default -> 60 + random.nextInt(900);
    };
  }

  private Event failed() {
    String source = List.of("lab", "claude", "meter").get(random.nextInt(3));
    Instant at = now;
    return new Event(at, source + " fails", e -> e.failed(source, "server", at));
  }

  private Event waived() {
    Instant at = now;
    var waivers = new ArrayList<GrantedWaiver>();
    if (random.nextBoolean()) {
      boolean mute = random.nextBoolean();
      var waiver =
          new Policy.Waiver(
              at.plusSeconds(600 + random.nextInt(20_000)),
              mute ? Optional.empty() : Optional.of(Amount.of("40", Unit.USD)),
              mute,
              "reason",
              "ada",
              random.nextBoolean() ? Map.of() : Map.of("user", "u1"));
      String policy = List.of("quota", "bill", "both").get(random.nextInt(3));
      waivers.add(new GrantedWaiver("w" + granted++, policy, waiver));
    }
    return new Event(at, "waivers " + waivers, e -> e.waive(waivers, at));
  }

  private Event silenced() {
    Instant at = now;
    var silence =
        new Silence(
            "s" + granted++,
            Map.of("policy", Set.of(random.nextBoolean() ? "quota" : "bill")),
            at,
            at.plusSeconds(300 + random.nextInt(20_000)),
            "",
            "ada");
    return new Event(at, "silence " + silence.match(), e -> e.silence(silence, at));
  }

  private Event lab() {
    if (month(now).isAfter(meterMonth) && random.nextInt(4) > 0) {
      consumed.clear();
    }
    var quotas = new ArrayList<QuotaReading>();
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < USERS; i++) {
      String user = "u" + i;
      int grows = random.nextInt(25) == 0 ? random.nextInt(25) : random.nextInt(20) == 0 ? 1 : 0;
      int restated = random.nextInt(60) == 0 ? -3 : 0;
      BigDecimal value =
          consumed
              .getOrDefault(user, BigDecimal.ZERO)
              .add(BigDecimal.valueOf(grows + restated))
              .max(BigDecimal.ZERO);
      consumed.put(user, value);
      sum = sum.add(value);
      if (random.nextInt(40) > 0) {
        var limit =
            random.nextInt(50) == 0
                ? Optional.<BigDecimal>empty()
                : Optional.of(new BigDecimal(90));
        quotas.add(
            new QuotaReading("lab", Dimensions.of(Dimension.USER, user), Unit.USD, limit, value));
      }
    }
    quotas.add(
        new QuotaReading("lab", Dimensions.NONE, Unit.USD, Optional.of(new BigDecimal(400)), sum));
    return read(
        new Reading(
            "lab", asked(), List.of(), quotas, List.of(), List.of(), Reading.Vanished.MISSING));
  }

  private Event claude() {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    LocalDate first = today.minusDays(9);
    for (LocalDate day = first; day.isBefore(today); day = day.plusDays(1)) {
      Map<String, BigDecimal> row = billed.computeIfAbsent(day, d -> new HashMap<>());
      for (int i = 0; i < WORKSPACES; i++) {
        boolean fresh = !row.containsKey("ws-" + i);
        if (fresh && random.nextInt(3) > 0 || random.nextInt(150) == 0) {
          row.put("ws-" + i, BigDecimal.valueOf(random.nextInt(i == 0 ? 60 : 20)));
        } else if (random.nextInt(300) == 0) {
          row.remove("ws-" + i);
        }
      }
    }
    var charges = new ArrayList<Charge>();
    for (LocalDate day = first; day.isBefore(today); day = day.plusDays(1)) {
      ChargePeriod period = ChargePeriod.ofUtcDay(day);
      billed
          .get(day)
          .forEach((workspace, amount) -> charges.add(charge(period, workspace, amount)));
    }
    var covered = new ChargePeriod(day(first), day(today));
    return read(
        new Reading(
            "claude",
            asked(),
            charges,
            List.of(),
            List.of(),
            List.of(covered),
            random.nextBoolean() ? Reading.Vanished.WITHDRAWN : Reading.Vanished.MISSING,
            random.nextInt(5) == 0 ? Optional.empty() : Optional.of(estimate())));
  }

  private Estimate estimate() {
    Instant hour = now.truncatedTo(ChronoUnit.HOURS);
    var covered = new ChargePeriod(hour.minus(Duration.ofHours(12)), hour);
    var charges = new ArrayList<Charge>();
    for (int back = 1; back <= 12; back++) {
      Instant start = hour.minus(Duration.ofHours(back));
      var period = new ChargePeriod(start, start.plus(Duration.ofHours(1)));
      // The same hour says the same whenever it is asked for.
      long amount = Math.floorMod(start.getEpochSecond() / 3_600 * 7, 5);
      charges.add(charge(period, "ws-0", BigDecimal.valueOf(amount)));
    }
    return new Estimate(covered, charges);
  }

  private static Charge charge(ChargePeriod period, String workspace, BigDecimal amount) {
    return Charge.of(
        "claude",
        period,
        Dimensions.of(Dimension.WORKSPACE, workspace),
        new Amount(amount, Unit.USD));
  }

  private Event meter() {
    if (month(now).isAfter(meterMonth)) {
      meterMonth = month(now);
      meter = BigDecimal.ZERO;
    }
    meter = meter.add(BigDecimal.valueOf(random.nextInt(3) == 0 ? random.nextInt(40) : 0));
    var period = new ChargePeriod(day(meterMonth), day(meterMonth.plusMonths(1)));
    var total = Charge.of("meter", period, Dimensions.NONE, new Amount(meter, Unit.USD));
    return read(
        new Reading(
            "meter",
            asked(),
            List.of(total),
            List.of(),
            List.of(),
            List.of(period),
            Reading.Vanished.MISSING));
  }

  private Event read(Reading reading) {
    Instant at = now;
    return new Event(at, reading.source() + " answers", e -> e.accept(reading, at));
  }

  /// An answer takes its time.
  private Instant asked() {
    return now.minusMillis(random.nextInt(3_000));
  }

  private static LocalDate month(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC).withDayOfMonth(1);
  }

  private static Instant day(LocalDate date) {
    return date.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
