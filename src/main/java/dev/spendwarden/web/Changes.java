package dev.spendwarden.web;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.web.Commands.NewSilence;
import dev.spendwarden.web.Commands.NewWaiver;
import dev.spendwarden.web.Commands.Note;
import dev.spendwarden.web.Commands.Result;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// The calls that change something: the token first, then the shape of the body, then the command.
final class Changes {

  private final WebContext context;
  private final Workers workers;
  private final Door door;
  private final Runnable changed;

  /// @param changed is told after each call that did something
  Changes(WebContext context, Workers workers, Door door, Runnable changed) {
    this.context = context;
    this.workers = workers;
    this.door = door;
    this.changed = changed;
  }

  /// @param body null when there was none
  @FunctionalInterface
  interface Call {
    Result run(String id, @Nullable Buffer body);
  }

  void addTo(Paths paths) {
    Commands commands = context.commands();
    paths
        .change(HttpMethod.POST, "/-/reload", calling((id, body) -> commands.reload()))
        .change(
            HttpMethod.POST,
            "/api/v1/notifications/:id/retry",
            calling((id, body) -> commands.retry(id)))
        .change(
            HttpMethod.POST,
            "/api/v1/alerts/:id/ack",
            calling((id, body) -> commands.acknowledge(id, note(body))))
        .change(
            HttpMethod.POST,
            "/api/v1/silences",
            calling((id, body) -> commands.silence(silence(body))))
        .change(
            HttpMethod.DELETE,
            "/api/v1/silences/:id",
            calling((id, body) -> commands.unsilence(id)))
        .change(
            HttpMethod.POST, "/api/v1/waivers", calling((id, body) -> commands.waive(waiver(body))))
        .change(
            HttpMethod.DELETE, "/api/v1/waivers/:id", calling((id, body) -> commands.unwaive(id)))
        .change(
            HttpMethod.POST,
            "/api/v1/receivers/:id/drill",
            calling((id, body) -> commands.drill(id)));
  }

  private static Note note(@Nullable Buffer body) {
    JsonBody json = JsonBody.parse(body, Set.of("by", "comment"));
    return new Note(json.text("by"), json.textOr("comment", ""));
  }

  private NewSilence silence(@Nullable Buffer body) {
    JsonBody json = JsonBody.parse(body, Set.of("match", "ends_at", "comment", "created_by"));
    var silence =
        new NewSilence(
            json.matchers("match"),
            json.time("ends_at"),
            json.textOr("comment", ""),
            json.text("created_by"));
    if (!silence.endsAt().isAfter(context.clock().instant())) {
      throw Problem.badRequest("ends_at: it is in the past");
    }
    return silence;
  }

  private NewWaiver waiver(@Nullable Buffer body) {
    JsonBody json =
        JsonBody.parse(body, Set.of("policy", "labels", "until", "raise", "mute", "reason", "by"));
    Optional<Amount> raise = json.amount("raise");
    if (raise.isPresent() == json.flagOrFalse("mute")) {
      throw Problem.badRequest("a waiver has either 'raise' or 'mute': true");
    }
    var waiver =
        new NewWaiver(
            json.text("policy"),
            json.textsOrNone("labels"),
            json.time("until"),
            raise,
            json.text("reason"),
            json.text("by"));
    if (!waiver.until().isAfter(context.clock().instant())) {
      throw Problem.badRequest("until: it is in the past");
    }
    return waiver;
  }

  /// The handler of a call, for whoever was let in.
  Handler<RoutingContext> calling(Call call) {
    return answering(call::run);
  }

  /// A change that has an answer of its own, with the check of the token.
  Handler<RoutingContext> guardedAnswer(Callable<Buffer> answer) {
    return door.changing(answering((id, body) -> answer.call()));
  }

  private interface Work {
    /// A [Result] or the whole body of the answer.
    Object run(String id, @Nullable Buffer body) throws Exception;
  }

  private Handler<RoutingContext> answering(Work call) {
    return ctx -> {
      String id = ctx.pathParams().getOrDefault("id", "");
      Buffer body = ctx.body().buffer();
      workers
          .run(() -> call.run(id, body))
          .onSuccess(outcome -> {
            switch (outcome) {
              case Result result -> {
                if (result instanceof Result.Done || result instanceof Result.Loaded) {
                  changed.run();
                }
                answer(ctx, result);
              }
              case Buffer whole -> Answers.json(ctx, whole);
              default -> throw new IllegalStateException("neither result nor answer");
            }
          })
          .onFailure(failure -> Answers.failure(ctx, failure));
    };
  }

  private static void answer(RoutingContext ctx, Result result) {
    switch (result) {
      case Result.Done done ->
          Answers.send(
              ctx,
              done.id().isPresent() ? 201 : 200,
              "application/json",
              Json.render(out -> {
                out.writeStartObject();
                out.writeStringField("status", "done");
                Json.text(out, "id", done.id());
                out.writeEndObject();
              }));
      case Result.Loaded loaded ->
          Answers.send(
              ctx,
              200,
              "application/json",
              Json.render(out -> {
                out.writeStartObject();
                out.writeStringField("status", "done");
                Json.texts(out, "changes", loaded.changes());
                out.writeEndObject();
              }));
      case Result.NotFound missing -> Answers.problem(ctx, Problem.notFound(missing.detail()));
      case Result.Conflict conflict ->
          Answers.problem(ctx, new Problem(409, "Conflict", conflict.detail(), List.of()));
      case Result.Refused refused ->
          Answers.problem(ctx, new Problem(422, "Refused", refused.detail(), refused.problems()));
      case Result.Unsupported unsupported ->
          Answers.problem(ctx, new Problem(501, "Not supported", unsupported.detail(), List.of()));
    }
  }
}
