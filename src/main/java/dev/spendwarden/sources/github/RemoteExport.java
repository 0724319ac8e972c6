package dev.spendwarden.sources.github;

import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An export as GitHub describes it.
///
/// @param type as GitHub writes it: one we do not know is somebody else's
/// @param urls of its files, signed: never to be shown
record RemoteExport(
    String id,
    String type,
    DateRange range,
    Status status,
    List<URI> urls,
    Optional<Instant> createdAt) {

  enum Status {
    /// Also any word GitHub may add: it is waited for, and given up in the end.
    PROCESSING,
    COMPLETED,
    FAILED
  }

  static RemoteExport read(JsonField export) throws MalformedAnswer {
    JsonField id = export.field("id");
    if (!id.text().matches("[A-Za-z0-9][A-Za-z0-9_-]{0,127}")) {
      throw id.malformed("not an id that can stand in a path");
    }
    LocalDate first = day(export.field("start_date"));
    JsonField end = export.field("end_date");
    LocalDate last = day(end);
    if (last.isBefore(first)) {
      throw end.malformed("before start_date");
    }
    List<URI> urls = urls(export.field("download_urls"));
    return new RemoteExport(
        id.text(),
        export.field("report_type").text(),
        new DateRange(first, last),
        status(export.field("status").text(), urls),
        urls,
        createdAt(export.field("created_at")));
  }

  // Completed without files is not taken for "no usage": the files may be about to be listed.
  private static Status status(String word, List<URI> urls) {
    return switch (word) {
      case "completed" -> urls.isEmpty() ? Status.PROCESSING : Status.COMPLETED;
      case "failed" -> Status.FAILED;
      default -> Status.PROCESSING;
    };
  }

  private static LocalDate day(JsonField field) throws MalformedAnswer {
    try {
      return LocalDate.parse(field.text());
    } catch (DateTimeException e) {
      throw field.malformed("not a date");
    }
  }

  private static List<URI> urls(JsonField field) throws MalformedAnswer {
    var urls = new ArrayList<URI>();
    if (!field.isMissing()) {
      for (JsonField url : field.items()) {
        try {
          urls.add(new URI(url.text()));
        } catch (URISyntaxException e) {
          throw url.malformed("not a URL");
        }
      }
    }
    return List.copyOf(urls);
  }

  private static Optional<Instant> createdAt(JsonField field) throws MalformedAnswer {
    Optional<String> text = field.optionalText();
    try {
      return text.map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
    } catch (DateTimeException e) {
      throw field.malformed("not a time");
    }
  }
}
