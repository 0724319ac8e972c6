package dev.spendwarden.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.AuditRow;
import dev.spendwarden.enforce.Target;
import dev.spendwarden.web.Commands.Note;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `/api/v1/actions`, `/api/v1/enforcement` and `/api/v1/audit`.
final class EnforceEndpoint {

  /// How many rows of the audit one transaction reads.
  private static final int CHUNK = 500;

  private static final int MAX_SCAN = 20 * CHUNK;

  private final WebContext context;

  EnforceEndpoint(WebContext context) {
    this.context = context;
  }

  void addTo(Paths paths, Changes changes) {
    Enforcing enforcing = context.enforcing();
    paths
        .change(
            HttpMethod.POST,
            "/api/v1/actions/:id/approve",
            changes.calling((id, body) -> enforcing.approve(id, note(body))))
        .change(
            HttpMethod.POST,
            "/api/v1/actions/:id/reject",
            changes.calling((id, body) -> enforcing.reject(id, note(body))))
        .change(
            HttpMethod.POST,
            "/api/v1/actions/:id/undo",
            changes.calling((id, body) -> enforcing.undo(id, note(body))))
        .change(
            HttpMethod.POST,
            "/api/v1/enforcement",
            changes.calling((id, body) -> {
              JsonBody json = JsonBody.parse(body, Set.of("enabled", "by", "comment"));
              var note = new Note(json.textOr("by", "api"), json.textOr("comment", ""));
              return enforcing.enable(json.flag("enabled"), note);
            }));
  }

  private static Note note(@Nullable Buffer body) {
    JsonBody json = JsonBody.parse(body, Set.of("by", "comment"));
    return new Note(json.text("by"), json.textOr("comment", ""));
  }

  Buffer enforcement(MultiMap parameters, String id) {
    Query.parse(parameters, Set.of(), false);
    return Json.render(out -> {
      out.writeStartObject();
      out.writeBooleanField("enabled", context.enforcing().isEnabled());
      out.writeEndObject();
    });
  }

  Buffer actions(MultiMap parameters, String id) {
    Query query =
        Query.parse(
            parameters, Set.of("action", "type", "mode", "state", "policy", "budget_id"), true);
    Listing<Action> page =
        Listing.scan(
            (offset, limit) ->
                context.database().read(ports -> ports.enforce().page(offset, limit)),
            Action::id,
            action -> wanted(action, query),
            query);
    return Api.list(page, EnforceEndpoint::write);
  }

  private static boolean wanted(Action action, Query query) {
    return query.allows("action", action.kind().name())
        && query.allows("type", action.kind().type())
        && query.allows("mode", action.kind().mode().word())
        && query.allows("state", action.state().word())
        && query.allows("policy", action.subject().policy())
        && query.allows("budget_id", action.subject().budgetId())
        && query.allowsLabels(action.subject().labels().asWords());
  }

  Buffer action(MultiMap parameters, String id) {
    Optional<Action> found = context.database().read(ports -> ports.enforce().find(id));
    Action action = found.orElseThrow(() -> Problem.notFound("there is no action with this id"));
    return Json.render(out -> write(out, action));
  }

  private static void write(JsonGenerator out, Action action) throws IOException {
    Action.Subject subject = action.subject();
    Action.Progress progress = action.progress();
    out.writeStartObject();
    out.writeStringField("id", action.id());
    out.writeStringField("action", action.kind().name());
    out.writeStringField("type", action.kind().type());
    out.writeStringField("mode", action.kind().mode().word());
    out.writeStringField("state", progress.state().word());
    out.writeStringField("policy", subject.policy());
    out.writeStringField("rule", subject.rule());
    out.writeStringField("alert_id", subject.alertId());
    out.writeStringField("budget_id", subject.budgetId());
    Json.texts(out, "labels", subject.labels().asWords());
    Json.texts(out, "targets", progress.targets().stream().map(Target::id).toList());
    out.writeArrayFieldStart("results");
    for (Target target : progress.targets()) {
      out.writeStartObject();
      out.writeStringField("target", target.id());
      out.writeStringField("former", target.former());
      out.writeStringField("state", target.mark().word());
      out.writeEndObject();
    }
    out.writeEndArray();
    Json.text(out, "unit", subject.unit().map(Unit::code));
    Json.text(out, "spent", subject.spent().map(Amount::plain));
    Json.text(out, "limit", subject.limit().map(Amount::plain));
    out.writeStringField("reason", progress.reason());
    Json.time(out, "created_at", progress.createdAt());
    Json.time(out, "due_at", progress.dueAt());
    Json.time(out, "acted_at", progress.actedAt());
    Json.text(out, "decided_by", progress.decidedBy());
    Json.text(out, "outcome", progress.outcome());
    out.writeStringField("undo", action.kind().undo().word());
    out.writeEndObject();
  }

  /// Oldest first, so that a reader can follow the chain.
  Buffer audit(MultiMap parameters, String id) {
    Query query = Query.parse(parameters, Set.of("action_id", "what", "who"), false);
    var items = new ArrayList<AuditRow>();
    long last = query.after().position();
    boolean more = false;
    scan:
    for (int scanned = 0; scanned < MAX_SCAN; scanned += CHUNK) {
      long after = last;
      List<AuditRow> rows = context.database().read(ports -> ports.enforce().audit(after, CHUNK));
      for (AuditRow row : rows) {
        if (wanted(row, query)) {
          if (items.size() == query.limit()) {
            more = true;
            break scan;
          }
          items.add(row);
        }
        last = row.seq();
      }
      more = rows.size() == CHUNK;
      if (!more) {
        break;
      }
    }
    Optional<Query.Cursor> next =
        more ? Optional.of(new Query.Cursor((int) last, "")) : Optional.empty();
    return Api.list(new Listing<>(items, next), EnforceEndpoint::write);
  }

  private static boolean wanted(AuditRow row, Query query) {
    return query.allows("action_id", row.actionId())
        && query.allows("what", row.what())
        && query.allows("who", row.who());
  }

  private static void write(JsonGenerator out, AuditRow row) throws IOException {
    out.writeStartObject();
    out.writeNumberField("seq", row.seq());
    Json.time(out, "at", row.at());
    out.writeStringField("who", row.who());
    out.writeStringField("what", row.what());
    Json.text(out, "action_id", row.actionId().isEmpty() ? null : row.actionId());
    Json.texts(out, "details", row.details());
    out.writeStringField("hash", row.hash());
    out.writeEndObject();
  }
}
