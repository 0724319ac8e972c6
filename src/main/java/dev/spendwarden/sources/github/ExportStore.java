package dev.spendwarden.sources.github;

import java.time.Instant;
import java.util.List;

/// Remembers what was asked of GitHub, so that neither a lost answer nor a restart asks twice.
/// Every call is a transaction of its own and durable when it returns. Blocking; thread-safe.
public interface ExportStore {

  /// Everything that is remembered of a source, oldest ask first.
  List<Export> exports(String source);

  /// Adds an export, or replaces the one that is the same ask.
  void put(Export export);

  /// Forgets what was asked for before `askedBefore`.
  void forget(String source, Instant askedBefore);
}
