package dev.spendwarden.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// IonQ's organisation report (v0.3) and usage (v0.4). The books are kept by member, UTC day and
/// QPU; a report sums the asked window, both dates inclusive, into the two cuts `qpus` and
/// `members`. Any organisation id is this organisation, except one that begins with `missing`.
public final class IonqTwin implements Twin {

  private static final Set<String> PARAMETERS = Set.of("start_date", "end_date");
  private static final String[] QPUS = {"qpu.forte-1", "qpu.forte-enterprise-1", "qpu.aria-1"};

  /// What a unit of quota takes on the machine; only there to fill `execution_time`.
  private static final BigDecimal MILLIS_PER_UNIT = new BigDecimal("140.125");

  private final long seed;
  private final Credentials credentials = new Credentials();
  private final Map<String, Member> members = new LinkedHashMap<>();
  private String organization = "Sandbox Laboratory";
  private Optional<BigDecimal> budget = Optional.of(new BigDecimal("120000"));
  private boolean balanceIsSpent;
  private Instant today;

  IonqTwin(long seed, Instant start) {
    this.seed = seed;
    this.today = start;
  }

  /// A member of the organisation, joining it when first named. Setters take effect at once.
  public synchronized Member member(String id) {
    return members.computeIfAbsent(id, Member::new);
  }

  public synchronized IonqTwin organization(String name) {
    organization = name;
    return this;
  }

  public synchronized IonqTwin budget(@Nullable BigDecimal amount) {
    budget = Optional.ofNullable(amount);
    return this;
  }

  /// Whether `balance` is what was spent instead of what remains; the documents do not say.
  public synchronized IonqTwin balanceIsSpent(boolean spent) {
    balanceIsSpent = spent;
    return this;
  }

  /// Refuses every API key but these.
  public IonqTwin acceptOnly(String... keys) {
    credentials.acceptOnly(keys);
    return this;
  }

  /// What each member consumed from `from` to `to`, both inclusive, as the books had it at the
  /// latest answer.
  public synchronized Map<String, BigDecimal> booked(LocalDate from, LocalDate to) {
    var booked = new LinkedHashMap<String, BigDecimal>();
    members.forEach((id, member) -> booked.put(id, total(member.byQpu(from, to))));
    return booked;
  }

  /// As above, of the month of the sandbox's clock.
  public synchronized Map<String, BigDecimal> booked() {
    YearMonth month = YearMonth.from(day());
    return booked(month.atDay(1), month.atEndOfMonth());
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    router
        .get("/ionq/v0.3/report/organizations/:organization")
        .handler(door.to("ionq", this::report));
    router
        .get("/ionq/v0.4/organizations/:organization/usage")
        .handler(door.to("ionq", this::usage));
    router
        .route("/ionq/*")
        .handler(door.to("ionq", call -> error(404, "Not Found", "Resource not found.")));
  }

  @Override
  public synchronized void advance(Instant now) {
    members.values().forEach(member -> member.growTo(now));
    today = now;
  }

  /// What keeps the caller from any answer about the organisation.
  private Optional<Reply> refusal(Call call) {
    String authorization = call.header("authorization").orElse("");
    if (!authorization.startsWith("apiKey ")
        || !credentials.accepts(authorization.substring("apiKey ".length()))) {
      return Optional.of(error(401, "Unauthorized", "Invalid key provided."));
    }
    if (call.path("organization").startsWith("missing")) {
      return Optional.of(error(404, "Not Found", "Organization not found."));
    }
    return Optional.empty();
  }

  private synchronized Reply usage(Call call) {
    return refusal(call).orElseGet(() -> IonqUsageReply.to(call, members.values()));
  }

  private synchronized Reply report(Call call) {
    Optional<Reply> refusal = refusal(call);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    for (String parameter : call.query().keySet()) {
      if (!PARAMETERS.contains(parameter)) {
        return invalid(parameter, "is not allowed");
      }
    }
    LocalDate end = day();
    LocalDate start;
    try {
      end = call.query("end_date").map(LocalDate::parse).orElse(end);
    } catch (DateTimeParseException e) {
      return invalid("end_date", "must be a valid date.");
    }
    try {
      start = call.query("start_date").map(LocalDate::parse).orElse(end.minusDays(30));
    } catch (DateTimeParseException e) {
      return invalid("start_date", "must be a valid date.");
    }
    if (end.isBefore(start)) {
      return invalid("end_date", "must be greater than or equal to \"start_date\"");
    }
    return Reply.json(report(call.path("organization"), start, end));
  }

  private JsonObject report(String id, LocalDate start, LocalDate end) {
    var qpus = new TreeMap<String, BigDecimal>();
    for (String qpu : QPUS) {
      qpus.put(qpu, BigDecimal.ZERO);
    }
    var listed = new JsonArray();
    for (Member member : members.values()) {
      SortedMap<String, BigDecimal> byQpu = member.byQpu(start, end);
      byQpu.forEach((qpu, amount) -> qpus.merge(qpu, amount, BigDecimal::add));
      if (!member.left) {
        listed.add(member.asJson(total(byQpu), member.jobs(start, end)));
      }
    }
    var usage = new JsonArray();
    qpus.forEach((qpu, amount) ->
        usage.add(new JsonObject().put("qpu_name", qpu).put("usage", Json.number(amount))));
    var report =
        new JsonObject()
            .put("start_date", start.toString())
            .put("end_date", end.toString())
            .put("organization", organization)
            .put("organization_id", id);
    budget.ifPresent(amount -> {
      BigDecimal spent = total(qpus);
      BigDecimal balance = balanceIsSpent ? spent : amount.subtract(spent);
      report.put("budget", Json.number(amount)).put("balance", Json.number(balance));
    });
    return report.put("currency", "USD").put("qpus", usage).put("members", listed);
  }

