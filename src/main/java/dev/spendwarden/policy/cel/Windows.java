package dev.spendwarden.policy.cel;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Windows as they are written everywhere in the configuration: `500ms 30s 5m 6h 3d 2w`.
final class Windows {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d|w)");

  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1),
          "w", Duration.ofDays(7));

  /// No store keeps more than ten years; a longer window is a slip of the pen.
  private static final Duration LONGEST = Duration.ofDays(3660);

  private Windows() {}

  /// Empty for another form, for zero and for more than ten years.
  static Optional<Duration> parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var unit = UNITS.getOrDefault(matcher.group(2), Duration.ZERO);
    var window = unit.multipliedBy(Long.parseLong(matcher.group(1)));
    boolean usable = window.isPositive() && window.compareTo(LONGEST) <= 0;
    return usable ? Optional.of(window) : Optional.empty();
  }
}
