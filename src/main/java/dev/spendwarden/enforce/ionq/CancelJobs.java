package dev.spendwarden.enforce.ionq;

import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.JsonText;
import dev.spendwarden.enforce.Lever;
import dev.spendwarden.enforce.ProviderApi;
import dev.spendwarden.enforce.ProviderApi.Reply;
import dev.spendwarden.enforce.Target;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Cancels the jobs of a user or a project that still wait (`submitted`, `ready`). Jobs that have
/// started are left alone: whether they can be cancelled, and whether they are billed all the same,
/// IonQ does not say. Nothing is deleted. There is no undo; a cancelled job can be submitted again.
public final class CancelJobs implements Lever {

  private static final List<String> WAITING = List.of("submitted", "ready");
  private static final Set<String> CANCELED = Set.of("canceled", "cancelled");

  private static final int PAGE = 100;

  /// Enough for 10,000 waiting jobs; a list that is still not at its end by then is not believed.
  private static final int MOST_PAGES = 100;

  private static final int BATCH = 10;

  private final ProviderApi api;
  private final Whose whose;

  /// What the action's target names.
  public enum Whose {
    USER("submitter_id"),
    PROJECT("project_id");

    private final String field;

    Whose(String field) {
      this.field = field;
    }
  }

  public CancelJobs(ProviderApi api, Whose whose) {
    this.api = api;
    this.whose = whose;
  }

  @Override
  public Found find(Action action) {
    String who = action.subject().scope();
    if (who.isEmpty()) {
      return new Found.Impossible(
          "the budget has no " + (whose == Whose.USER ? "user" : "project") + " to act on");
    }
    var found = new LinkedHashMap<String, Target>();
    for (String status : WAITING) {
      String first = "/jobs?status=" + status + "&limit=" + PAGE;
      if (whose == Whose.USER) {
        first += "&submitter_id=" + ProviderApi.encode(who);
      }
      Optional<Failure> failure = list(first, who, found);
      if (failure.isPresent()) {
        return new Found.NotRead(failure.get());
      }
    }
    return new Found.Targets(List.copyOf(found.values()));
  }

  /// Goes through the pages of one list. IonQ ignores `submitter_id` for somebody the key's user
  /// shares no project with, so every job's own fields are checked as well.
  private Optional<Failure> list(String first, String who, Map<String, Target> found) {
    var seen = new HashSet<String>();
    String path = first;
    for (int page = 0; page < MOST_PAGES; page++) {
      switch (api.get(path)) {
        case Reply.Failed(Failure failure) -> {
          return Optional.of(failure);
        }
        case Reply.Missing _ -> {
          return Optional.of(new Failure(FailureReason.CLIENT, "no job list at this base_url"));
        }
        case Reply.Read(JsonField body) -> {
          try {
            for (JsonField job : body.field("jobs").items()) {
              collect(job, who, found);
            }
            Optional<String> next = body.field("next").optionalText().filter(n -> !n.isEmpty());
            if (next.isEmpty()) {
              return Optional.empty();
            }
            if (!seen.add(next.get())) {
              return Optional.of(new Failure(FailureReason.PARTIAL, "the job list goes round"));
            }
            path = first + "&next=" + ProviderApi.encode(next.get());
          } catch (MalformedAnswer e) {
            return Optional.of(new Failure(FailureReason.MALFORMED, e.detail()));
          }
        }
      }
    }
    return Optional.of(new Failure(FailureReason.TOO_LARGE, "the job list has no end"));
  }

  private void collect(JsonField job, String who, Map<String, Target> found)
      throws MalformedAnswer {
    String status = job.field("status").text();
    boolean theirs = job.field(whose.field).optionalText().equals(Optional.of(who));
    if (theirs && WAITING.contains(status)) {
      String id = job.field("id").text();
      found.put(id, Target.of(id, status, "canceled"));
    }
  }

  @Override
  public Seen look(Action action) {
    var states = new HashMap<String, Standing>();
    for (Target target : action.targets()) {
      if (target.mark() != Target.Mark.PLANNED) {
        continue;
      }
      switch (api.get("/jobs/" + ProviderApi.encode(target.id()))) {
        case Reply.Failed(Failure failure) -> {
          return new Seen.NotRead(failure);
        }
        case Reply.Missing _ -> states.put(target.id(), Standing.GONE);
        case Reply.Read(JsonField job) -> {
          try {
            states.put(target.id(), standing(job.field("status").text()));
          } catch (MalformedAnswer e) {
            return new Seen.NotRead(new Failure(FailureReason.MALFORMED, e.detail()));
          }
        }
      }
    }
    return new Seen.States(states);
  }

  private static Standing standing(String status) {
    if (CANCELED.contains(status)) {
      return Standing.WANTED;
    }
    return WAITING.contains(status) ? Standing.FORMER : Standing.GONE;
  }

  @Override
  public Result act(Action action, List<Target> targets) {
    for (int from = 0; from < targets.size(); from += BATCH) {
      List<Target> batch = targets.subList(from, Math.min(from + BATCH, targets.size()));
      if (api.send("PUT", "/jobs/status/cancel", ids(batch)) instanceof Reply.Failed(Failure f)) {
        return new Result.NotDone(f);
      }
    }
    return new Result.Accepted();
  }

  private static String ids(List<Target> batch) {
    return JsonText.of(Map.of("ids", batch.stream().map(Target::id).toList()));
  }

  @Override
  public Result undo(Action action, List<Target> targets) {
    throw new UnsupportedOperationException("a cancelled job stays cancelled");
  }

  @Override
  public boolean undoes() {
    return false;
  }

  @Override
  public boolean readsBack() {
    return true;
  }

  @Override
  public boolean renews() {
    return true;
  }
}
