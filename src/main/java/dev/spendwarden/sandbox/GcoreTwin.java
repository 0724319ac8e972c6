package dev.spendwarden.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Gcore's reseller billing: `reports` (tasks of every type, without money) and `expenses` (the
/// money, withdrawn rows included unless asked otherwise, currencies mixed). `next` is an absolute
/// address on another host, as in Gcore's own examples.
public final class GcoreTwin implements Twin {

  private static final int DEFAULT_LIMIT = 20;
  private static final int MAX_LIMIT = 100;
  private static final int MONEY_DECIMALS = 12;

  private final long seed;
  private final Credentials credentials = new Credentials();
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private final Map<Integer, Expense> expenses = new LinkedHashMap<>();
  private Instant now;

  /// @param taskType `Report`, `ClosingPeriod`, `ImportData` or `StopSubscriptions`
  /// @param template the report's type, such as `ResellerExpenses`
  /// @param status `Pending`, `InProgress`, `Completed`, `Failed` or `Cancelled`
  public record Task(
      String uuid,
      Instant createdAt,
      Instant updatedAt,
      int clientId,
      String taskType,
      String template,
      String status,
      LocalDate from,
      LocalDate to,
      List<String> errors) {}

  /// @param day the UTC day it is for
  public record Expense(
      int id,
      Instant createdAt,
      int clientId,
      LocalDate day,
      String product,
      String metric,
      String currency,
      BigDecimal money,
      boolean deleted) {}

  GcoreTwin(long seed, Instant start) {
    this.seed = seed;
    this.now = start;
  }

  /// Refuses every token but these.
  public GcoreTwin acceptOnly(String... tokens) {
    credentials.acceptOnly(tokens);
    return this;
  }

  /// Adds a report task over the present month, made now.
  ///
  /// @return its uuid
  public synchronized String report(String template, String status) {
    LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
    String uuid =
        UUID.nameUUIDFromBytes((seed + "/" + tasks.size()).getBytes(StandardCharsets.UTF_8))
            .toString();
    put(
        new Task(
            uuid,
            now,
            now,
            20001,
            "Report",
            template,
            status,
            day.withDayOfMonth(1),
            day,
            List.of()));
    return uuid;
  }

  /// Adds a task, or replaces the one of the same uuid.
  public synchronized GcoreTwin put(Task task) {
    tasks.put(task.uuid, task);
    return this;
  }

  /// Moves a task on.
  public synchronized GcoreTwin status(String uuid, String status, String... errors) {
    tasks.computeIfPresent(
        uuid,
        (key, task) ->
            new Task(
                uuid,
                task.createdAt,
                now,
                task.clientId,
                task.taskType,
                task.template,
                status,
                task.from,
                task.to,
                List.of(errors)));
    return this;
  }

  /// Deletes a task, as somebody at the portal can.
  public synchronized GcoreTwin delete(String uuid) {
    tasks.remove(uuid);
    return this;
  }

  /// Books an expense; a negative one is a correction.
  ///
  /// @return its id
  public synchronized int spends(
      int clientId, LocalDate day, String product, String currency, BigDecimal money) {
    int id = 9_100_000 + expenses.size();
    String metric = product.toLowerCase(Locale.ROOT) + "_usage";
    expenses.put(id, new Expense(id, now, clientId, day, product, metric, currency, money, false));
    return id;
  }

  /// Marks an expense deleted, as a recalculation does with the rows it replaces.
  public synchronized GcoreTwin withdraw(int id) {
    expenses.computeIfPresent(
        id,
        (key, old) ->
            new Expense(
                id,
                old.createdAt,
                old.clientId,
                old.day,
                old.product,
                old.metric,
                old.currency,
                old.money,
                true));
    return this;
  }

  /// Money by currency of the days from `from` to `to`, both inclusive, withdrawn rows left out.
  public synchronized Map<String, BigDecimal> booked(LocalDate from, LocalDate to) {
    var booked = new TreeMap<String, BigDecimal>();
    for (Expense expense : expenses.values()) {
      if (!expense.deleted && !expense.day.isBefore(from) && !expense.day.isAfter(to)) {
        booked.merge(expense.currency, expense.money, BigDecimal::add);
      }
    }
    return booked;
  }

