package dev.spendwarden.enforce.anthropic;

import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.JsonText;
import dev.spendwarden.enforce.Lever;
import dev.spendwarden.enforce.ProviderApi;
import dev.spendwarden.enforce.ProviderApi.Reply;
import dev.spendwarden.enforce.Target;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes the active API keys of a workspace inactive, and those it made inactive active again.
/// Never archives: no key can be made by API, so that would be for good.
public final class DisableKeys implements Lever {

  private static final String KEYS = "/v1/organizations/api_keys";
  private static final String ACTIVE = "active";
  private static final String INACTIVE = "inactive";

  private static final int PAGE = 100;
  private static final int MOST_PAGES = 100;

  private final ProviderApi api;

  public DisableKeys(ProviderApi api) {
    this.api = api;
  }

  @Override
  public Found find(Action action) {
    String workspace = action.subject().scope();
    if (workspace.isEmpty()) {
      return new Found.Impossible("the budget has no workspace to act on");
    }
    var found = new ArrayList<Target>();
    var pages = new HashSet<String>();
    String first =
        KEYS + "?status=active&limit=" + PAGE + "&workspace_id=" + ProviderApi.encode(workspace);
    String path = first;
    for (int page = 0; page < MOST_PAGES; page++) {
      switch (api.get(path)) {
        case Reply.Failed(Failure failure) -> {
          return new Found.NotRead(failure);
        }
        case Reply.Missing _ -> {
          return new Found.Impossible("the workspace or the Admin API is not there");
        }
        case Reply.Read(JsonField body) -> {
          try {
            for (JsonField key : body.field("data").items()) {
              if (isOf(key, workspace) && key.field("status").text().equals(ACTIVE)) {
                found.add(Target.of(key.field("id").text(), ACTIVE, INACTIVE));
              }
            }
            Optional<String> last = body.field("last_id").optionalText();
            if (!body.field("has_more").optionalBoolean().orElse(false) || last.isEmpty()) {
              return new Found.Targets(found);
            }
            if (!pages.add(last.get())) {
              return partial("the list of keys goes round");
            }
            path = first + "&after_id=" + ProviderApi.encode(last.get());
          } catch (MalformedAnswer e) {
            return new Found.NotRead(new Failure(FailureReason.MALFORMED, e.detail()));
          }
        }
      }
    }
    return partial("the list of keys has no end");
  }

  private static Found partial(String why) {
    return new Found.NotRead(new Failure(FailureReason.PARTIAL, why));
  }

  /// The filter is not trusted alone: a key of another workspace must never be touched.
  private static boolean isOf(JsonField key, String workspace) throws MalformedAnswer {
    Optional<String> old =
        key.field("workspace_id").isMissing()
            ? Optional.empty()
            : key.field("workspace_id").optionalText();
    Optional<String> scoped =
        key.field("scope").isMissing()
            ? Optional.empty()
            : key.field("scope").field("workspace_id").optionalText();
    return scoped.or(() -> old).equals(Optional.of(workspace));
  }

  @Override
  public Seen look(Action action) {
    var states = new HashMap<String, Standing>();
    for (Target target : action.targets()) {
      if (target.mark() == Target.Mark.CAPPED) {
        continue;
      }
      switch (api.get(KEYS + "/" + ProviderApi.encode(target.id()))) {
        case Reply.Failed(Failure failure) -> {
          return new Seen.NotRead(failure);
        }
        case Reply.Missing _ -> states.put(target.id(), Standing.GONE);
        case Reply.Read(JsonField key) -> {
          try {
            String status = key.field("status").text();
            states.put(
                target.id(),
                status.equals(target.wanted())
                    ? Standing.WANTED
                    : status.equals(target.former()) ? Standing.FORMER : Standing.GONE);
          } catch (MalformedAnswer e) {
            return new Seen.NotRead(new Failure(FailureReason.MALFORMED, e.detail()));
          }
        }
      }
    }
    return new Seen.States(states);
  }

  @Override
  public Result act(Action action, List<Target> targets) {
    return set(targets, true);
  }

  @Override
  public Result undo(Action action, List<Target> targets) {
    return set(targets, false);
  }

  private Result set(List<Target> targets, boolean wanted) {
    for (Target target : targets) {
      String status = wanted ? target.wanted() : target.former();
      String path = KEYS + "/" + ProviderApi.encode(target.id());
      if (api.send("POST", path, JsonText.of(Map.of("status", status)))
          instanceof Reply.Failed(Failure failure)) {
        return new Result.NotDone(failure);
      }
    }
    return new Result.Accepted();
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
