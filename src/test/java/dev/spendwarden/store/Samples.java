package dev.spendwarden.store;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.RuleState;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.QuotaRevision;
import dev.spendwarden.ledger.ReportRevision;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.policy.Severity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Values for the store's tests: plain ones by hand and random ones from a seed.
final class Samples {

  static final Instant T0 = Instant.parse("2027-01-20T09:00:00Z");
  static final LocalDate DAY = LocalDate.parse("2027-01-20");

  private static final String[] AWKWARD = {
    "", " ", "a=b", "a,b", "\"", "\\", "\n", "\0", "'", "é", "漢字", "😀", "\uD800", "{}", "\u2028"
  };

  private Samples() {}

  static Dimensions user(String id) {
    return Dimensions.of(Dimension.USER, id);
  }

  static ChargeRevision charge(String source, Instant knownAt, LocalDate day, String net) {
    return new ChargeRevision(
        new Charge(
            source,
            ChargePeriod.ofUtcDay(day),
            user("u1"),
            Unit.USD,
            new BigDecimal(net),
            Optional.empty()),
        knownAt,
        false);
  }

  static QuotaRevision quota(String source, Instant knownAt, String user, String consumed) {
    return new QuotaRevision(
        new QuotaReading(
            source,
            user(user),
            Unit.QUOTA,
            Optional.of(new BigDecimal("250")),
            new BigDecimal(consumed)),
        knownAt,
        false);
  }

  static ReportRevision report(
      String source, Instant knownAt, String id, ReportStatus.State state, Instant updatedAt) {
    return new ReportRevision(
        new ReportStatus(
            source, id, "ResellerExpenses", state, false, updatedAt, updatedAt, "January"),
        knownAt);
  }

  static Posting posting(ChargeRevision... charges) {
    return new Posting(
        charges[0].charge().source(), charges[0].knownAt(), List.of(charges), List.of(), List.of());
  }

  static Posting posting(QuotaRevision... quotas) {
    return new Posting(
        quotas[0].reading().source(), quotas[0].knownAt(), List.of(), List.of(quotas), List.of());
  }

  static Posting posting(ReportRevision... reports) {
    return new Posting(
        reports[0].status().source(), reports[0].knownAt(), List.of(), List.of(), List.of(reports));
  }

