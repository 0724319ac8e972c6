package dev.spendwarden.enforce.github;

import dev.spendwarden.charge.Unit;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.JsonText;
import dev.spendwarden.enforce.Lever;
import dev.spendwarden.enforce.ProviderApi;
import dev.spendwarden.enforce.ProviderApi.Reply;
import dev.spendwarden.enforce.Target;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sets a budget of GitHub's own with `prevent_further_usage`, so that GitHub stops metered usage.
/// GitHub counts only usage after a budget was made: a new one gets what is left of ours, one that
/// exists gets our limit. Amounts are whole dollars, rounded down, but what is left never becomes
/// nothing by rounding. The former budget is remembered and put back; one that was made is deleted.
public final class SetBudget implements Lever {

  private static final int PAGE = 100;
  private static final int MOST_PAGES = 100;
  private static final String NONE = "none";

  private final ProviderApi api;
  private final String path;
  private final String product;
  private final Scope scope;

  /// Where GitHub's budget applies. The name of the thing is the action's target.
  public enum Scope {
    ENTERPRISE("enterprise"),
    ORGANIZATION("organization"),
    REPOSITORY("repository"),
    COST_CENTER("cost_center");

    private final String word;

    Scope(String word) {
      this.word = word;
    }
  }

  /// @param product `actions` and so on
  public SetBudget(ProviderApi api, String enterprise, String product, Scope scope) {
    this.api = api;
    this.path = "/enterprises/" + ProviderApi.encode(enterprise) + "/settings/billing/budgets";
    this.product = product;
    this.scope = scope;
  }

  @Override
  public Found find(Action action) {
    Action.Subject subject = action.subject();
    if (scope != Scope.ENTERPRISE && subject.scope().isEmpty()) {
      return new Found.Impossible("the budget has no " + scope.word + " to act on");
    }
    if (subject.limit().isEmpty() || subject.spent().isEmpty()) {
      return new Found.Impossible("the budget has no limit to set");
    }
    if (!subject.unit().equals(Optional.of(Unit.USD))) {
      return new Found.Impossible("GitHub's budgets are in USD, this one is not");
    }
    return switch (existing(subject.scope())) {
      case Looked.Failed(Failure failure) -> new Found.NotRead(failure);
      case Looked.Nothing _ -> {
        BigDecimal left = subject.limit().get().subtract(subject.spent().get());
        yield targets(action, NONE, wholeDollars(left));
      }
      case Looked.There(JsonField budget) -> {
        BigDecimal limit = wholeDollars(subject.limit().get());
        try {
          yield isAs(budget, limit, true)
              ? new Found.Targets(List.of())
              : targets(action, former(budget), limit);
        } catch (MalformedAnswer e) {
          yield new Found.NotRead(new Failure(FailureReason.MALFORMED, e.detail()));
        }
      }
    };
  }

  /// Named by what it caps: GitHub's own id is not known before a budget is there.
  private Found targets(Action action, String former, BigDecimal amount) {
    String name = scope == Scope.ENTERPRISE ? product : product + ":" + action.subject().scope();
    return new Found.Targets(List.of(Target.of(name, former, amount.toPlainString())));
  }

  /// Rounded down; what is more than nothing stays at least one.
  static BigDecimal wholeDollars(BigDecimal amount) {
    if (amount.signum() <= 0) {
      return BigDecimal.ZERO;
    }
    return amount.setScale(0, RoundingMode.DOWN).max(BigDecimal.ONE);
  }

  private static String former(JsonField budget) throws MalformedAnswer {
    var remembered = new LinkedHashMap<String, Object>();
    remembered.put("id", budget.field("id").text());
    remembered.put("budget_amount", budget.field("budget_amount").number());
    remembered.put(
        "prevent_further_usage",
        budget.field("prevent_further_usage").optionalBoolean().orElse(false));
    if (budget.value() != null) {
      remembered.put("object", budget.value());
    }
    return JsonText.of(remembered);
  }

  private sealed interface Looked {
    record There(JsonField budget) implements Looked {}

    record Nothing() implements Looked {}

    record Failed(Failure failure) implements Looked {}
  }

  /// Goes through all budgets for the one of this product and scope.
  private Looked existing(String entity) {
    for (int page = 1; page <= MOST_PAGES; page++) {
      switch (api.get(path + "?per_page=" + PAGE + "&page=" + page)) {
        case Reply.Failed(Failure failure) -> {
          return new Looked.Failed(failure);
        }
        case Reply.Missing _ -> {
          return new Looked.Failed(
              new Failure(
                  FailureReason.CLIENT, "no budgets at this enterprise, or the token may not see"));
        }
        case Reply.Read(JsonField body) -> {
          try {
            List<JsonField> budgets = body.field("budgets").items();
            for (JsonField budget : budgets) {
              if (isOurs(budget, entity)) {
                return new Looked.There(budget);
              }
            }
            if (budgets.isEmpty() || !body.field("has_next_page").optionalBoolean().orElse(false)) {
              return new Looked.Nothing();
            }
          } catch (MalformedAnswer e) {
            return new Looked.Failed(new Failure(FailureReason.MALFORMED, e.detail()));
          }
        }
      }
    }
    return new Looked.Failed(new Failure(FailureReason.TOO_LARGE, "the budget list has no end"));
  }

