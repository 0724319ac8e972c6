package dev.spendwarden.store;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Names;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.QuotaRevision;
import dev.spendwarden.ledger.ReportRevision;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.result.ResultIterator;
import org.jspecify.annotations.Nullable;

/// One walk through all revisions in the order in which they became known. Three cursors, one for
/// each kind, are merged instant by instant; at most one instant's postings are held.
final class Replay {

  private static final String CHARGES =
      """
      SELECT known_at, source_id, dimensions_id, period_start, period_end, unit, net, gross,
        vanished
      FROM charge_revision WHERE known_at <= :until%s ORDER BY known_at, id\
      """;

  private static final String QUOTAS =
      """
      SELECT known_at, source_id, dimensions_id, unit, quota_limit, consumed, vanished
      FROM quota_revision WHERE known_at <= :until%s ORDER BY known_at, id\
      """;

  private static final String REPORTS =
      """
      SELECT known_at, source_id, report_id, report_type, state, degraded, created_at, updated_at,
        covers
      FROM report_revision WHERE known_at <= :until%s ORDER BY known_at, id\
      """;

  private static final int ROWS_AT_ONCE = 1_000;

  private final Handle handle;
  private final Map<Integer, String> sourceNames;
  private final SqlNames sources;
  private final Recent<Integer, Dimensions> dimensions = new Recent<>(100_000);
  private final Recent<String, Instant> instants = new Recent<>(10_000);
  private final Recent<String, Unit> units = new Recent<>(1_000);

  /// @param wanted whose revisions are walked through
  Replay(Handle handle, Map<Integer, String> sourceNames, Names wanted) {
    this.handle = handle;
    this.sourceNames = sourceNames;
    this.sources = SqlNames.of(wanted, "(SELECT name FROM source WHERE source.id = source_id)");
  }

  void run(String knownUntil, Consumer<Posting> sink) {
    try (var charges = new Cursor<>(rows(CHARGES, knownUntil, this::charge));
        var quotas = new Cursor<>(rows(QUOTAS, knownUntil, this::quota));
        var reports = new Cursor<>(rows(REPORTS, knownUntil, this::report))) {
      while (true) {
        Instant next = earliest(charges.knownAt(), quotas.knownAt(), reports.knownAt());
        if (next == null) {
          return;
        }
        var bySource = new TreeMap<String, Parts>();
        charges.drain(next, row -> parts(bySource, row).charges.add(row.revision));
        quotas.drain(next, row -> parts(bySource, row).quotas.add(row.revision));
        reports.drain(next, row -> parts(bySource, row).reports.add(row.revision));
        bySource.forEach((source, parts) ->
            sink.accept(new Posting(source, next, parts.charges, parts.quotas, parts.reports)));
      }
    }
  }

  private <R> ResultIterator<Row<R>> rows(String sql, String until, RowMapper<Row<R>> mapper) {
    return sources
        .bind(handle.createQuery(sql.formatted(sources.and())))
        .bind("until", until)
        .setFetchSize(ROWS_AT_ONCE)
        .map(mapper)
        .iterator();
  }

  private Row<ChargeRevision> charge(ResultSet row, Object context) throws SQLException {
    Instant knownAt = instant(row.getString(1));
    String source = sourceName(row.getInt(2));
    var period = new ChargePeriod(instant(row.getString(4)), instant(row.getString(5)));
    var charge =
        new Charge(
            source,
            period,
            dimensions(row.getInt(3)),
            unit(row.getString(6)),
            new BigDecimal(row.getString(7)),
            decimal(row.getString(8)));
    return new Row<>(knownAt, source, new ChargeRevision(charge, knownAt, row.getInt(9) == 1));
  }

  private Row<QuotaRevision> quota(ResultSet row, Object context) throws SQLException {
    Instant knownAt = instant(row.getString(1));
    String source = sourceName(row.getInt(2));
    var reading =
        new QuotaReading(
            source,
            dimensions(row.getInt(3)),
            unit(row.getString(4)),
            decimal(row.getString(5)),
            new BigDecimal(row.getString(6)));
    return new Row<>(knownAt, source, new QuotaRevision(reading, knownAt, row.getInt(7) == 1));
  }

  private Row<ReportRevision> report(ResultSet row, Object context) throws SQLException {
    Instant knownAt = instant(row.getString(1));
    String source = sourceName(row.getInt(2));
    var status =
        new ReportStatus(
            source,
            row.getString(3),
            row.getString(4),
            ReportStatus.State.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
            row.getInt(6) == 1,
            InstantText.parse(row.getString(7)),
            InstantText.parse(row.getString(8)),
            row.getString(9));
    return new Row<>(knownAt, source, new ReportRevision(status, knownAt));
  }

  private String sourceName(int id) {
    String name = sourceNames.get(id);
    if (name == null) {
      throw new StoreException(
          "the database is damaged: a revision names the unknown source " + id);
    }
    return name;
  }

  private Dimensions dimensions(int id) {
    return dimensions.computeIfAbsent(
        id,
        key ->
            StoredJson.parseDimensions(
                handle
                    .createQuery("SELECT canonical FROM dimension_set WHERE id = ?")
                    .bind(0, key)
                    .mapTo(String.class)
                    .one()));
  }

  private Instant instant(String text) {
    return instants.computeIfAbsent(text, InstantText::parse);
  }

  private Unit unit(String code) {
    return units.computeIfAbsent(code, Unit::of);
  }

  private static Optional<BigDecimal> decimal(@Nullable String text) {
    return Optional.ofNullable(text).map(BigDecimal::new);
  }

  private static @Nullable Instant earliest(@Nullable Instant... instants) {
    Instant earliest = null;
    for (Instant instant : instants) {
      if (instant != null && (earliest == null || instant.isBefore(earliest))) {
        earliest = instant;
      }
    }
    return earliest;
  }

  private static Parts parts(Map<String, Parts> bySource, Row<?> row) {
    return bySource.computeIfAbsent(row.source, source -> new Parts());
  }

  private record Row<R>(Instant knownAt, String source, R revision) {}

  private static final class Parts {
    final List<ChargeRevision> charges = new ArrayList<>();
    final List<QuotaRevision> quotas = new ArrayList<>();
    final List<ReportRevision> reports = new ArrayList<>();
  }

  /// A result that can be looked at one row ahead.
  private static final class Cursor<R> implements AutoCloseable {
    private final ResultIterator<Row<R>> rows;
    private @Nullable Row<R> next;

    Cursor(ResultIterator<Row<R>> rows) {
      this.rows = rows;
      step();
    }

    @Nullable Instant knownAt() {
      return next == null ? null : next.knownAt;
    }

    /// Takes the rows known at `instant`.
    void drain(Instant instant, Consumer<Row<R>> taker) {
      for (Row<R> row = next; row != null && row.knownAt.equals(instant); row = next) {
        taker.accept(row);
        step();
      }
    }

    private void step() {
      next = rows.hasNext() ? rows.next() : null;
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  /// The most recently used values; the rest is computed again.
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;
    private final int max;

    Recent(int max) {
      super(16, 0.75f, true);
      this.max = max;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > max;
    }
  }
}
