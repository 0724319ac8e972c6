package dev.spendwarden.policy.yaml;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.yaml.PolicyTest.Given;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Reads one item of `given` in a policy test.
final class GivenReader {

  private static final List<String> KINDS =
      List.of("quota", "charge", "report", "fails_for", "silence");

  /// As many digits as amounts are promised to be exact to, on either side of the point.
  private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,37})(\\.[0-9]{1,38})?");

  private static final String A_NUMBER = "a number such as 250 or 0.75";
  private static final String AN_AMOUNT = "an amount with its unit such as 320 USD";

  /// What the providers call the states of a report task.
  private static final Map<String, ReportStatus.State> STATES = states();

  /// Of a charge; its source stands beside it, and its currency in its amount.
  private static final List<String> DIMENSIONS =
      Arrays.stream(Dimension.values())
          .filter(Dimension::isOfCharges)
          .filter(dimension -> dimension != Dimension.SOURCE && dimension != Dimension.CURRENCY)
          .map(Dimension::word)
          .toList();

  /// Sources of the policies under test.
  private final TreeSet<String> selected;

  GivenReader(TreeSet<String> selected) {
    this.selected = selected;
  }

  private static Map<String, ReportStatus.State> states() {
    var states = new LinkedHashMap<String, ReportStatus.State>();
    for (ReportStatus.State state : ReportStatus.State.values()) {
      states.put(state.word(), state);
    }
    states.put("processing", ReportStatus.State.PENDING);
    states.put("inprogress", ReportStatus.State.PENDING);
    states.put("in_progress", ReportStatus.State.PENDING);
    states.put("canceled", ReportStatus.State.CANCELLED);
    return states;
  }

  /// Empty, with a problem, when something is wrong with it.
  Optional<Given> read(YamlMapping item) {
    int before = item.problems().errorCount();
    Optional<Instant> at = item.require("at").flatMap(YamlValue::instant);
    List<String> kinds = KINDS.stream().filter(item::has).toList();
    if (kinds.size() != 1) {
      // Asked for, so that what is there is not also reported as unknown.
      KINDS.forEach(item::find);
      item.find("source");
      item.finish();
      boolean mistyped = item.problems().errorCount() > before;
      if (!kinds.isEmpty() || !mistyped) {
        item.problems()
            .error(item.place(), "exactly one of " + String.join(", ", KINDS) + " must be given");
      }
      return Optional.empty();
    }
    String source = kinds.getFirst().equals("silence") ? "" : readSource(item);
    Instant when = at.orElse(Instant.EPOCH);
    Optional<Given> given =
        switch (kinds.getFirst()) {
          case "quota" -> item.mapping("quota").flatMap(quota -> readQuota(quota, when, source));
          case "charge" ->
              item.mapping("charge").flatMap(charge -> readCharge(charge, when, source));
          case "report" ->
              item.mapping("report").flatMap(report -> readReport(report, when, source));
          case "fails_for" ->
              item.duration("fails_for", Duration.ofMillis(1), Durations.LONGEST)
                  .map(length -> new Given.Failure(when, source, length));
          default -> item.mapping("silence").flatMap(silence -> readSilence(silence, when));
        };
    item.finish();
    return item.problems().errorCount() == before ? given : Optional.empty();
  }

  private String readSource(YamlMapping item) {
    String source = item.requiredText("source");
    if (!source.isEmpty() && !selected.contains(source)) {
      // Sources that no policy selects are allowed; a near miss is hardly meant.
      String hint = Suggestion.text(source, selected);
      if (!hint.isEmpty()) {
        item.problems()
            .warning(
                item.placeOf("source"),
                "no policy of this test selects the source " + YamlValue.quote(source) + hint);
      }
    }
    return source;
  }

  private static Optional<Given> readQuota(YamlMapping quota, Instant at, String source) {
    Optional<String> user = quota.find("user").flatMap(YamlValue::scalar);
    Optional<Unit> unit = quota.find("unit").flatMap(GivenReader::readUnit);
    Optional<BigDecimal> limit = quota.find("limit").flatMap(value -> readNumber(value, A_NUMBER));
    Optional<BigDecimal> consumed =
        quota.require("consumed").flatMap(value -> readNumber(value, A_NUMBER));
    quota.finish();
    Dimensions scope = user.map(id -> Dimensions.of(Dimension.USER, id)).orElse(Dimensions.NONE);
    return consumed.map(value ->
        new Given.Quota(at, new QuotaReading(source, scope, unit.orElse(Unit.USD), limit, value)));
  }

  private static Optional<Unit> readUnit(YamlValue value) {
    Optional<String> code = value.text();
    if (code.isPresent() && !Unit.isValid(code.get())) {
      return value.wrong("a currency such as USD or a quantity such as premium_requests");
    }
    return code.map(Unit::of);
  }

  private static Optional<Given> readCharge(YamlMapping charge, Instant at, String source) {
    Optional<LocalDate> day = charge.require("day").flatMap(YamlValue::date);
    Optional<Amount> net = charge.require("amount").flatMap(GivenReader::readAmount);
    Optional<Amount> gross = charge.find("gross").flatMap(value -> readGross(value, net));
    Dimensions dimensions = readDimensions(charge);
    charge.finish();
    if (day.isEmpty() || net.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Given.Spend(
            at,
            new Charge(
                source,
                ChargePeriod.ofUtcDay(day.get()),
                dimensions,
                net.get().unit(),
                net.get().value(),
                gross.map(Amount::value))));
  }

  /// `320 USD`; corrections are negative.
  private static Optional<Amount> readAmount(YamlValue value) {
    Optional<String> text = value.scalar();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = text.get().strip().split(" +", -1);
    if (parts.length != 2 || !NUMBER.matcher(parts[0]).matches() || !Unit.isValid(parts[1])) {
      return value.wrong(AN_AMOUNT);
    }
    return Optional.of(Amount.of(parts[0], Unit.of(parts[1])));
  }

  /// With its unit or, being of the same charge, without.
  private static Optional<Amount> readGross(YamlValue value, Optional<Amount> net) {
    Unit unit = net.map(Amount::unit).orElse(Unit.USD);
    if (value.scalar().filter(text -> NUMBER.matcher(text).matches()).isPresent()) {
      return readNumber(value, AN_AMOUNT).map(number -> new Amount(number, unit));
    }
    Optional<Amount> gross = readAmount(value);
    if (gross.isPresent() && net.isPresent() && !gross.get().unit().equals(unit)) {
      return value.wrong("in the unit of 'amount', " + unit);
    }
    return gross;
  }

  private static Dimensions readDimensions(YamlMapping charge) {
    var values = new EnumMap<Dimension, String>(Dimension.class);
    var keys = List.of("day", "amount", "gross");
    var entries = new LinkedHashMap<>(charge.entries());
    entries.keySet().removeAll(keys);
    entries.forEach((word, value) -> {
      Optional<Dimension> dimension = Dimension.parse(word);
      if (dimension.isEmpty() || !dimension.get().isOfCharges()) {
        var allowed = new TreeSet<>(DIMENSIONS);
        allowed.addAll(keys);
        charge
            .problems()
            .error(
                charge.placeOf(word),
                "unknown key " + YamlValue.quote(word) + Suggestion.of(word, allowed));
        return;
      }
      switch (dimension.get()) {
        case SOURCE ->
            charge.problems().error(charge.placeOf(word), "'source' stands beside 'charge'");
        case CURRENCY ->
            charge.problems().error(charge.placeOf(word), "the currency stands in 'amount'");
        default -> value.scalar().ifPresent(text -> values.put(dimension.get(), text));
      }
    });
    return Dimensions.of(values);
  }

  private static Optional<Given> readReport(YamlMapping report, Instant at, String source) {
    String type = report.requiredText("type");
    Optional<String> id = report.find("id").flatMap(YamlValue::scalar);
    Optional<ReportStatus.State> state = report.require("status").flatMap(GivenReader::readStatus);
    boolean degraded = report.flag("degraded", false);
    report.finish();
    return state.map(s -> new Given.Report(at, source, type, id, s, degraded));
  }

  private static Optional<ReportStatus.State> readStatus(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    ReportStatus.State state = STATES.get(text.get().toLowerCase(Locale.ROOT));
    return state == null
        ? value.wrong("one of Pending, Completed, Failed, Cancelled")
        : Optional.of(state);
  }

  private static Optional<Given> readSilence(YamlMapping silence, Instant at) {
    Map<String, Set<String>> match = readMatch(silence);
    Optional<Duration> length =
        silence
            .require("for")
            .flatMap(value -> value.duration(Duration.ofMillis(1), Durations.LONGEST));
    silence.text("comment");
    silence.finish();
    return length.map(l -> new Given.Silenced(at, match, l));
  }

  private static Map<String, Set<String>> readMatch(YamlMapping silence) {
    var match = new TreeMap<String, Set<String>>();
    Optional<YamlMapping> found = silence.require("match").flatMap(YamlValue::mapping);
    if (found.isPresent() && found.get().entries().isEmpty()) {
      found.get().problems().error(silence.placeOf("match"), "'match' names no label");
    }
    found
        .map(YamlMapping::entries)
        .orElse(Map.of())
        .forEach((label, value) -> {
          var values = new LinkedHashSet<String>();
          value.oneOrMore().forEach(item -> item.scalar().ifPresent(values::add));
          match.put(label, values);
        });
    return match;
  }

  /// Exact to more digits than configurations need, for tests go to the limits.
  private static Optional<BigDecimal> readNumber(YamlValue value, String expected) {
    Optional<String> text = value.scalar();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return NUMBER.matcher(text.get()).matches()
        ? Optional.of(new BigDecimal(text.get()))
        : value.wrong(expected);
  }
}