  private boolean isOurs(JsonField budget, String entity) throws MalformedAnswer {
    boolean sameName =
        scope == Scope.ENTERPRISE
            || budget.field("budget_entity_name").optionalText().equals(Optional.of(entity));
    return budget.field("budget_type").text().equals("ProductPricing")
        && budget.field("budget_product_sku").optionalText().equals(Optional.of(product))
        && budget.field("budget_scope").text().equals(scope.word)
        && sameName;
  }

  private static boolean isAs(JsonField budget, BigDecimal amount, boolean prevent)
      throws MalformedAnswer {
    return budget.field("budget_amount").number().compareTo(amount) == 0
        && budget.field("prevent_further_usage").optionalBoolean().orElse(false) == prevent;
  }

  @Override
  public Seen look(Action action) {
    Target target = action.targets().getFirst();
    boolean made = target.former().equals(NONE);
    return switch (existing(action.subject().scope())) {
      case Looked.Failed(Failure failure) -> new Seen.NotRead(failure);
      case Looked.Nothing _ ->
          new Seen.States(Map.of(target.id(), made ? Standing.FORMER : Standing.GONE));
      case Looked.There(JsonField budget) -> {
        try {
          yield new Seen.States(Map.of(target.id(), standing(budget, target, made)));
        } catch (MalformedAnswer e) {
          yield new Seen.NotRead(new Failure(FailureReason.MALFORMED, e.detail()));
        }
      }
    };
  }

  private static Standing standing(JsonField budget, Target target, boolean made)
      throws MalformedAnswer {
    if (isAs(budget, new BigDecimal(target.wanted()), true)) {
      return Standing.WANTED;
    }
    if (made) {
      return Standing.CHANGED;
    }
    JsonField former = JsonText.parse(target.former());
    boolean same =
        isAs(
            budget,
            former.field("budget_amount").number(),
            former.field("prevent_further_usage").optionalBoolean().orElse(false));
    return same ? Standing.FORMER : Standing.CHANGED;
  }

  @Override
  public Result act(Action action, List<Target> targets) {
    Target target = targets.getFirst();
    var body = new LinkedHashMap<String, Object>();
    body.put("budget_amount", new BigDecimal(target.wanted()));
    body.put("prevent_further_usage", true);
    if (!target.former().equals(NONE)) {
      return patch(target, body);
    }
    body.put("budget_scope", scope.word);
    body.put("budget_entity_name", action.subject().scope());
    body.put("budget_type", "ProductPricing");
    body.put("budget_product_sku", product);
    body.put("budget_alerting", Map.of("will_alert", false, "alert_recipients", List.of()));
    return result(api.send("POST", path, JsonText.of(body)));
  }

  private Result patch(Target target, Map<String, Object> body) {
    try {
      String id = JsonText.parse(target.former()).field("id").text();
      return result(api.send("PATCH", path + "/" + ProviderApi.encode(id), JsonText.of(body)));
    } catch (MalformedAnswer e) {
      throw new IllegalStateException("a remembered state has an id", e);
    }
  }

  @Override
  public Result undo(Action action, List<Target> targets) {
    Target target = targets.getFirst();
    if (!target.former().equals(NONE)) {
      try {
        JsonField former = JsonText.parse(target.former());
        var body = new LinkedHashMap<String, Object>();
        body.put("budget_amount", former.field("budget_amount").number());
        body.put(
            "prevent_further_usage",
            former.field("prevent_further_usage").optionalBoolean().orElse(false));
        return patch(target, body);
      } catch (MalformedAnswer e) {
        throw new IllegalStateException("a remembered state has these fields", e);
      }
    }
    // The one we made: its id was not known before it was there.
    return switch (existing(action.subject().scope())) {
      case Looked.Failed(Failure failure) -> new Result.NotDone(failure);
      case Looked.Nothing _ -> new Result.Accepted();
      case Looked.There(JsonField budget) -> {
        try {
          String id = budget.field("id").text();
          yield result(api.delete(path + "/" + ProviderApi.encode(id)));
        } catch (MalformedAnswer e) {
          yield new Result.NotDone(new Failure(FailureReason.MALFORMED, e.detail()));
        }
      }
    };
  }

  private static Result result(Reply reply) {
    return switch (reply) {
      case Reply.Read _ -> new Result.Accepted();
      case Reply.Missing _ ->
          new Result.NotDone(new Failure(FailureReason.CLIENT, "status 404: unknown product?"));
      case Reply.Failed(Failure failure) -> new Result.NotDone(failure);
    };
  }

  @Override
  public boolean undoes() {
    return true;
  }

  @Override
  public boolean readsBack() {
    return true;
  }

  @Override
  public boolean renews() {
    return false;
  }
}
