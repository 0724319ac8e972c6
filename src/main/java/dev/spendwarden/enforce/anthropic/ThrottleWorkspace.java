package dev.spendwarden.enforce.anthropic;

import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.JsonText;
import dev.spendwarden.enforce.Lever;
import dev.spendwarden.enforce.ProviderApi;
import dev.spendwarden.enforce.ProviderApi.Reply;
import dev.spendwarden.enforce.Target;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonValue;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Overrides a workspace's rate limits, for every model group it has or those not excepted, and
/// puts the former overrides back: where there was none, the override is cleared. It takes effect
/// within about an hour. Only limits that would become lower are touched.
public final class ThrottleWorkspace implements Lever {

  private final ProviderApi api;
  private final SortedMap<String, BigDecimal> limits;

  /// @param limits `requests_per_minute` and so on, to the value they get
  public ThrottleWorkspace(ProviderApi api, Map<String, BigDecimal> limits) {
    this.api = api;
    this.limits = new TreeMap<>(limits);
  }

  private static String path(Action action) {
    return "/v1/organizations/workspaces/"
        + ProviderApi.encode(action.subject().scope())
        + "/rate_limits";
  }

  @Override
  public Found find(Action action) {
    if (action.subject().scope().isEmpty()) {
      return new Found.Impossible("the budget has no workspace to act on");
    }
    return switch (api.get(path(action))) {
      case Reply.Failed(Failure failure) -> new Found.NotRead(failure);
      case Reply.Missing _ -> new Found.Impossible("the workspace is not there");
      case Reply.Read(JsonField body) -> {
        try {
          var found = new ArrayList<Target>();
          for (JsonField group : body.field("data").items()) {
            target(group).ifPresent(found::add);
          }
          yield new Found.Targets(found);
        } catch (MalformedAnswer e) {
          yield new Found.NotRead(new Failure(FailureReason.MALFORMED, e.detail()));
        }
      }
    };
  }

  private Optional<Target> target(JsonField group) throws MalformedAnswer {
    Map<String, Setting> present = overrides(group);
    var former = new TreeMap<String, Object>();
    var wanted = new TreeMap<String, Object>();
    for (var limit : limits.entrySet()) {
      Setting now = present.get(limit.getKey());
      boolean lower =
          now != null
              && now.effective().map(value -> limit.getValue().compareTo(value) < 0).orElse(true);
      if (now != null && lower) {
        former.put(limit.getKey(), now.own().<Object>map(v -> v).orElse(CLEARED));
        wanted.put(limit.getKey(), limit.getValue());
      }
    }
    return wanted.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Target.of(
                group.field("rate_limit_id").text(), JsonText.of(former), JsonText.of(wanted)));
  }

  /// In a remembered state: the workspace had no override of its own.
  private static final JsonValue CLEARED = new JsonValue.JsonNull();

  /// @param own the workspace's own override; empty: it inherits the organization's
  /// @param effective what is in force
  private record Setting(Optional<BigDecimal> own, Optional<BigDecimal> effective) {}

  private static Map<String, Setting> overrides(JsonField group) throws MalformedAnswer {
    var found = new HashMap<String, Setting>();
    for (JsonField limit : group.field("limits").items()) {
      JsonField source = limit.field("source");
      boolean own = !source.isMissing() && source.field("type").text().equals("workspace");
      Optional<BigDecimal> value = limit.field("value").optionalNumber();
      Optional<BigDecimal> org = limit.field("org_limit").optionalNumber();
      found.put(
          limit.field("type").text(),
          new Setting(own ? value : Optional.empty(), value.or(() -> org)));
    }
    return found;
  }

  @Override
  public Seen look(Action action) {
    return switch (api.get(path(action))) {
      case Reply.Failed(Failure failure) -> new Seen.NotRead(failure);
      case Reply.Missing _ -> new Seen.States(Map.of());
      case Reply.Read(JsonField body) -> {
        try {
          var groups = new HashMap<String, Map<String, Setting>>();
          for (JsonField group : body.field("data").items()) {
            groups.put(group.field("rate_limit_id").text(), overrides(group));
          }
          var states = new HashMap<String, Standing>();
          for (Target target : action.targets()) {
            Map<String, Setting> now = groups.get(target.id());
            states.put(target.id(), now == null ? Standing.GONE : standing(target, now));
          }
          yield new Seen.States(states);
        } catch (MalformedAnswer e) {
          yield new Seen.NotRead(new Failure(FailureReason.MALFORMED, e.detail()));
        }
      }
    };
  }

  private static Standing standing(Target target, Map<String, Setting> now) throws MalformedAnswer {
    if (isAs(target.wanted(), now)) {
      return Standing.WANTED;
    }
    return isAs(target.former(), now) ? Standing.FORMER : Standing.CHANGED;
  }

  private static boolean isAs(String remembered, Map<String, Setting> now) throws MalformedAnswer {
    JsonField state = JsonText.parse(remembered);
    for (var limit : now.entrySet()) {
      JsonField was = state.field(limit.getKey());
      if (was.value() != null && !same(was.optionalNumber(), limit.getValue().own())) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(Optional<BigDecimal> a, Optional<BigDecimal> b) {
    return a.isPresent() == b.isPresent()
        && (a.isEmpty() || a.get().compareTo(b.orElseThrow()) == 0);
  }

  @Override
  public Result act(Action action, List<Target> targets) {
    return set(action, targets, true);
  }

  @Override
  public Result undo(Action action, List<Target> targets) {
    return set(action, targets, false);
  }

  private Result set(Action action, List<Target> targets, boolean wanted) {
    for (Target target : targets) {
      var items = new ArrayList<Object>();
      JsonField state = JsonText.parse(wanted ? target.wanted() : target.former());
      try {
        for (String type : limitsOf(target)) {
          Object value = state.field(type).optionalNumber().<Object>map(v -> v).orElse(CLEARED);
          var item = new TreeMap<String, Object>();
          item.put("type", type);
          item.put("value", value);
          items.add(item);
        }
      } catch (MalformedAnswer e) {
        throw new IllegalStateException("a remembered state is an object", e);
      }
      String path = path(action) + "/" + ProviderApi.encode(target.id());
      if (api.send("POST", path, JsonText.of(Map.of("limits", items)))
          instanceof Reply.Failed(Failure failure)) {
        return new Result.NotDone(failure);
      }
    }
    return new Result.Accepted();
  }

  /// The types the target was planned with, whatever is configured by now.
  private static List<String> limitsOf(Target target) {
    return JsonText.parse(target.wanted()).value() instanceof JsonValue.JsonObject(var fields)
        ? List.copyOf(fields.keySet())
        : List.of();
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
