package dev.spendwarden.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// GitHub's own budgets of an enterprise. Faults and counts under `github-budgets`.
public final class GithubBudgetsTwin implements Twin {

  private static final int PAGE_DEFAULT = 10;
  private static final List<String> REQUIRED =
      List.of(
          "budget_amount",
          "prevent_further_usage",
          "budget_scope",
          "budget_type",
          "budget_product_sku",
          "budget_alerting");

  private final Credentials credentials = new Credentials();
  private final Map<String, Map<String, @Nullable Object>> budgets = new LinkedHashMap<>();
  private int made;

  /// @param entity empty for the enterprise itself
  public synchronized String budget(
      String product, String scope, String entity, int amount, boolean prevents) {
    Map<String, @Nullable Object> budget = new LinkedHashMap<>();
    budget.put("budget_type", "ProductPricing");
    budget.put("budget_product_sku", product);
    budget.put("budget_scope", scope);
    budget.put("budget_entity_name", entity);
    budget.put("budget_amount", BigDecimal.valueOf(amount));
    budget.put("prevent_further_usage", prevents);
    budget.put("budget_alerting", Map.of("will_alert", true, "alert_recipients", List.of("mona")));
    return add(budget);
  }

  private String add(Map<String, @Nullable Object> budget) {
    String id = "2066deda-0000-4000-8000-%012x".formatted(++made);
    budget.put("id", id);
    budgets.put(id, budget);
    return id;
  }

  /// `{amount} {prevents}` of the first budget of a product; empty when there is none.
  public synchronized Optional<String> state(String product) {
    return budgets.values().stream()
        .filter(budget -> product.equals(budget.get("budget_product_sku")))
        .findFirst()
        .map(budget -> budget.get("budget_amount") + " " + budget.get("prevent_further_usage"));
  }

  public synchronized void change(String id, int amount) {
    Map<String, @Nullable Object> budget = budgets.get(id);
    if (budget != null) {
      budget.put("budget_amount", BigDecimal.valueOf(amount));
    }
  }

  /// Somebody deletes the budgets of a product.
  public synchronized void delete(String product) {
    budgets.values().removeIf(budget -> product.equals(budget.get("budget_product_sku")));
  }

  public GithubBudgetsTwin acceptOnly(String... tokens) {
    credentials.acceptOnly(tokens);
    return this;
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    String base = "/github/enterprises/:enterprise/settings/billing/budgets";
    router.get(base).handler(door.to("github-budgets", known(this::list)));
    router.post(base).handler(door.to("github-budgets", known(this::create)));
    router.patch(base + "/:id").handler(door.to("github-budgets", known(this::update)));
    router.delete(base + "/:id").handler(door.to("github-budgets", known(this::delete)));
  }

  private Function<Call, Reply> known(Function<Call, Reply> then) {
    return call -> {
      String authorization = call.header("authorization").orElse("");
      if (!authorization.startsWith("Bearer ")
          || !credentials.accepts(authorization.substring("Bearer ".length()))) {
        return error(401, "Bad credentials");
      }
      synchronized (this) {
        return then.apply(call);
      }
    };
  }

  private Reply list(Call call) {
    int size = call.query("per_page").map(Integer::parseInt).orElse(PAGE_DEFAULT);
    int page = call.query("page").map(Integer::parseInt).orElse(1);
    var all = new ArrayList<>(budgets.values());
    int from = Math.min((page - 1) * size, all.size());
    int to = Math.min(from + size, all.size());
    var items = new JsonArray();
    all.subList(from, to).forEach(budget -> items.add(new JsonObject(budget)));
    return Reply.json(
        new JsonObject()
            .put("budgets", items)
            .put("has_next_page", to < all.size())
            .put("total_count", all.size()));
  }

  private Reply create(Call call) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>(call.fields());
    for (String name : REQUIRED) {
      if (fields.get(name) == null) {
        return error(422, name + " is required");
      }
    }
    Optional<Reply> wrong = wrongAmount(fields);
    if (wrong.isPresent()) {
      return wrong.get();
    }
    add(fields);
    return answered("Budget successfully created.", fields);
  }

  private Reply update(Call call) {
    Map<String, @Nullable Object> budget = budgets.get(call.path("id"));
    if (budget == null) {
      return error(404, "Not Found");
    }
    Optional<Reply> wrong = wrongAmount(call.fields());
    if (wrong.isPresent()) {
      return wrong.get();
    }
    budget.putAll(call.fields());
    return answered("Budget successfully updated.", budget);
  }

  private Reply delete(Call call) {
    if (budgets.remove(call.path("id")) == null) {
      return error(404, "Not Found");
    }
    return Reply.json(
        new JsonObject().put("message", "Budget successfully deleted.").put("id", call.path("id")));
  }

  private static Optional<Reply> wrongAmount(Map<String, @Nullable Object> fields) {
    boolean whole =
        !fields.containsKey("budget_amount")
            || fields.get("budget_amount") instanceof BigDecimal amount
                && amount.signum() >= 0
                && amount.stripTrailingZeros().scale() <= 0;
    return whole
        ? Optional.empty()
        : Optional.of(error(422, "budget_amount must be a whole number of dollars"));
  }

  private static Reply answered(String message, Map<String, @Nullable Object> budget) {
    return Reply.json(
        new JsonObject().put("message", message).put("budget", new JsonObject(budget)));
  }

  private static Reply error(int status, String message) {
    return Reply.json(
        status, new JsonObject().put("message", message).put("status", Integer.toString(status)));
  }
}
