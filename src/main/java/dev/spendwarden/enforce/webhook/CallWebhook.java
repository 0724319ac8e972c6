package dev.spendwarden.enforce.webhook;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.JsonText;
import dev.spendwarden.enforce.Lever;
import dev.spendwarden.enforce.Target;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.http.Answer;
import dev.spendwarden.sources.http.Ask;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.HttpStatus;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Asks somebody else to act, by a call signed after Standard Webhooks. Nobody can be asked what it
/// did, so a call that may or may not have arrived is made again with the same id and body: the
/// receiver must take the id as the key of what it does.
public final class CallWebhook implements Lever {

  private static final long MAX_BYTES = 64 * 1024;

  private final GuardedClient http;
  private final Supplier<URI> url;
  private final Signer signer;
  private final Duration timeout;

  /// Makes the headers that prove where a call comes from.
  @FunctionalInterface
  public interface Signer {

    /// @throws IllegalArgumentException when the secret is not one
    Map<String, String> headers(String id, byte[] body);
  }

  public CallWebhook(GuardedClient http, Supplier<URI> url, Signer signer, Duration timeout) {
    this.http = http;
    this.url = url;
    this.signer = signer;
    this.timeout = timeout;
  }

  @Override
  public Found find(Action action) {
    String scope = action.subject().scope();
    String name = scope.isEmpty() ? action.subject().budgetId() : scope;
    return new Found.Targets(List.of(Target.of(name, "", "told")));
  }

  @Override
  public Result act(Action action, List<Target> targets) {
    return call(action, targets, "action.requested");
  }

  @Override
  public Result undo(Action action, List<Target> targets) {
    return call(action, targets, "action.undo_requested");
  }

  private Result call(Action action, List<Target> targets, String type) {
    String id = action.id() + (type.equals("action.requested") ? "_act" : "_undo");
    byte[] body = body(id, type, action, targets).getBytes(StandardCharsets.UTF_8);
    try {
      var headers = new LinkedHashMap<>(signer.headers(id, body));
      headers.put("content-type", "application/json");
      return switch (http.send(Ask.post(url.get(), headers, body, timeout, MAX_BYTES))) {
        case Answer.Failed(var reason, var detail, var _) -> notDone(reason, detail);
        case Answer.Ok ok ->
            HttpStatus.classify(ok.status(), ok.headers())
                .map(reason -> notDone(reason, "status " + ok.status()))
                .orElseGet(Result.Accepted::new);
      };
    } catch (UncheckedIOException e) {
      return notDone(FailureReason.AUTH, "the url or the secret cannot be read");
    } catch (IllegalArgumentException e) {
      return notDone(FailureReason.REFUSED, "the url or the secret is not usable");
    }
  }

  private static Result notDone(FailureReason reason, String detail) {
    return new Result.NotDone(new Failure(reason, detail));
  }

  /// The same for every attempt: nothing in it comes from the clock or the state of the attempt.
  private static String body(String id, String type, Action action, List<Target> targets) {
    Action.Subject subject = action.subject();
    var what = new LinkedHashMap<String, Object>();
    what.put("id", action.id());
    what.put("action", action.kind().name());
    what.put("type", action.kind().type());
    what.put("mode", action.kind().mode().word());
    what.put("policy", subject.policy());
    what.put("rule", subject.rule());
    what.put("labels", subject.labels().asWords());
    what.put("targets", targets.stream().map(Target::id).toList());
    what.put("reason", action.progress().reason());
    what.put("created_at", action.progress().createdAt().toString());
    var budget = new LinkedHashMap<String, Object>();
    budget.put("id", subject.budgetId());
    budget.put("unit", subject.unit().map(Unit::code).orElse(""));
    budget.put("limit", subject.limit().map(Amount::plain).orElse(""));
    budget.put("spent", subject.spent().map(Amount::plain).orElse(""));
    var period = new LinkedHashMap<String, Object>();
    period.put("start", subject.periodStart().toString());
    period.put("end", subject.periodEnd().toString());
    budget.put("period", period);
    var all = new LinkedHashMap<String, Object>();
    all.put("id", id);
    all.put("type", type);
    all.put("time", action.progress().actedAt().orElse(action.progress().createdAt()).toString());
    all.put("action", what);
    all.put("budget", budget);
    return JsonText.of(all);
  }

  @Override
  public Seen look(Action action) {
    throw new UnsupportedOperationException("a webhook cannot be asked what it did");
  }

  @Override
  public boolean undoes() {
    return true;
  }

  @Override
  public boolean readsBack() {
    return false;
  }

  @Override
  public boolean renews() {
    return false;
  }
}
