package dev.spendwarden.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// IonQ's jobs: list, get, cancel. Mounted before the report's twin, under both API versions.
/// Faults and counts under `ionq-jobs`.
public final class IonqJobsTwin implements Twin {

  private static final int PAGE_DEFAULT = 25;

  private final Credentials credentials = new Credentials();
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private boolean submitterIgnored;

  private static final class Job {
    private final String id;
    private final String submitter;
    private final String project;
    private String status;

    private Job(String id, String submitter, String project, String status) {
      this.id = id;
      this.submitter = submitter;
      this.project = project;
      this.status = status;
    }
  }

  /// A job that waits: `submitted` or `ready`, or any other status.
  public synchronized IonqJobsTwin job(String id, String submitter, String project, String status) {
    jobs.put(id, new Job(id, submitter, project, status));
    return this;
  }

  /// What became of a job; empty when it was deleted or never there.
  public synchronized Optional<String> status(String id) {
    return Optional.ofNullable(jobs.get(id)).map(job -> job.status);
  }

  public synchronized void delete(String id) {
    jobs.remove(id);
  }

  /// As for a key whose user shares no project with the one asked for: the filter has no effect.
  public synchronized IonqJobsTwin ignoreSubmitter(boolean ignored) {
    submitterIgnored = ignored;
    return this;
  }

  public IonqJobsTwin acceptOnly(String... keys) {
    credentials.acceptOnly(keys);
    return this;
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    for (String version : List.of("v0.3", "v0.4")) {
      String base = "/ionq/" + version + "/jobs";
      router.put(base + "/status/cancel").handler(door.to("ionq-jobs", this::cancelMany));
      router.put(base + "/:id/status/cancel").handler(door.to("ionq-jobs", this::cancelOne));
      router.get(base).handler(door.to("ionq-jobs", this::list));
      router.get(base + "/:id").handler(door.to("ionq-jobs", this::one));
    }
  }

  private boolean knows(Call call) {
    String authorization = call.header("authorization").orElse("");
    return authorization.startsWith("apiKey ")
        && credentials.accepts(authorization.substring("apiKey ".length()));
  }

  private synchronized Reply list(Call call) {
    if (!knows(call)) {
      return error(401, "Unauthorized", "Invalid key provided.");
    }
    Optional<String> submitter = call.query("submitter_id").filter(s -> !submitterIgnored);
    Optional<String> status = call.query("status");
    int limit = call.query("limit").map(Integer::parseInt).orElse(PAGE_DEFAULT);
    var matching = new ArrayList<Job>();
    for (Job job : jobs.values()) {
      if (submitter.map(job.submitter::equals).orElse(true)
          && status.map(job.status::equals).orElse(true)) {
        matching.add(job);
      }
    }
    int from = 0;
    Optional<String> next = call.query("next");
    if (next.isPresent()) {
      while (from < matching.size() && !matching.get(from).id.equals(next.get())) {
        from++;
      }
    }
    int to = Math.min(from + limit, matching.size());
    var page = new JsonArray();
    matching.subList(from, to).forEach(job -> page.add(asJson(job)));
    var body = new JsonObject().put("jobs", page);
    body.put("next", to < matching.size() ? matching.get(to).id : null);
    return Reply.json(body);
  }

  private synchronized Reply one(Call call) {
    if (!knows(call)) {
      return error(401, "Unauthorized", "Invalid key provided.");
    }
    Job job = jobs.get(call.path("id"));
    return job == null ? error(404, "Not Found", "Job not found.") : Reply.json(asJson(job));
  }

  private synchronized Reply cancelMany(Call call) {
    if (!knows(call)) {
      return error(401, "Unauthorized", "Invalid key provided.");
    }
    List<@Nullable Object> ids = Json.asArray(call.fields().get("ids"));
    if (ids.isEmpty()) {
      return error(400, "Bad Request", "\"ids\" is required");
    }
    ids.forEach(id -> cancel(String.valueOf(id)));
    var names = new JsonArray();
    ids.forEach(names::add);
    return Reply.json(new JsonObject().put("ids", names).put("status", "canceled"));
  }

  private synchronized Reply cancelOne(Call call) {
    if (!knows(call)) {
      return error(401, "Unauthorized", "Invalid key provided.");
    }
    String id = call.path("id");
    if (!jobs.containsKey(id)) {
      return error(404, "Not Found", "Job not found.");
    }
    cancel(id);
    return Reply.json(new JsonObject().put("id", id).put("status", "canceled"));
  }

  private void cancel(String id) {
    Job job = jobs.get(id);
    if (job != null && (job.status.equals("submitted") || job.status.equals("ready"))) {
      job.status = "canceled";
    }
  }

  private static JsonObject asJson(Job job) {
    return new JsonObject()
        .put("id", job.id)
        .put("status", job.status)
        .put("type", "ionq.circuit.v1")
        .put("backend", "qpu.forte-1")
        .put("dry_run", false)
        .put("submitter_id", job.submitter)
        .put("project_id", job.project)
        .put("session_id", null)
        .put("metadata", null)
        .put("shots", 1000);
  }

  private static Reply error(int status, String error, String message) {
    return Reply.json(
        status,
        new JsonObject().put("error", error).put("message", message).put("statusCode", status));
  }
}