  @Override
  public synchronized void advance(Instant to) {
    now = to;
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    String base = "/gcore/billing/org/v1";
    router
        .get(base + "/reports")
        .handler(door.to("gcore", call -> authorised(call, this::reports)));
    router
        .get(base + "/reports/:uuid")
        .handler(door.to("gcore", call -> authorised(call, this::report)));
    router
        .get(base + "/expenses")
        .handler(door.to("gcore", call -> authorised(call, this::expenses)));
    router.route("/gcore/*").handler(door.to("gcore", call -> error(404, "Not found")));
  }

  private synchronized Reply authorised(Call call, Function<Call, Reply> then) {
    String authorization = call.header("authorization").orElse("");
    boolean apiKey = authorization.regionMatches(true, 0, "apikey ", 0, "apikey ".length());
    if (!apiKey || !credentials.accepts(authorization.substring("apikey ".length()))) {
      return error(401, "Bad permanent token");
    }
    try {
      return then.apply(call);
    } catch (DateTimeParseException | NumberFormatException e) {
      return Reply.json(400, new JsonObject().put("detail", "Enter a valid value."));
    }
  }

  private Reply report(Call call) {
    Task task = tasks.get(call.path("uuid"));
    return task == null ? error(404, "Not found") : Reply.json(asJson(task));
  }

  private Reply reports(Call call) {
    List<String> statuses = call.query().getOrDefault("status", List.of());
    String order = call.query("ordering").orElse("created_at");
    Comparator<Task> byAge = Comparator.comparing(Task::createdAt).thenComparing(Task::uuid);
    Stream<Task> selected =
        tasks.values().stream()
            .filter(where(call, "client_id", (task, v) -> task.clientId == Integer.parseInt(v)))
            .filter(where(call, "uuid", (task, v) -> task.uuid.startsWith(v)))
            .filter(where(call, "template", (task, v) -> task.template.contains(v)))
            .filter(where(call, "created_after", (task, v) -> !task.createdAt.isBefore(instant(v))))
            .filter(where(call, "created_before", (task, v) -> !task.createdAt.isAfter(instant(v))))
            .filter(task -> statuses.isEmpty() || statuses.contains(task.status))
            .sorted(order.startsWith("-") ? byAge.reversed() : byAge);
    return page(call, selected.map(GcoreTwin::asJson).toList());
  }

  private Reply expenses(Call call) {
    List<String> currencies = call.query().getOrDefault("currency_char_code", List.of());
    int decimals =
        call.query("money_decimals")
            .filter(text -> !text.equals("max"))
            .map(Integer::parseInt)
            .orElse(MONEY_DECIMALS);
    Stream<Expense> selected =
        expenses.values().stream()
            .filter(where(call, "client_id", (row, v) -> row.clientId == Integer.parseInt(v)))
            .filter(where(call, "for_date", (row, v) -> row.day.equals(day(v))))
            .filter(where(call, "for_date_after", (row, v) -> !row.day.isBefore(day(v))))
            .filter(where(call, "for_date_before", (row, v) -> !row.day.isAfter(day(v))))
            .filter(where(call, "created_after", (row, v) -> !row.createdAt.isBefore(instant(v))))
            .filter(where(call, "created_before", (row, v) -> !row.createdAt.isAfter(instant(v))))
            .filter(
                where(
                    call,
                    "deleted",
                    (row, v) -> v.equals("none") || row.deleted == Boolean.parseBoolean(v)))
            .filter(row -> currencies.isEmpty() || currencies.contains(row.currency));
    return page(call, selected.map(row -> asJson(row, decimals)).toList());
  }

  private interface Matches<T> {
    boolean holds(T item, String value);
  }

  /// A filter that holds for all where its parameter is left out.
  private static <T> Predicate<T> where(Call call, String parameter, Matches<T> test) {
    return call.query(parameter)
        .map(value -> (Predicate<T>) item -> test.holds(item, value))
        .orElse(item -> true);
  }

