package dev.spendwarden.metrics;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The two text formats a scraper may ask for.
public enum Format {
  TEXT("text/plain; version=0.0.4; charset=utf-8"),
  OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

  private final String contentType;

  Format(String contentType) {
    this.contentType = contentType;
  }

  public String contentType() {
    return contentType;
  }

  /// The format of an `Accept` header: OpenMetrics when it is named with at least the weight of
  /// plain text, else the text format, which every scraper reads.
  public static Format negotiate(@Nullable String accept) {
    if (accept == null) {
      return TEXT;
    }
    double openMetrics = 0;
    double text = 0;
    for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      String type = range.split(";", 2)[0].strip();
      if (type.equals("application/openmetrics-text") && readable(range)) {
        openMetrics = Math.max(openMetrics, weight(range));
      } else if (type.equals("text/plain")) {
        text = Math.max(text, weight(range));
      }
    }
    return openMetrics > 0 && openMetrics >= text ? OPEN_METRICS : TEXT;
  }

  /// A version we do not write (2.0 and later) is not what was asked for.
  private static boolean readable(String range) {
    String version = parameter(range, "version");
    return version == null || version.startsWith("1.") || version.startsWith("0.0.1");
  }

  private static double weight(String range) {
    String q = parameter(range, "q");
    if (q == null) {
      return 1;
    }
    try {
      return Double.parseDouble(q);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static @Nullable String parameter(String range, String name) {
    for (String part : range.split(";", -1)) {
      String text = part.strip();
      if (text.startsWith(name + "=")) {
        return text.substring(name.length() + 1).replace("\"", "");
      }
    }
    return null;
  }
}