  static Alert alert(String id, String budget, Instant periodStart, int episode) {
    return new Alert(
        id,
        "policy",
        budget,
        user("u1"),
        "fingerprint",
        periodStart,
        periodStart.plusSeconds(86_400),
        episode,
        1,
        Alert.State.FIRING,
        Severity.WARNING,
        Map.of("spent", new RuleState.Firing(periodStart, Optional.empty())),
        periodStart.plusSeconds(episode),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static Alert resolved(Alert alert, Instant endedAt) {
    return new Alert(
        alert.id(),
        alert.policy(),
        alert.budgetId(),
        alert.budgetLabels(),
        alert.policyFingerprint(),
        alert.periodStart(),
        alert.periodEnd(),
        alert.episode(),
        alert.ordinal() + 1,
        Alert.State.RESOLVED,
        alert.severity(),
        alert.rules(),
        alert.startedAt(),
        Optional.of(endedAt),
        Optional.of(Alert.Reason.RECOVERED),
        alert.ackedBy());
  }

  static Notification notification(
      String id, String receiver, String budget, long sequence, Instant due) {
    return new Notification(
        id,
        receiver,
        "alert.fired",
        Optional.of("alert-" + budget),
        Optional.of(budget),
        sequence,
        "{\"id\":\"" + id + "\"}",
        Notification.State.PENDING,
        0,
        Optional.empty(),
        T0,
        Optional.of(due),
        Optional.empty());
  }

  static Notification drill(String id, String receiver, Instant due) {
    return new Notification(
        id,
        receiver,
        "drill",
        Optional.empty(),
        Optional.empty(),
        1,
        "{}",
        Notification.State.PENDING,
        0,
        Optional.empty(),
        T0,
        Optional.of(due),
        Optional.empty());
  }

  static Notification delivered(Notification n, Instant at) {
    return changed(
        n, Notification.State.DELIVERED, Optional.empty(), Optional.empty(), Optional.of(at));
  }

  static Notification dead(Notification n) {
    return changed(
        n, Notification.State.DEAD, Optional.of("404"), Optional.empty(), Optional.empty());
  }

  static Notification retried(Notification n, Instant next) {
    return changed(
        n, Notification.State.PENDING, Optional.of("503"), Optional.of(next), Optional.empty());
  }

  private static Notification changed(
      Notification n,
      Notification.State state,
      Optional<String> error,
      Optional<Instant> next,
      Optional<Instant> deliveredAt) {
    return new Notification(
        n.id(),
        n.receiver(),
        n.type(),
        n.alertId(),
        n.budgetId(),
        n.sequence(),
        n.body(),
        state,
        n.attempts() + 1,
        error,
        n.createdAt(),
        next,
        deliveredAt);
  }

  static String text(Random random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(
          random.nextBoolean()
              ? AWKWARD[random.nextInt(AWKWARD.length)]
              : Character.toString(random.nextInt(0x20, 0xD7FF)));
    }
    return text.toString();
  }

  static Dimensions dimensions(Random random) {
    var values = new EnumMap<Dimension, String>(Dimension.class);
    for (int i = random.nextInt(4); i > 0; i--) {
      values.put(Dimension.values()[random.nextInt(Dimension.values().length)], text(random));
    }
    return Dimensions.of(values);
  }

  static BigDecimal decimal(Random random) {
    return new BigDecimal(new BigInteger(random.nextInt(1, 140), random), random.nextInt(-5, 40))
        .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1));
  }

  static Instant instant(Random random) {
    long seconds = random.nextLong(-62_167_219_200L, 253_402_300_800L);
    return Instant.ofEpochSecond(seconds, random.nextInt(1_000_000_000));
  }

  /// Round seconds, with nanoseconds, or none at all.
  static Optional<Instant> maybeInstant(Random random) {
    return random.nextBoolean() ? Optional.empty() : Optional.of(instant(random));
  }

  static Alert alert(Random random, String id) {
    var rules = new HashMap<String, RuleState>();
    for (int i = random.nextInt(4); i > 0; i--) {
      // Names come from YAML, which has no lone surrogates.
      rules.put(
          text(random).replace("\uD800", ""),
          random.nextBoolean()
              ? new RuleState.Pending(instant(random))
              : new RuleState.Firing(instant(random), maybeInstant(random)));
    }
    return new Alert(
        id,
        "policy-" + random.nextInt(3),
        "bud_" + random.nextInt(5),
        dimensions(random),
        Long.toHexString(random.nextLong()),
        instant(random),
        instant(random),
        random.nextInt(),
        random.nextInt(),
        oneOf(random, Alert.State.values()),
        oneOf(random, Severity.values()),
        rules,
        instant(random),
        maybeInstant(random),
        random.nextBoolean() ? Optional.empty() : Optional.of(oneOf(random, Alert.Reason.values())),
        random.nextBoolean() ? Optional.empty() : Optional.of("ada \"lovelace\"\n漢字"));
  }

  static Posting posting(Random random, String source, Instant knownAt) {
    var charges = new ArrayList<ChargeRevision>();
    var quotas = new ArrayList<QuotaRevision>();
    var reports = new ArrayList<ReportRevision>();
    for (int i = 0; i < random.nextInt(6); i++) {
      var period = ChargePeriod.ofUtcDay(DAY.plusDays(i));
      charges.add(
          new ChargeRevision(
              new Charge(
                  source,
                  period,
                  dimensions(random),
                  Unit.of(random.nextBoolean() ? "EUR" : "jobs"),
                  decimal(random),
                  random.nextBoolean() ? Optional.empty() : Optional.of(decimal(random))),
              knownAt,
              random.nextBoolean()));
    }
    for (int i = 0; i < random.nextInt(4); i++) {
      quotas.add(
          new QuotaRevision(
              new QuotaReading(
                  source,
                  user(i + text(random)),
                  Unit.QUOTA,
                  random.nextBoolean() ? Optional.empty() : Optional.of(decimal(random)),
                  decimal(random)),
              knownAt,
              random.nextBoolean()));
    }
    for (int i = 0; i < random.nextInt(3); i++) {
      reports.add(
          new ReportRevision(
              new ReportStatus(
                  source,
                  "task-" + i,
                  "type, \"quoted\"",
                  oneOf(random, ReportStatus.State.values()),
                  random.nextBoolean(),
                  instant(random),
                  instant(random),
                  "2027-01"),
              knownAt));
    }
    return new Posting(source, knownAt, charges, quotas, reports);
  }

  static <T> T oneOf(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }
}
