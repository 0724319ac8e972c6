package dev.spendwarden.sources.ionq;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The organization report mapped to a reading. Pure.
///
/// `qpus[]` and `members[]` are two cuts of one spend: the first becomes charges, the second quota
/// readings, and they are never added. Names, addresses and counts of jobs are left where they are.
final class IonqReport {

  private final IonqSettings settings;
  private final IonqWindow.Dates asked;
  private final Instant now;

  private IonqReport(IonqSettings settings, IonqWindow.Dates asked, Instant now) {
    this.settings = settings;
    this.asked = asked;
    this.now = now;
  }

  /// @param asked the dates that were asked for
  /// @throws MalformedAnswer when the report is not what was asked for or lacks what every report
  ///   has: a part of it is never taken for the whole
  static Reading read(byte[] body, IonqSettings settings, IonqWindow.Dates asked, Instant now)
      throws MalformedAnswer {
    return new IonqReport(settings, asked, now).reading(JsonReader.read(body));
  }

  /// What a window that is over came to: its charges alone. The counters beside them are of the
  /// present, whatever dates were asked for, or of a period that has none any more.
  static List<Charge> closed(
      byte[] body, IonqSettings settings, IonqWindow.Dates asked, Instant now)
      throws MalformedAnswer {
    var reader = new IonqReport(settings, asked, now);
    JsonField report = JsonReader.read(body);
    reader.checkEcho(report);
    return reader.charges(report.field("qpus"), unit(report.field("currency")), asked.span());
  }

  private Reading reading(JsonField report) throws MalformedAnswer {
    checkEcho(report);
    Unit unit = unit(report.field("currency"));
    ChargePeriod window = asked.span();
    List<Charge> charges = charges(report.field("qpus"), unit, window);
    List<QuotaReading> quotas = new ArrayList<>();
    quotas.add(account(report, unit, charges));
    quotas.addAll(members(report.field("members"), unit));
    return new Reading(
        settings.name(),
        now,
        charges,
        quotas,
        List.of(),
        List.of(window),
        Reading.Vanished.MISSING);
  }

  // A report about other dates or another organization holds plausible figures, which is worse than
  // none.
  private void checkEcho(JsonField report) throws MalformedAnswer {
    checkDate(report.field("start_date"), asked.first());
    checkDate(report.field("end_date"), asked.last());
    JsonField id = report.field("organization_id");
    Optional<String> organization = id.optionalText();
    if (organization.isPresent() && !organization.get().equalsIgnoreCase(settings.organization())) {
      throw id.malformed("the report is about another organization than the one asked for");
    }
  }

  private static void checkDate(JsonField echoed, LocalDate asked) throws MalformedAnswer {
    Optional<String> date = echoed.optionalText();
    if (date.isPresent() && !date.get().equals(asked.toString())) {
      throw echoed.malformed("the report is about other dates, " + asked + " was asked for");
    }
  }

  private static Unit unit(JsonField currency) throws MalformedAnswer {
    Optional<String> code = currency.optionalText();
    if (code.isEmpty()) {
      return Unit.QUOTA;
    }
    // IonQ's newer interface writes `usd`.
    String upper = code.get().toUpperCase(Locale.ROOT);
    if (!upper.matches("[A-Z]{3}")) {
      throw currency.malformed("not a currency of three letters");
    }
    return Unit.of(upper);
  }

  private List<Charge> charges(JsonField qpus, Unit unit, ChargePeriod window)
      throws MalformedAnswer {
    List<Charge> charges = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonField qpu : qpus.items()) {
      String name = identifier(qpu.field("qpu_name"), names);
      BigDecimal usage = qpu.field("usage").number();
      charges.add(
          new Charge(
              settings.name(),
              window,
              Dimensions.of(Dimension.QPU, name),
              unit,
              usage,
              Optional.empty()));
    }
    return charges;
  }

  private QuotaReading account(JsonField report, Unit unit, List<Charge> charges)
      throws MalformedAnswer {
    Optional<BigDecimal> budget = limit(report.field("budget"));
    BigDecimal consumed =
        switch (settings.balanceMeans()) {
          // Told that the balance counts, we do not quietly fall back to something else.
          case REMAINING -> report.field("budget").number().subtract(balance(report));
          case SPENT -> balance(report);
          case IGNORE -> charges.stream().map(Charge::net).reduce(BigDecimal.ZERO, BigDecimal::add);
        };
    return new QuotaReading(settings.name(), Dimensions.NONE, unit, budget, consumed);
  }

  private static BigDecimal balance(JsonField report) throws MalformedAnswer {
    return report.field("balance").number();
  }

  private List<QuotaReading> members(JsonField members, Unit unit) throws MalformedAnswer {
    List<QuotaReading> quotas = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (JsonField member : members.items()) {
      String id = identifier(member.field("id"), ids);
      Optional<BigDecimal> limit = limit(member.field("quota"));
      JsonField consumed = member.field("quota_consumed");
      // A member without a quota and without a figure has no reading; one that had a figure before
      // then counts as missing, which holds that budget and nobody else's. But null where a quota
      // says that there should be a figure: IonQ could not work it out, and the whole report is in
      // doubt.
      boolean figure = consumed.value() != null && (limit.isPresent() || !consumed.isMissing());
      if (figure) {
        quotas.add(
            new QuotaReading(
                settings.name(),
                Dimensions.of(Dimension.USER, id),
                unit,
                limit,
                consumed.number()));
      }
    }
    return quotas;
  }

  // Absent: not known. Zero: blocked.
  private static Optional<BigDecimal> limit(JsonField field) throws MalformedAnswer {
    Optional<BigDecimal> limit = field.optionalNumber();
    if (limit.isPresent() && limit.get().signum() < 0) {
      throw field.malformed("a limit below zero");
    }
    return limit;
  }

  private static String identifier(JsonField field, Set<String> seen) throws MalformedAnswer {
    String text = field.text();
    if (text.isBlank()) {
      throw field.malformed("empty");
    }
    if (!seen.add(text)) {
      throw field.malformed("stands there twice");
    }
    return text;
  }
}
