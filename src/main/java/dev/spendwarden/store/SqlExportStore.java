package dev.spendwarden.store;

import dev.spendwarden.sources.github.DateRange;
import dev.spendwarden.sources.github.Export;
import dev.spendwarden.sources.github.ExportStore;
import dev.spendwarden.sources.github.ReportType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// What GitHub sources have asked for, in SQL that SQLite and PostgreSQL both speak.
final class SqlExportStore implements ExportStore {

  private static final String COLUMNS =
      """
      source, report_type, first_day, last_day, asked_at, shape, export_id, created_at, state,
      state_since\
      """;

  private static final String PUT =
      "INSERT INTO github_export ("
          + COLUMNS
          + """
          ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (source, report_type, first_day, last_day, asked_at) DO UPDATE SET
            shape = excluded.shape, export_id = excluded.export_id,
            created_at = excluded.created_at, state = excluded.state,
            state_since = excluded.state_since\
          """;

  private final Handle handle;

  SqlExportStore(Handle handle) {
    this.handle = handle;
  }

  @Override
  public List<Export> exports(String source) {
    return handle
        .createQuery(
            "SELECT "
                + COLUMNS
                + " FROM github_export WHERE source = ? ORDER BY asked_at, report_type, first_day")
        .bind(0, source)
        .map((row, context) -> export(row))
        .list();
  }

  @Override
  public void put(Export export) {
    handle.execute(
        PUT,
        export.source(),
        export.type().word(),
        export.range().first().toString(),
        export.range().last().toString(),
        InstantText.write(export.askedAt()),
        export.shape(),
        export.id().orElse(null),
        export.createdAt().map(InstantText::write).orElse(null),
        export.state().name().toLowerCase(Locale.ROOT),
        InstantText.write(export.stateSince()));
  }

  @Override
  public void forget(String source, Instant askedBefore) {
    handle.execute(
        "DELETE FROM github_export WHERE source = ? AND asked_at < ?",
        source,
        InstantText.write(askedBefore));
  }

  private static Export export(ResultSet row) throws SQLException {
    return new Export(
        row.getString(1),
        row.getString(6),
        ReportType.parse(row.getString(2)).orElseThrow(),
        new DateRange(LocalDate.parse(row.getString(3)), LocalDate.parse(row.getString(4))),
        InstantText.parse(row.getString(5)),
        Optional.ofNullable(row.getString(7)),
        Optional.ofNullable(row.getString(8)).map(InstantText::parse),
        Export.State.valueOf(row.getString(9).toUpperCase(Locale.ROOT)),
        InstantText.parse(row.getString(10)));
  }
}
