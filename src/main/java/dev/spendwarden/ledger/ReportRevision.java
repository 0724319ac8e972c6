package dev.spendwarden.ledger;

import dev.spendwarden.charge.ReportStatus;
import java.time.Instant;

/// One state of a report task and the instant from which it was known.
public record ReportRevision(ReportStatus status, Instant knownAt) {}
