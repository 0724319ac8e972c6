package dev.spendwarden.metrics;

import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.ReportStatus.State;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The family `spendwarden_reports`: how many of the report tasks of the snapshot are in which
/// status, each task counted once. A type that has been seen has all statuses, from zero on.
final class ReportSamples {

  /// Completed, but with errors or warnings.
  private static final String DEGRADED = "degraded";

  private ReportSamples() {}

  static void write(List<ReportStatus> reports, SampleWriter out) throws IOException {
    Map<String, Map<String, Integer>> counts = new TreeMap<>();
    for (ReportStatus report : reports) {
      counts.computeIfAbsent(labels(report), _ -> zeros()).merge(status(report), 1, Integer::sum);
    }
    out.gauges("spendwarden_reports", "Recent report tasks of a source by their status.");
    for (var entry : counts.entrySet()) {
      byte[] labels = SampleWriter.utf8(entry.getKey());
      for (var count : entry.getValue().entrySet()) {
        byte[] status = SampleWriter.utf8(new Labels().add("status", count.getKey()).toString());
        out.sample(labels, status, count.getValue());
      }
    }
  }

  private static String labels(ReportStatus report) {
    return new Labels().add("source", report.source()).add("type", report.type()).toString();
  }

  private static Map<String, Integer> zeros() {
    var zeros = new TreeMap<String, Integer>();
    for (State state : State.values()) {
      zeros.put(state.word(), 0);
    }
    zeros.put(DEGRADED, 0);
    return zeros;
  }

  private static String status(ReportStatus report) {
    return report.degraded() ? DEGRADED : report.state().word();
  }
}
