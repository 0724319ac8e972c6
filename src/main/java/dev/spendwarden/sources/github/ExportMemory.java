package dev.spendwarden.sources.github;

import dev.spendwarden.charge.ReportStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What one source has asked for, as the store has it. Every change is stored before it counts.
final class ExportMemory {

  /// No provider's history and no budget's period that is still open reaches further back.
  static final Duration REMEMBERED = Duration.ofDays(400);

  /// An export that was not read by then is made anew: its figures are old, and so is what we know
  /// of it. Six exports that take their longest fit in.
  static final Duration OF_USE = Duration.ofHours(3);

  private final ExportStore store;
  private final String source;
  private final String shape;
  private final List<Export> exports;

  private ExportMemory(ExportStore store, String source, String shape, List<Export> exports) {
    this.store = store;
    this.source = source;
    this.shape = shape;
    this.exports = exports;
  }

  static ExportMemory load(ExportStore store, GithubSettings settings) {
    String source = settings.name();
    return new ExportMemory(
        store, source, settings.shape(), new ArrayList<>(store.exports(source)));
  }

  /// Days whose charges, in today's shape, are in the ledger.
  ///
  /// @param reports a day counts when all of them were read
  List<ReadPlan.Read> read(List<ReportType> reports) {
    // Reports of a range are read together, so that the first one stands for all.
    return exports.stream()
        .filter(export -> export.state() == Export.State.READ)
        .filter(export -> export.shape().equals(shape) && export.type() == reports.getFirst())
        .map(export -> new ReadPlan.Read(export.range(), export.asOf()))
        .toList();
  }

  /// Lets go of what `wanted` no longer asks for and of what is too old, for good.
  void begin(List<DateRange> wanted, Instant now) {
    for (Export export : List.copyOf(exports)) {
      boolean ofUse =
          export.shape().equals(shape)
              && wanted.contains(export.range())
              && export.askedAt().plus(OF_USE).isAfter(now);
      if (export.isOpen() && !ofUse) {
        put(export.withState(Export.State.DROPPED, now));
      }
    }
    Instant before = now.minus(REMEMBERED);
    if (exports.removeIf(export -> export.askedAt().isBefore(before))) {
      store.forget(source, before);
    }
  }

  /// The export of this report and these days that is under way or waits to be read.
  Optional<Export> open(ReportType type, DateRange range) {
    return exports.stream()
        .filter(export -> export.isOpen() && export.type() == type && export.range().equals(range))
        .max(Comparator.comparing(Export::askedAt));
  }

  Export intend(ReportType type, DateRange range, Instant now) {
    return put(Export.intended(source, shape, type, range, now));
  }

  Export put(Export changed) {
    store.put(changed);
    exports.removeIf(changed::isSameAs);
    exports.add(changed);
    return changed;
  }

  /// Whether the id is one that was already dealt with.
  boolean isPast(String id) {
    return exports.stream()
        .anyMatch(export -> !export.isOpen() && export.id().equals(Optional.of(id)));
  }

  /// The exports GitHub knows of that changed since `since`, as they stand.
  List<ReportStatus> statuses(Instant since) {
    return exports.stream()
        .filter(export -> export.id().isPresent() && !export.stateSince().isBefore(since))
        .map(ExportMemory::status)
        .toList();
  }

  private static ReportStatus status(Export export) {
    ReportStatus.State state =
        switch (export.state()) {
          case ASKED, PROCESSING -> ReportStatus.State.PENDING;
          case COMPLETED, READ -> ReportStatus.State.COMPLETED;
          case FAILED -> ReportStatus.State.FAILED;
          case DROPPED -> ReportStatus.State.CANCELLED;
        };
    return new ReportStatus(
        export.source(),
        export.id().orElseThrow(),
        export.type().word(),
        state,
        false,
        export.createdAt().orElse(export.askedAt()),
        export.stateSince(),
        export.range().toString());
  }
}
