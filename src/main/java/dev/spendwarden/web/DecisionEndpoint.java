package dev.spendwarden.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.enforce.Decision;
import dev.spendwarden.enforce.Hold;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.web.Commands.Result;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `/api/v1/decisions`: may this be spent? A question without `reserve` changes nothing: it is a
/// read, answered at once, on the event loop, from memory. One with `reserve`, and what is said of
/// a reservation afterwards, is a change.
final class DecisionEndpoint {

  private static final Set<String> KEYS = Set.of("labels", "amount", "unit", "reserve");

  /// More digits than any bill has.
  private static final Pattern AMOUNT = Pattern.compile("-?[0-9]{1,60}(\\.[0-9]{1,40})?");

  private final Enforcing enforcing;
  private final Changes changes;

  DecisionEndpoint(Enforcing enforcing, Changes changes) {
    this.enforcing = enforcing;
    this.changes = changes;
  }

  void addTo(Paths paths) {
    paths
        .ask(HttpMethod.POST, "/api/v1/decisions", this::decide)
        .change(
            HttpMethod.POST,
            "/api/v1/decisions/:id/settle",
            changes.calling((id, body) -> settle(id, body)))
        .change(
            HttpMethod.POST,
            "/api/v1/decisions/:id/release",
            changes.calling((id, body) -> enforcing.release(id)));
  }

  private void decide(RoutingContext ctx) {
    try {
      JsonBody json = JsonBody.parse(ctx.body().buffer(), KEYS);
      Decision.Request request = request(json);
      if (!json.has("reserve")) {
        Answers.json(ctx, answer(enforcing.decide(request), request, Optional.empty()));
        return;
      }
      Duration keep = reserve(json);
      changes
          .guardedAnswer(() -> {
            Enforcing.Reserved reserved = enforcing.reserve(request, keep);
            return answer(reserved.decision(), request, reserved.hold());
          })
          .handle(ctx);
    } catch (RuntimeException e) {
      Answers.failure(ctx, e);
    }
  }

  private Result settle(String id, @Nullable Buffer body) {
    return enforcing.settle(id, amount(JsonBody.parse(body, Set.of("amount"))));
  }

  private static Decision.Request request(JsonBody json) {
    var labels = new EnumMap<Dimension, String>(Dimension.class);
    json.texts("labels")
        .forEach((name, value) -> {
          Optional<Dimension> dimension =
              Dimension.parse(name)
                  .filter(d -> d != Dimension.CURRENCY && d != Dimension.REPORT_TYPE);
          labels.put(
              dimension.orElseThrow(() -> wrong("labels: '" + name + "' is no dimension of spend")),
              value);
        });
    BigDecimal amount = amount(json);
    String unit = json.text("unit");
    if (!Unit.isValid(unit)) {
      throw wrong("unit: a currency such as USD or a quantity such as ai_credits is needed");
    }
    return new Decision.Request(labels, new Amount(amount, Unit.of(unit)));
  }

  private static BigDecimal amount(JsonBody json) {
    String text = json.text("amount");
    if (!AMOUNT.matcher(text).matches()) {
      throw wrong("amount: a plain decimal such as \"40\" or \"0.25\" is needed");
    }
    var amount = new BigDecimal(text);
    if (amount.signum() < 0) {
      throw wrong("amount: it is below zero");
    }
    return amount;
  }

  private static Duration reserve(JsonBody json) {
    Optional<Duration> keep = Durations.parse(json.text("reserve"));
    if (keep.isEmpty() || !keep.get().isPositive() || keep.get().compareTo(Hold.LONGEST) > 0) {
      throw wrong("reserve: a duration such as 15m is needed, of 24h at most");
    }
    return keep.get();
  }

  private static Problem wrong(String detail) {
    return new Problem(422, "Refused", detail, List.of());
  }

  private static Buffer answer(Decision decision, Decision.Request request, Optional<Hold> hold) {
    return Json.render(out -> {
      out.writeStartObject();
      if (hold.isPresent()) {
        out.writeStringField("id", hold.get().id());
        Json.time(out, "expires_at", hold.get().expiresAt());
      }
      out.writeBooleanField("allow", decision.allow());
      Json.texts(out, "reasons", decision.reasons());
      Json.text(out, "left", decision.left().map(Amount::plain));
      out.writeStringField("unit", request.amount().unit().code());
      out.writeArrayFieldStart("policies");
      for (Decision.Judged judged : decision.policies()) {
        policy(out, judged);
      }
      out.writeEndArray();
      out.writeEndObject();
    });
  }

  private static void policy(JsonGenerator out, Decision.Judged judged) throws IOException {
    out.writeStartObject();
    out.writeStringField("policy", judged.policy());
    out.writeStringField("budget_id", judged.budgetId());
    Map<String, String> labels = judged.labels().asWords();
    Json.texts(out, "labels", labels);
    out.writeBooleanField("enforced", judged.enforced());
    out.writeBooleanField("allow", judged.allow());
    Json.text(out, "unit", judged.unit().map(Unit::code));
    Json.text(out, "limit", judged.limit().map(Amount::plain));
    Json.text(out, "spent", judged.spent().map(Amount::plain));
    out.writeStringField("held", Amount.plain(judged.held()));
    Json.text(out, "left", judged.left().map(Amount::plain));
    out.writeStringField("data_state", judged.dataState().word());
    Json.text(out, "reason", judged.reason());
    out.writeEndObject();
  }
}
