package dev.spendwarden.sources.github;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// GitHub's kinds of usage report.
public enum ReportType {
  /// Every usage of every user.
  DETAILED(31, "username", "organization", "repository", "cost_center_name"),
  /// The same without users, for up to a year.
  SUMMARIZED(365, "organization", "repository", "cost_center_name"),
  /// Copilot's premium requests, which AI credits replaced in June 2026.
  PREMIUM_REQUEST(31, "username", "organization", "cost_center_name", "model"),
  /// Copilot's AI credits.
  AI_CREDIT(31, "username", "organization", "repository", "cost_center_name", "model");

  private static final List<String> COMMON = List.of("product", "sku");

  private final int maxDays;
  private final List<String> own;

  ReportType(int maxDays, String... own) {
    this.maxDays = maxDays;
    this.own = List.of(own);
  }

  /// As in the configuration, the interface and [dev.spendwarden.charge.Dimension#REPORT_TYPE].
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<ReportType> parse(String word) {
    return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
  }

  /// The longest range one export may span.
  int maxDays() {
    return maxDays;
  }

  /// Whether GitHub documents a column of names for files of this type.
  boolean hasColumn(String name) {
    return COMMON.contains(name) || own.contains(name);
  }
}
