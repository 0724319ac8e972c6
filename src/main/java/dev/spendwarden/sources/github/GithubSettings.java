package dev.spendwarden.sources.github;

import dev.spendwarden.charge.Dimension;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// What a GitHub source is told.
///
/// @param name the source's configured name
/// @param baseUrl `https://api.github.com`, or a tenant's `https://api.SUBDOMAIN.ghe.com`
/// @param token asked before each poll, so that a rotated one takes effect
/// @param enterprise its slug
/// @param reports what is read, without repetition
/// @param exportPollInterval how soon a processing export is looked at for the first time
/// @param downloadHosts where report files may be fetched from; empty: GitHub's own
/// @param keep the dimensions charges have; the rest is summed
/// @param timeout for one whole answer of the interface; a file may take [#FILE_TIMEOUTS] times it
public record GithubSettings(
    String name,
    URI baseUrl,
    Supplier<String> token,
    String enterprise,
    List<ReportType> reports,
    Duration exportPollInterval,
    List<String> downloadHosts,
    List<Dimension> keep,
    Duration timeout) {

  /// With the usual 30 s: half an hour, in which 5 GB come at 3 MB/s.
  static final int FILE_TIMEOUTS = 60;

  public GithubSettings {
    if (!enterprise.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException("an enterprise slug is of letters, digits, '.', '_', '-'");
    }
    if (baseUrl.getRawQuery() != null || baseUrl.getRawFragment() != null) {
      throw new IllegalArgumentException("a base URL has no query and no fragment");
    }
    reports = reports.stream().distinct().sorted().toList();
    keep = keep.stream().distinct().sorted().toList();
    downloadHosts = List.copyOf(downloadHosts);
    if (reports.isEmpty()) {
      throw new IllegalArgumentException("a GitHub source reads at least one report");
    }
    for (Dimension dimension : keep) {
      if (!keepable().contains(dimension)) {
        throw new IllegalArgumentException("GitHub's reports have no " + dimension.word());
      }
    }
  }

  /// The dimensions that GitHub's reports can tell.
  public static List<Dimension> keepable() {
    return List.copyOf(Columns.NAMES.keySet());
  }

  /// See [Export#shape()].
  String shape() {
    return enterprise.toLowerCase(Locale.ROOT)
        + "|"
        + reports.stream().map(ReportType::word).collect(Collectors.joining(","))
        + "|"
        + keep.stream().map(Dimension::word).collect(Collectors.joining(","));
  }

  /// The longest range that all reports allow: they are read for the same days, so that a reading
  /// is complete for its days.
  int maxDays() {
    return reports.stream().mapToInt(ReportType::maxDays).min().orElseThrow();
  }
}