  private LocalDate day() {
    return LocalDate.ofInstant(today, ZoneOffset.UTC);
  }

  private static BigDecimal total(Map<String, BigDecimal> amounts) {
    return amounts.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  static Reply invalid(String key, String what) {
    JsonObject body =
        errorBody(400, "Bad Request", "\"" + key + "\" " + what)
            .put(
                "validation",
                new JsonObject().put("keys", new JsonArray().add(key)).put("source", "query"));
    return Reply.json(400, body);
  }

  private static Reply error(int status, String error, String message) {
    return Reply.json(status, errorBody(status, error, message));
  }

  private static JsonObject errorBody(int status, String error, String message) {
    return new JsonObject().put("error", error).put("message", message).put("statusCode", status);
  }

  /// One member's quota, growth and books.
  public final class Member {

    private final String id;
    private final SortedMap<LocalDate, SortedMap<String, BigDecimal>> books = new TreeMap<>();
    private final SortedMap<LocalDate, Integer> jobs = new TreeMap<>();
    private Optional<BigDecimal> quota = Optional.empty();
    private final Growth growth;
    private String project = "";
    private boolean left;
    private @Nullable String firstName;
    private @Nullable String lastName;
    private @Nullable String email;

    private Member(String id) {
      this.id = id;
      this.growth = new Growth(seed, id, 2, today);
    }

    public Member person(
        @Nullable String firstName, @Nullable String lastName, @Nullable String email) {
      synchronized (IonqTwin.this) {
        this.firstName = firstName;
        this.lastName = lastName;
        this.email = email;
        return this;
      }
    }

    /// The limit; null when the report has none for this member.
    public Member quota(@Nullable BigDecimal limit) {
      synchronized (IonqTwin.this) {
        quota = Optional.ofNullable(limit);
        return this;
      }
    }

    /// The project its jobs belong to from v0.4's view; empty for none.
    public Member project(String id) {
      synchronized (IonqTwin.this) {
        project = id;
        return this;
      }
    }

    /// Books an amount on any day.
    public Member spends(BigDecimal amount, LocalDate day, String qpu) {
      synchronized (IonqTwin.this) {
        book(day, qpu, amount);
        return this;
      }
    }

    /// Books the difference on the present day, so that the present month holds `amount`.
    public Member consumed(BigDecimal amount) {
      synchronized (IonqTwin.this) {
        YearMonth month = YearMonth.from(day());
        return spends(amount.subtract(total(byQpu(month.atDay(1), month.atEndOfMonth()))), QPUS[0]);
      }
    }

    /// Books a further amount on the present day; a negative one is a restatement.
    public Member spends(BigDecimal amount, String qpu) {
      synchronized (IonqTwin.this) {
        book(day(), qpu, amount);
        return this;
      }
    }

    /// From now on it consumes about so much every hour, in jobs of uneven size.
    public Member grows(BigDecimal perHour) {
      synchronized (IonqTwin.this) {
        growth.pace(perHour);
        return this;
      }
    }

    /// Leaves the organisation: no longer listed, while what was spent stays in `qpus`.
    public Member leaves() {
      synchronized (IonqTwin.this) {
        left = true;
        growth.pace(BigDecimal.ZERO);
        return this;
      }
    }

    private void book(LocalDate day, String qpu, BigDecimal amount) {
      books.computeIfAbsent(day, key -> new TreeMap<>()).merge(qpu, amount, BigDecimal::add);
      jobs.merge(day, 1, Integer::sum);
    }

    private void growTo(Instant now) {
      growth.runTo(
          now,
          (at, amount) -> {
            String qpu =
                QPUS[Math.floorMod(at.getEpochSecond() / 600 + id.hashCode(), QPUS.length)];
            book(LocalDate.ofInstant(at, ZoneOffset.UTC), qpu, amount);
          });
    }

    private SortedMap<String, BigDecimal> byQpu(LocalDate from, LocalDate to) {
      var sums = new TreeMap<String, BigDecimal>();
      books
          .subMap(from, to.plusDays(1))
          .values()
          .forEach(day -> day.forEach((qpu, amount) -> sums.merge(qpu, amount, BigDecimal::add)));
      return sums;
    }

    String id() {
      return id;
    }

    String project() {
      return project;
    }

    /// All it consumed on one day.
    BigDecimal on(LocalDate day) {
      return total(byQpu(day, day));
    }

    int jobs(LocalDate from, LocalDate to) {
      return jobs.subMap(from, to.plusDays(1)).values().stream().mapToInt(n -> n).sum();
    }

    private JsonObject asJson(BigDecimal consumed, int jobs) {
      var json = new JsonObject().put("id", id).put("jobs", jobs).put("user_email", email);
      json.put("first_name", firstName).put("last_name", lastName);
      json.put(
          "execution_time", Json.number(consumed.max(BigDecimal.ZERO).multiply(MILLIS_PER_UNIT)));
      quota.ifPresent(limit -> json.put("quota", Json.number(limit)));
      return json.put("quota_consumed", Json.number(consumed));
    }
  }
}
