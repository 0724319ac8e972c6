package dev.spendwarden.sources.gcore;

import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.ReportStatus.State;
import dev.spendwarden.sources.http.CallFailure;
import dev.spendwarden.sources.http.ProviderApi;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The report tasks of an account, as far back as they matter. Remembers between polls what it has
/// seen, so that a poll lists only what is new and looks again at what was not finished. Forgets
/// nothing that the ledger may not have: each poll tells of all it remembers. Not thread-safe.
final class GcoreTasks {

  static final String PATH = "/billing/org/v1/reports";

  /// A task may show up in the list later than its `created_at`.
  private static final Duration OVERLAP = Duration.ofHours(1);

  /// Longer than a month: the newest monthly report is among them.
  private static final Duration HISTORY = Duration.ofDays(35);

  /// More unfinished ones than this are cheaper to list again than to ask for one by one.
  private static final int ASKED_ONE_BY_ONE = 20;

  private final GcoreSettings settings;
  private Map<String, ReportStatus> known = new LinkedHashMap<>();
  private Instant readFrom = Instant.MAX;
  private Instant newest = Instant.EPOCH;

  GcoreTasks(GcoreSettings settings) {
    this.settings = settings;
  }

  /// The state of every task created since `earliest` or within the last weeks, oldest first.
  List<ReportStatus> read(GcoreLists lists, Instant earliest, Instant now)
      throws CallFailure, MalformedAnswer {
    Instant horizon = earlier(earliest, now.minus(HISTORY));
    boolean readBefore = !readFrom.isAfter(horizon);
    Instant from = readBefore ? earlier(later(newest.minus(OVERLAP), horizon), now) : horizon;
    List<ReportStatus> unfinished =
        known.values().stream().filter(task -> task.state() == State.PENDING).toList();
    if (readBefore && unfinished.size() > ASKED_ONE_BY_ONE) {
      from = unfinished.stream().map(ReportStatus::createdAt).reduce(from, GcoreTasks::earlier);
    }

    Map<String, ReportStatus> seen = new HashMap<>();
    Instant latest = newest;
    for (JsonField item :
        lists.read(PATH + "?ordering=created_at&created_after=" + written(from), "uuid")) {
      latest = later(latest, GcoreFields.instant(item.field("created_at")));
      status(item).ifPresent(status -> seen.put(status.id(), status));
    }
    for (ReportStatus task : unfinished) {
      if (!seen.containsKey(task.id())) {
        seen.put(task.id(), readAgain(lists, task));
      }
    }

    Map<String, ReportStatus> merged = new LinkedHashMap<>(known);
    merged.putAll(seen);
    merged.values().removeIf(task -> task.createdAt().isBefore(horizon));
    // Only now: what failed halfway is read again from where it was.
    known = merged;
    newest = latest;
    readFrom = earlier(readFrom, horizon);
    return List.copyOf(merged.values());
  }

  private ReportStatus readAgain(GcoreLists lists, ReportStatus task)
      throws CallFailure, MalformedAnswer {
    Optional<JsonField> item = lists.find(PATH + "/" + ProviderApi.pathSegment(task.id()));
    if (item.isEmpty()) {
      // Somebody deleted it: it will never be finished.
      return new ReportStatus(
          task.source(),
          task.id(),
          task.type(),
          State.CANCELLED,
          false,
          task.createdAt(),
          task.updatedAt(),
          task.covers());
    }
    return status(item.get()).orElse(task);
  }

  /// Empty for a task that is not watched.
  Optional<ReportStatus> status(JsonField task) throws MalformedAnswer {
    String taskType = task.field("task_type").text();
    JsonField parameters = task.field("parameters");
    boolean isReport = taskType.equals("Report");
    String type =
        isReport
            ? GcoreFields.inside(parameters, "type").optionalText().orElse("unknown")
            : taskType;
    Set<String> wanted = settings.templates();
    if (wanted.isEmpty() ? !isReport : !wanted.contains(type)) {
      return Optional.empty();
    }
    State state = state(task.field("status").text());
    return Optional.of(
        new ReportStatus(
            settings.name(),
            GcoreFields.id(task.field("uuid")),
            type,
            state,
            state == State.COMPLETED && hasComplaints(task.field("processing_notes")),
            GcoreFields.instant(task.field("created_at")),
            GcoreFields.instant(task.field("updated_at")),
            covers(task)));
  }

  private static State state(String status) {
    return switch (status) {
      case "Completed" -> State.COMPLETED;
      case "Failed" -> State.FAILED;
      case "Cancelled" -> State.CANCELLED;
      // Pending, InProgress, and what Gcore may add: not known to have ended.
      default -> State.PENDING;
    };
  }

  private static boolean hasComplaints(JsonField notes) throws MalformedAnswer {
    for (String list : List.of("errors", "warnings")) {
      JsonField entries = GcoreFields.inside(notes, list);
      if (!entries.isMissing() && !entries.items().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static String covers(JsonField task) throws MalformedAnswer {
    JsonField parameters = task.field("parameters");
    List<String> parts = new ArrayList<>();
    Optional<String> from = GcoreFields.inside(parameters, "date_from").optionalText();
    Optional<String> to = GcoreFields.inside(parameters, "date_to").optionalText();
    if (from.isPresent() || to.isPresent()) {
      parts.add(from.orElse("…") + " to " + to.orElse("…"));
    } else {
      GcoreFields.inside(task.field("processing_notes"), "period")
          .optionalText()
          .ifPresent(parts::add);
    }
    GcoreFields.optionalId(GcoreFields.inside(parameters, "client_id"))
        .ifPresent(client -> parts.add("client " + client));
    return String.join(", ", parts);
  }

  /// RFC 3339 with `Z`, the one spelling that leaves no doubt; its colons need no encoding.
  private static String written(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