  /// A date, a date and a time with a space, or RFC 3339.
  private static Instant instant(String text) {
    if (text.length() == 10) {
      return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    String full = text.replace(' ', 'T');
    return Instant.parse(full.endsWith("Z") ? full : full + "Z");
  }

  private static LocalDate day(String text) {
    return LocalDate.ofInstant(instant(text), ZoneOffset.UTC);
  }

  private static Reply page(Call call, List<JsonObject> all) {
    int limit =
        Math.clamp(call.query("limit").map(Integer::parseInt).orElse(DEFAULT_LIMIT), 1, MAX_LIMIT);
    int offset = Math.max(0, call.query("offset").map(Integer::parseInt).orElse(0));
    int from = Math.min(offset, all.size());
    int to = Math.min(from + limit, all.size());
    return Reply.json(
        new JsonObject()
            .put("count", all.size())
            .put("next", to < all.size() ? elsewhere(call, limit, to) : null)
            .put(
                "previous", offset > 0 ? elsewhere(call, limit, Math.max(0, offset - limit)) : null)
            .put("results", new JsonArray(new ArrayList<>(all.subList(from, to)))));
  }

  /// On a host that is not this one: a client that follows it hands its key to a stranger.
  private static String elsewhere(Call call, int limit, int offset) {
    String path = call.context().request().path().substring("/gcore".length());
    return "http://api.gcore.example" + path + "?limit=" + limit + "&offset=" + offset;
  }

  private static JsonObject asJson(Task task) {
    var errors = new JsonArray();
    task.errors.forEach(error -> errors.add(new JsonObject().put("message", error)));
    var parameters = new JsonObject();
    if (task.taskType.equals("Report")) {
      parameters
          .put("type", task.template)
          .put("date_from", task.from.toString())
          .put("date_to", task.to.toString());
    }
    return new JsonObject()
        .put("uuid", task.uuid)
        .put("created_at", task.createdAt.toString())
        .put("updated_at", task.updatedAt.toString())
        .put("user_id", 7011)
        .put("client_id", task.clientId)
        .put("task_type", task.taskType)
        .put("status", task.status)
        .put("processing_notes", new JsonObject().put("errors", errors))
        .put("parameters", parameters);
  }

  private static JsonObject asJson(Expense row, int decimals) {
    String start = row.day + "T00:00:00Z";
    String end = row.day.plusDays(1) + "T00:00:00Z";
    boolean euro = row.currency.equals("EUR");
    return new JsonObject()
        .put("id", row.id)
        .put("client_id", row.clientId)
        .put("payer_id", 20001)
        .put(
            "client",
            new JsonObject().put("id", row.clientId).put("company_name", "Client " + row.clientId))
        .put("comment", "")
        .put("for_date", start)
        .put("period_range", new JsonObject().put("start", start).put("end", end))
        .put("calc_rule_type", "stepped")
        .put(
            "currency",
            new JsonObject()
                .put("id", euro ? 2 : 1)
                .put("char_code", row.currency)
                .put("symbol", euro ? "€" : "$"))
        .put("money_value", decimal(row.money, decimals))
        .put("tax_value", decimal(BigDecimal.ZERO, decimals))
        .put("tax_rate", "0.00")
        .put("discount_value", decimal(BigDecimal.ZERO, decimals))
        .put("discount", null)
        .put("usage", new JsonObject().put("amount", "1.000000000000").put("unit_name", "unit"))
        .put("metric_ext_name", row.metric)
        .put("region", null)
        .put("description", row.product)
        .put("product", nameOf(row.product))
        .put("product_category", nameOf("Edge"))
        .put("feature", new JsonObject().put("id", 41).put("name", row.product))
        .put("invoices", new JsonArray())
        .put("deleted", row.deleted);
  }

  private static JsonObject nameOf(String name) {
    return new JsonObject().put("id", 1).put("name", name);
  }

  private static String decimal(BigDecimal money, int decimals) {
    return money.setScale(decimals, RoundingMode.HALF_UP).toPlainString();
  }

  private static Reply error(int status, String message) {
    return Reply.json(
        status,
        new JsonObject()
            .put("exception_class", "HTTPError")
            .put("message", message)
            .put("request_id", "4cf1202f8e35e9ddaabae6c5c23e0001"));
  }
}
