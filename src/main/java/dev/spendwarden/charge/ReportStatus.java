package dev.spendwarden.charge;

import java.time.Instant;
import java.util.Locale;

/// The health of one export or report task at a provider.
///
/// @param id the provider's own id
/// @param type the provider's report type, the value of [Dimension#REPORT_TYPE]
/// @param degraded completed, but with errors or warnings
/// @param covers what the report is about (dates), for people
public record ReportStatus(
    String source,
    String id,
    String type,
    State state,
    boolean degraded,
    Instant createdAt,
    Instant updatedAt,
    String covers) {

  public enum State {
    PENDING,
    COMPLETED,
    FAILED,
    CANCELLED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
