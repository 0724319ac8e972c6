package dev.spendwarden.store;

import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Names;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.LedgerStore;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.QuotaRevision;
import dev.spendwarden.ledger.ReportRevision;
import dev.spendwarden.ledger.SourceStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Revisions and source statuses, in SQL that SQLite and PostgreSQL both speak.
final class SqlLedgerStore implements LedgerStore {

  private static final String ADD_CHARGE =
      """
      INSERT INTO charge_revision
        (source_id, dimensions_id, period_start, period_end, unit, known_at, net, gross, vanished)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
      """;

  private static final String ADD_QUOTA =
      """
      INSERT INTO quota_revision
        (source_id, dimensions_id, unit, known_at, quota_limit, consumed, vanished)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
      """;

  private static final String ADD_REPORT =
      """
      INSERT INTO report_revision
        (source_id, report_id, known_at, report_type, state, degraded, created_at, updated_at,
         covers)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
      """;

  private final Handle handle;
  private final InternedTexts texts;

  /// @param texts the ids known so far, used by one transaction at a time
  SqlLedgerStore(Handle handle, InternedTexts texts) {
    this.handle = handle;
    this.texts = texts;
  }

  /// To be called when a transaction was rolled back.
  void forget() {
    texts.forget();
  }

  @Override
  public void append(Posting posting) {
    if (posting.isEmpty()) {
      return;
    }
    refuseForeignRevisions(posting);
    var written = new HashMap<Dimensions, String>();
    posting
        .charges()
        .forEach(r -> written.computeIfAbsent(r.charge().dimensions(), StoredJson::write));
    posting.quotas().forEach(r -> written.computeIfAbsent(r.reading().scope(), StoredJson::write));
    Map<String, Integer> idByText = texts.dimensionSets().idsOf(handle, written.values());
    var dimensionsIds = new HashMap<Dimensions, Integer>();
    written.forEach((dimensions, text) -> dimensionsIds.put(dimensions, idOf(idByText, text)));

    int sourceId = idOf(texts.sources().idsOf(handle, List.of(posting.source())), posting.source());
    String knownAt = InstantText.write(posting.knownAt());
    appendCharges(posting.charges(), sourceId, dimensionsIds, knownAt);
    appendQuotas(posting.quotas(), sourceId, dimensionsIds, knownAt);
    appendReports(posting.reports(), sourceId, knownAt);
  }

  private void appendCharges(
      List<ChargeRevision> revisions,
      int sourceId,
      Map<Dimensions, Integer> dimensionsIds,
      String knownAt) {
    var instants = new HashMap<Instant, String>();
    for (ChargeRevision revision : revisions) {
      instants.computeIfAbsent(revision.charge().period().start(), InstantText::write);
      instants.computeIfAbsent(revision.charge().period().end(), InstantText::write);
    }
    SqlBatch.run(
        handle,
        ADD_CHARGE,
        revisions,
        revision -> {
          var charge = revision.charge();
          return new @Nullable Object[] {
            sourceId,
            dimensionsIds.get(charge.dimensions()),
            instants.get(charge.period().start()),
            instants.get(charge.period().end()),
            charge.unit().code(),
            knownAt,
            charge.net().toString(),
            charge.gross().map(BigDecimal::toString).orElse(null),
            revision.vanished() ? 1 : 0
          };
        });
  }

  private void appendQuotas(
      List<QuotaRevision> revisions,
      int sourceId,
      Map<Dimensions, Integer> dimensionsIds,
      String knownAt) {
    SqlBatch.run(
        handle,
        ADD_QUOTA,
        revisions,
        revision -> {
          var reading = revision.reading();
          return new @Nullable Object[] {
            sourceId,
            dimensionsIds.get(reading.scope()),
            reading.unit().code(),
            knownAt,
            reading.limit().map(BigDecimal::toString).orElse(null),
            reading.consumed().toString(),
            revision.vanished() ? 1 : 0
          };
        });
  }

  private void appendReports(List<ReportRevision> revisions, int sourceId, String knownAt) {
    SqlBatch.run(
        handle,
        ADD_REPORT,
        revisions,
        revision -> {
          var status = revision.status();
          return new @Nullable Object[] {
            sourceId,
            status.id(),
            knownAt,
            status.type(),
            status.state().word(),
            status.degraded() ? 1 : 0,
            InstantText.write(status.createdAt()),
            InstantText.write(status.updatedAt()),
            status.covers()
          };
        });
  }

  @Override
  public void putStatus(SourceStatus status) {
    handle.execute(
        """
        INSERT INTO source_status (source, data_as_of, failure, failing_since) VALUES (?, ?, ?, ?)
        ON CONFLICT (source) DO UPDATE SET data_as_of = excluded.data_as_of,
          failure = excluded.failure, failing_since = excluded.failing_since\
        """,
        status.source(),
        status.dataAsOf().map(InstantText::write).orElse(null),
        status.failure().orElse(null),
        status.failingSince().map(InstantText::write).orElse(null));
  }

  @Override
  public List<SourceStatus> statuses() {
    return handle
        .createQuery(
            "SELECT source, data_as_of, failure, failing_since FROM source_status ORDER BY source")
        .map((row, context) ->
            new SourceStatus(
                row.getString(1),
                Optional.ofNullable(row.getString(2)).map(InstantText::parse),
                Optional.ofNullable(row.getString(3)),
                Optional.ofNullable(row.getString(4)).map(InstantText::parse)))
        .list();
  }

  @Override
  public void replay(Instant knownUntil, Consumer<Posting> sink) {
    replay(knownUntil, Names.ALL, sink);
  }

  @Override
  public void replay(Instant knownUntil, Names sources, Consumer<Posting> sink) {
    new Replay(handle, sourceNames(), sources).run(InstantText.write(knownUntil), sink);
  }

  private Map<Integer, String> sourceNames() {
    var names = new LinkedHashMap<Integer, String>();
    handle
        .createQuery("SELECT id, name FROM source")
        .map((row, context) -> Map.entry(row.getInt(1), row.getString(2)))
        .forEach(entry -> names.put(entry.getKey(), entry.getValue()));
    return names;
  }

  /// A posting is stored under its own source and instant, so its revisions must have the same.
  private static void refuseForeignRevisions(Posting posting) {
    for (var revision : posting.charges()) {
      refuseForeign(posting, revision.charge().source(), revision.knownAt());
    }
    for (var revision : posting.quotas()) {
      refuseForeign(posting, revision.reading().source(), revision.knownAt());
    }
    for (var revision : posting.reports()) {
      refuseForeign(posting, revision.status().source(), revision.knownAt());
    }
  }

  private static void refuseForeign(Posting posting, String source, Instant knownAt) {
    if (!source.equals(posting.source()) || !knownAt.equals(posting.knownAt())) {
      throw new IllegalArgumentException(
          "a posting of %s known at %s holds a revision of %s known at %s"
              .formatted(posting.source(), posting.knownAt(), source, knownAt));
    }
  }

  private static int idOf(Map<String, Integer> ids, String text) {
    Integer id = ids.get(text);
    if (id == null) {
      throw new IllegalStateException("no id for " + text);
    }
    return id;
  }
}
