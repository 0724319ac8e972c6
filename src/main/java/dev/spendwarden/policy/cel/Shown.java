package dev.spendwarden.policy.cel;

import dev.spendwarden.policy.Truth;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Values as people read them.
final class Shown {

  static final String UNKNOWN = "unknown";
  private static final String INFINITE = "infinite";

  private static final int SIGNIFICANT_DIGITS = 6;

  /// Beyond this many digits on either side of the point an exponent is easier to read.
  private static final int PLAIN_DIGITS = 21;

  private Shown() {}

  static String truth(Truth truth) {
    return truth.name().toLowerCase(Locale.ROOT);
  }

  static String text(@Nullable String text) {
    return text == null ? UNKNOWN : text;
  }

  /// Up to six significant digits, but the whole part is never rounded away: `1234567.8` is shown
  /// as `1234568`, not as `1234570`.
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return notFinite(value);
    }
    var exact = new BigDecimal(Double.toString(value));
    int wholeDigits = exact.precision() - exact.scale();
    return plain(exact, Math.max(0, SIGNIFICANT_DIGITS - wholeDigits));
  }

  /// At most this many digits behind the point, without trailing zeros.
  static String number(double value, int decimals) {
    return Double.isFinite(value)
        ? plain(new BigDecimal(Double.toString(value)), decimals)
        : notFinite(value);
  }

  private static String plain(BigDecimal exact, int decimals) {
    var rounded = exact.setScale(decimals, RoundingMode.HALF_EVEN);
    if (rounded.signum() == 0) {
      return "0";
    }
    var stripped = rounded.stripTrailingZeros();
    boolean readable =
        stripped.precision() - stripped.scale() <= PLAIN_DIGITS && stripped.scale() <= PLAIN_DIGITS;
    return readable ? stripped.toPlainString() : stripped.toString();
  }

  /// The two largest units, rounded down: `3d 4h`, `5m 30s`, `12s`, `350ms`.
  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return notFinite(seconds);
    }
    if (seconds < 0) {
      String size = duration(-seconds);
      return size.equals("0s") ? size : "-" + size;
    }
    if (seconds < 1) {
      long millis = (long) (seconds * 1000);
      return millis == 0 ? "0s" : millis + "ms";
    }
    long whole = (long) seconds;
    if (whole >= 86_400) {
      return pair(whole / 86_400, "d", whole / 3_600 % 24, "h");
    }
    if (whole >= 3_600) {
      return pair(whole / 3_600, "h", whole / 60 % 60, "m");
    }
    return whole >= 60 ? pair(whole / 60, "m", whole % 60, "s") : whole + "s";
  }

  private static String pair(long large, String largeUnit, long small, String smallUnit) {
    String first = large + largeUnit;
    return small == 0 ? first : first + " " + small + smallUnit;
  }

  private static String notFinite(double value) {
    if (Double.isNaN(value)) {
      return UNKNOWN;
    }
    return value > 0 ? INFINITE : "-" + INFINITE;
  }
}
