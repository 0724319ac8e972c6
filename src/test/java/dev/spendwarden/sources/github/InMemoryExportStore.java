package dev.spendwarden.sources.github;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// An [ExportStore] for tests. What is put stays put, whatever becomes of the transaction around
/// it: the source uses one for each call.
public final class InMemoryExportStore implements ExportStore {

  private final List<Export> exports = new ArrayList<>();

  @Override
  public synchronized List<Export> exports(String source) {
    return exports.stream()
        .filter(export -> export.source().equals(source))
        .sorted(
            Comparator.comparing(Export::askedAt)
                .thenComparing(export -> export.type().word())
                .thenComparing(export -> export.range().first()))
        .toList();
  }

  @Override
  public synchronized void put(Export export) {
    exports.removeIf(export::isSameAs);
    exports.add(export);
  }

  @Override
  public synchronized void forget(String source, Instant askedBefore) {
    exports.removeIf(
        export -> export.source().equals(source) && export.askedAt().isBefore(askedBefore));
  }
}
