package dev.spendwarden.simulation;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The providers: what was really used, and what they say of it when they are asked.
///
/// Bills tell of days, late, and change their mind about them (up, down, withdrawn). The counter
/// goes up through the month, is corrected now and then, starts again at the month's end, and
/// leaves a user out when it has a bad day. All of them fail: once, or for days on end.
final class Providers {

  private static final LocalDate FIRST_DAY = LocalDate.of(2027, 1, 1);
  private static final List<String> USERS = List.of("u1", "u2");
  private static final List<String> WORKSPACES = List.of("ws-a", "ws-b");
  private static final BigDecimal QUOTA = new BigDecimal("100");
  private static final List<String> REASONS =
      List.of("server", "timeout", "rate_limited", "partial", "auth", "malformed");

  /// What a poll comes to.
  sealed interface Answer {
    String source();

    record Complete(Reading reading) implements Answer {
      @Override
      public String source() {
        return reading.source();
      }
    }

    record Failed(String source, String reason) implements Answer {}
  }

  private record Bill(LocalDate day, String workspace) {}

  /// What a workspace comes to on a day.
  private static final class Item {
    double amount;
    Instant published = Instant.MIN;
    boolean withdrawn;
  }

  private static final class Meter {
    double consumed;
    double perHour;
    YearMonth month = YearMonth.from(FIRST_DAY);
  }

  private final Dice dice;
  private final Map<String, Instant> troubledUntil = new HashMap<>();
  private final Map<String, Map<Bill, Item>> bills = new HashMap<>();
  private final Map<String, Double> pace = new HashMap<>();
  private final Map<String, Meter> meters = new TreeMap<>();
  private Instant counted;

  Providers(long seed, Instant start) {
    dice = new Dice(seed, "providers");
    counted = start;
    for (String source : List.of(Plan.BILLS_A, Plan.BILLS_B)) {
      bills.put(
          source,
          new TreeMap<>((a, b) -> {
            int byDay = a.day().compareTo(b.day());
            return byDay != 0 ? byDay : a.workspace().compareTo(b.workspace());
          }));
      WORKSPACES.forEach(name -> pace.put(source + name, dice.between(15, 55)));
    }
    for (String user : USERS) {
      var meter = new Meter();
      meter.perHour = dice.between(0.1, 0.4);
      meter.consumed = dice.between(0, 60);
      meters.put(user, meter);
    }
  }

  Answer ask(String source, Instant now) {
    if (now.isBefore(troubledUntil.getOrDefault(source, Instant.MIN)) || dice.chance(0.04)) {
      return new Answer.Failed(source, dice.pick(REASONS));
    }
    if (dice.chance(0.015)) {
      troubledUntil.put(source, now.plus(dice.between(Duration.ofHours(2), Duration.ofHours(70))));
    }
    return new Answer.Complete(source.equals(Plan.COUNTER) ? counters(now) : bills(source, now));
  }

  private Reading counters(Instant now) {
    double hours = Duration.between(counted, now).toMinutes() / 60.0;
    counted = now;
    YearMonth month = YearMonth.from(now.atOffset(ZoneOffset.UTC));
    var quotas = new ArrayList<QuotaReading>();
    meters.forEach((user, meter) -> {
      if (!month.equals(meter.month)) {
        meter.month = month;
        meter.consumed = 0;
      }
      meter.consumed += hours * meter.perHour * dice.between(0, 2);
      if (dice.chance(0.03)) {
        meter.consumed *= dice.between(0.4, 1);
      }
      if (!dice.chance(0.03)) {
        quotas.add(
            new QuotaReading(
                Plan.COUNTER,
                Dimensions.of(Dimension.USER, user),
                Unit.QUOTA,
                Optional.of(QUOTA),
                exact(meter.consumed)));
      }
    });
    return new Reading(
        Plan.COUNTER, now, List.of(), quotas, List.of(), List.of(), Reading.Vanished.MISSING);
  }

  private Reading bills(String source, Instant now) {
    Map<Bill, Item> known = bills.get(source);
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    for (LocalDate day = FIRST_DAY; !day.isAfter(today); day = day.plusDays(1)) {
      for (String workspace : WORKSPACES) {
        LocalDate of = day;
        Item item =
            known.computeIfAbsent(
                new Bill(day, workspace), bill -> born(pace.get(source + workspace), of, now));
        if (day.isAfter(today.minusDays(6)) && dice.chance(0.02)) {
          item.amount *= dice.between(0.2, 2);
          item.withdrawn = dice.chance(0.1);
        }
      }
    }
    var charges = new ArrayList<Charge>();
    known.forEach((bill, item) -> {
      if (!item.withdrawn && !now.isBefore(item.published)) {
        charges.add(
            Charge.of(
                source,
                ChargePeriod.ofUtcDay(bill.day()),
                Dimensions.of(Dimension.WORKSPACE, bill.workspace()),
                new Amount(exact(item.amount * shareGone(bill.day(), now)), Unit.USD)));
      }
    });
    return new Reading(
        source,
        now,
        charges,
        List.of(),
        List.of(),
        List.of(covered(today)),
        Reading.Vanished.WITHDRAWN);
  }

  static ChargePeriod covered(LocalDate today) {
    return new ChargePeriod(
        FIRST_DAY.atStartOfDay().toInstant(ZoneOffset.UTC),
        today.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
  }

  private Item born(double daily, LocalDate day, Instant now) {
    var item = new Item();
    item.amount = daily * dice.between(0.2, 1.8);
    if (dice.chance(0.15)) {
      Instant end = day.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC);
      item.published =
          end.isBefore(now)
              ? now
              : end.plus(dice.between(Duration.ofHours(1), Duration.ofHours(60)));
    }
    return item;
  }

  private static double shareGone(LocalDate day, Instant now) {
    Instant start = day.atStartOfDay().toInstant(ZoneOffset.UTC);
    return Math.min(1, Duration.between(start, now).toMinutes() / 1440.0);
  }

  private static BigDecimal exact(double value) {
    return BigDecimal.valueOf(value).setScale(4, RoundingMode.HALF_UP);
  }
}
