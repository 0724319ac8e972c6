package dev.spendwarden.app;

import dev.spendwarden.sources.github.Export;
import dev.spendwarden.sources.github.ExportStore;
import dev.spendwarden.store.Database;
import java.time.Instant;
import java.util.List;

/// The memory of exports, one transaction for each call.
record StoredExports(Database database) implements ExportStore {

  @Override
  public List<Export> exports(String source) {
    return database.read(ports -> ports.exports().exports(source));
  }

  @Override
  public void put(Export export) {
    database.transact(ports -> {
      ports.exports().put(export);
      return export;
    });
  }

  @Override
  public void forget(String source, Instant askedBefore) {
    database.transact(ports -> {
      ports.exports().forget(source, askedBefore);
      return source;
    });
  }
}
