package dev.spendwarden.notify;

import dev.spendwarden.policy.Period;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Numbers as people read them. Pure; the same everywhere, whatever the machine's language.
public final class Figures {

  /// To be copied, as one can be used by one thread only: a copy is made much sooner than a new
  /// one.
  private static final DecimalFormat AMOUNTS =
      new DecimalFormat("#,##0.##", DecimalFormatSymbols.getInstance(Locale.ROOT));

  private Figures() {}

  /// Grouped, with at most two decimals; one that would vanish at two decimals is shown in full.
  public static String amount(BigDecimal value) {
    BigDecimal rounded = value.setScale(Math.min(value.scale(), 2), RoundingMode.HALF_EVEN);
    if (rounded.signum() == 0 && value.signum() != 0) {
      return value.stripTrailingZeros().toPlainString();
    }
    return ((DecimalFormat) AMOUNTS.clone()).format(rounded);
  }

  /// With a sign in front, for a change.
  public static String change(BigDecimal value) {
    return (value.signum() > 0 ? "+" : "") + amount(value);
  }

  /// Rounded down, so that 100 % is said only of what is used up: "82 %".
  public static String percent(BigDecimal ratio) {
    return amount(ratio.movePointRight(2).setScale(1, RoundingMode.FLOOR)) + " %";
  }

  /// A pace: "6.2×".
  public static String times(BigDecimal factor) {
    return amount(factor) + "×";
  }

  /// The two largest units: "3 d 4 h".
  public static String duration(Duration duration) {
    if (duration.toDays() > 0) {
      return duration.toDays() + " d " + duration.toHoursPart() + " h";
    }
    return duration.toHours() > 0
        ? duration.toHours() + " h " + duration.toMinutesPart() + " min"
        : duration.toMinutes() + " min";
  }

  /// An instant of a body to the second, since nobody reads nanoseconds; as it stands where it is
  /// no instant.
  public static String moment(String instant) {
    try {
      return Instant.parse(instant).truncatedTo(ChronoUnit.SECONDS).toString();
    } catch (DateTimeParseException e) {
      return instant;
    }
  }

  /// Whether a period of a body has an end that is worth showing: one without an end by the
  /// calendar is told as ending in a far future.
  public static boolean isBounded(Body period) {
    return period.text("end").filter(end -> !end.equals(Period.FAR_FUTURE.toString())).isPresent();
  }
}
