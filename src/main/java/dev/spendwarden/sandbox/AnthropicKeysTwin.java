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

/// Anthropic's API keys and workspace rate limits. Faults and counts under `anthropic-keys`.
public final class AnthropicKeysTwin implements Twin {

  private static final int PAGE_DEFAULT = 20;

  private final Credentials credentials = new Credentials();
  private final Map<String, Key> keys = new LinkedHashMap<>();
  private final Map<String, Group> groups = new LinkedHashMap<>();

  private static final class Key {
    private final String id;
    private final String workspace;
    private String status;

    private Key(String id, String workspace, String status) {
      this.id = id;
      this.workspace = workspace;
      this.status = status;
    }
  }

  /// The limits of one model group in one workspace; an override that is absent inherits.
  private record Group(
      String id,
      String workspace,
      Map<String, BigDecimal> organization,
      Map<String, BigDecimal> overrides) {}

  public synchronized AnthropicKeysTwin key(String id, String workspace, String status) {
    keys.put(id, new Key(id, workspace, status));
    return this;
  }

  public synchronized Optional<String> status(String id) {
    return Optional.ofNullable(keys.get(id)).map(key -> key.status);
  }

  public synchronized void delete(String id) {
    keys.remove(id);
  }

  /// @param limit of the organization, in requests a minute
  public synchronized AnthropicKeysTwin rateLimit(String id, String workspace, int limit) {
    Map<String, BigDecimal> organization = new LinkedHashMap<>();
    organization.put("requests_per_minute", BigDecimal.valueOf(limit));
    groups.put(id, new Group(id, workspace, organization, new LinkedHashMap<>()));
    return this;
  }

  public synchronized void deleteRateLimit(String id) {
    groups.remove(id);
  }

  /// The workspace's own limit; empty: it inherits.
  public synchronized Optional<BigDecimal> override(String id) {
    return Optional.ofNullable(groups.get(id))
        .map(group -> group.overrides().get("requests_per_minute"));
  }

  public synchronized void override(String id, int limit) {
    Group group = groups.get(id);
    if (group != null) {
      group.overrides().put("requests_per_minute", BigDecimal.valueOf(limit));
    }
  }

  public AnthropicKeysTwin acceptOnly(String... accepted) {
    credentials.acceptOnly(accepted);
    return this;
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    String base = "/anthropic/v1/organizations";
    String limits = base + "/workspaces/:workspace/rate_limits";
    router.get(base + "/api_keys").handler(door.to("anthropic-keys", known(this::list)));
    router.get(base + "/api_keys/:id").handler(door.to("anthropic-keys", known(this::one)));
    router.post(base + "/api_keys/:id").handler(door.to("anthropic-keys", known(this::update)));
    router.get(limits).handler(door.to("anthropic-keys", known(this::limits)));
    router.post(limits + "/:id").handler(door.to("anthropic-keys", known(this::set)));
  }

  private Function<Call, Reply> known(Function<Call, Reply> then) {
    return call -> {
      if (!credentials.accepts(call.header("x-api-key").orElse(""))) {
        return error(401, "authentication_error", "invalid x-api-key");
      }
      if (!call.header("anthropic-version").orElse("").equals("2023-06-01")) {
        return error(400, "invalid_request_error", "anthropic-version: header is required");
      }
      synchronized (this) {
        return then.apply(call);
      }
    };
  }

  private Reply list(Call call) {
    int limit = call.query("limit").map(Integer::parseInt).orElse(PAGE_DEFAULT);
    var matching = new ArrayList<Key>();
    for (Key key : keys.values()) {
      if (call.query("workspace_id").map(key.workspace::equals).orElse(true)
          && call.query("status").map(key.status::equals).orElse(true)) {
        matching.add(key);
      }
    }
    Optional<String> after = call.query("after_id");
    int from = 0;
    if (after.isPresent()) {
      while (from < matching.size() && !matching.get(from).id.equals(after.get())) {
        from++;
      }
      from = Math.min(from + 1, matching.size());
    }
    List<Key> page = matching.subList(from, Math.min(from + limit, matching.size()));
    var data = new JsonArray();
    page.forEach(key -> data.add(asJson(key)));
    return Reply.json(
        new JsonObject()
            .put("data", data)
            .put("has_more", from + limit < matching.size())
            .put("first_id", page.isEmpty() ? null : page.getFirst().id)
            .put("last_id", page.isEmpty() ? null : page.getLast().id));
  }

  private Reply one(Call call) {
    Key key = keys.get(call.path("id"));
    return key == null ? missing() : Reply.json(asJson(key));
  }

  private Reply update(Call call) {
    Key key = keys.get(call.path("id"));
    if (key == null) {
      return missing();
    }
    String status = Json.text(call.fields(), "status");
    if (!List.of("active", "inactive", "archived").contains(status)) {
      return error(400, "invalid_request_error", "status: not one of active, inactive, archived");
    }
    key.status = status;
    return Reply.json(asJson(key));
  }

  private static JsonObject asJson(Key key) {
    return new JsonObject()
        .put("type", "api_key")
        .put("id", key.id)
        .put("name", key.id)
        .put("status", key.status)
        .put("expires_at", null)
        .put("scope", new JsonObject().put("type", "workspace").put("workspace_id", key.workspace));
  }

  private Reply limits(Call call) {
    var data = new JsonArray();
    groups.values().stream()
        .filter(group -> group.workspace().equals(call.path("workspace")))
        .forEach(group -> data.add(asJson(group)));
    return Reply.json(new JsonObject().put("data", data).put("has_more", false));
  }

  private Reply set(Call call) {
    Group group = groups.get(call.path("id"));
    if (group == null || !group.workspace().equals(call.path("workspace"))) {
      return missing();
    }
    for (@Nullable Object item : Json.asArray(call.fields().get("limits"))) {
      Map<String, @Nullable Object> limit = Json.asObject(item);
      String type = Json.text(limit, "type");
      if (limit.get("value") instanceof BigDecimal value) {
        group.overrides().put(type, value);
      } else {
        group.overrides().remove(type);
      }
    }
    return Reply.json(asJson(group));
  }

  private static JsonObject asJson(Group group) {
    var limits = new JsonArray();
    group
        .organization()
        .forEach((type, limit) -> {
          BigDecimal own = group.overrides().get(type);
          limits.add(
              new JsonObject()
                  .put("type", type)
                  .put("value", own == null ? limit : own)
                  .put("org_limit", limit)
                  .put(
                      "source",
                      new JsonObject().put("type", own == null ? "organization" : "workspace")));
        });
    return new JsonObject()
        .put("type", "workspace_rate_limit")
        .put("workspace_id", group.workspace())
        .put("rate_limit_id", group.id())
        .put("limits", limits);
  }

  private static Reply missing() {
    return error(404, "not_found_error", "Not found.");
  }

  private static Reply error(int status, String type, String message) {
    return Reply.json(
        status,
        new JsonObject()
            .put("type", "error")
            .put("error", new JsonObject().put("type", type).put("message", message)));
  }
}
