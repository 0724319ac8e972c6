package dev.spendwarden.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Anthropic's Admin API: `cost_report` by day, `usage_report/messages` by day and hour (not by
/// minute), `me`. Amounts are cents, as fractional decimal strings; buckets without spend are
/// listed empty; a page token is only good with the parameters it was made for.
public final class AnthropicTwin implements Twin {

  private static final Set<String> COST_GROUPS = Set.of("workspace_id", "description");
  private static final Set<String> USAGE_GROUPS =
      Set.of("workspace_id", "model", "service_tier", "context_window");
  private static final String UNCACHED = "uncached_input_tokens";
  private static final BigDecimal TOKENS_PER_CENT = new BigDecimal("2000");

  private final long seed;
  private final Credentials credentials = new Credentials();
  private final SortedMap<Instant, Map<Line, BigDecimal>> hours = new TreeMap<>();
  private final Map<Line, Growth> growing = new LinkedHashMap<>();
  private Instant now;
  private int requests;

  /// What a cost is for. Null members are null in the report, too; a null workspace is the default
  /// one.
  public record Line(
      @Nullable String workspace,
      String costType,
      @Nullable String model,
      @Nullable String tokenType,
      @Nullable String serviceTier,
      @Nullable String contextWindow) {

    public static Line tokens(@Nullable String workspace, String model, String tokenType) {
      return new Line(workspace, "tokens", model, tokenType, "standard", "0-200k");
    }

    public static Line webSearch(@Nullable String workspace) {
      return new Line(workspace, "web_search", null, null, null, null);
    }

    String description() {
      return model == null ? "Web Search Usage" : model + " Usage - " + tokenType;
    }
  }

  /// A time range in buckets, and what to group by.
  private record Query(Instant start, Instant end, Duration width, int limit, Set<String> groups) {

    Instant pageEnd(Instant from) {
      Instant full = from.plus(width.multipliedBy(limit));
      return full.isBefore(end) ? full : end;
    }
  }

  /// A request that is answered 400 with this message.
  private static final class Invalid extends Exception {
    private static final long serialVersionUID = 1;

    Invalid(String message) {
      super(message);
    }
  }

  AnthropicTwin(long seed, Instant start) {
    this.seed = seed;
    this.now = start;
  }

  /// Refuses every admin key but these.
  public AnthropicTwin acceptOnly(String... keys) {
    credentials.acceptOnly(keys);
    return this;
  }

  /// Books cents at an instant; one in the past is a restatement.
  public synchronized AnthropicTwin spends(Line line, Instant at, BigDecimal cents) {
    hours
        .computeIfAbsent(at.truncatedTo(ChronoUnit.HOURS), key -> new LinkedHashMap<>())
        .merge(line, cents, BigDecimal::add);
    return this;
  }

  /// From now on about so many cents every hour.
  public synchronized AnthropicTwin grows(Line line, BigDecimal centsPerHour) {
    growing
        .computeIfAbsent(line, key -> new Growth(seed, key.toString(), 5, now))
        .pace(centsPerHour);
    return this;
  }

  /// Cents by line of the UTC days from `from` to `to`, both inclusive, as the books had it at the
  /// latest answer.
  public synchronized Map<Line, BigDecimal> booked(LocalDate from, LocalDate to) {
    return sums(
        from.atStartOfDay(ZoneOffset.UTC).toInstant(),
        to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  @Override
  public synchronized void advance(Instant to) {
    growing.forEach((line, growth) -> growth.runTo(to, (at, cents) -> spends(line, at, cents)));
    now = to;
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    String base = "/anthropic/v1/organizations";
    router.get(base + "/me").handler(door.to("anthropic", call -> authorised(call, this::me)));
    router
        .get(base + "/cost_report")
        .handler(door.to("anthropic", call -> authorised(call, this::costReport)));
    router
        .get(base + "/usage_report/messages")
        .handler(door.to("anthropic", call -> authorised(call, this::usageReport)));
    router
        .route("/anthropic/*")
        .handler(door.to("anthropic", call -> error(404, "not_found_error", "Not found.")));
  }

  private interface Answer {
    JsonObject to(Call call) throws Invalid;
  }

  private synchronized Reply authorised(Call call, Answer answer) {
    if (!credentials.accepts(call.header("x-api-key").orElse(""))) {
      return error(401, "authentication_error", "invalid x-api-key");
    }
    if (!call.header("anthropic-version").orElse("").equals("2023-06-01")) {
      return error(400, "invalid_request_error", "anthropic-version: header is required");
    }
    try {
      return Reply.json(answer.to(call)).with("request-id", nextRequestId());
    } catch (Invalid e) {
      return error(400, "invalid_request_error", String.valueOf(e.getMessage()));
    }
  }

  private JsonObject me(Call call) {
    return new JsonObject()
        .put("id", "0c7f3a54-5b1e-4c52-9a7e-000000000001")
        .put("type", "organization")
        .put("name", "Corvid");
  }

  private JsonObject costReport(Call call) throws Invalid {
    Query query = query(call, Map.of("1d", new int[] {7, 31}), COST_GROUPS);
    return page(call, query, this::costs);
  }

  private JsonObject usageReport(Call call) throws Invalid {
    var widths = Map.of("1d", new int[] {7, 31}, "1h", new int[] {24, 168});
    return page(call, query(call, widths, USAGE_GROUPS), this::usage);
  }

  /// @param widths default and maximum of `limit` by bucket width
  private Query query(Call call, Map<String, int[]> widths, Set<String> groups) throws Invalid {
    Map<String, List<String>> given = call.query();
    Set<String> known =
        Set.of("starting_at", "ending_at", "bucket_width", "limit", "group_by[]", "page");
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw new Invalid(name + ": Extra inputs are not permitted");
      }
    }
    String width = call.query("bucket_width").orElse("1d");
    int[] limits = widths.get(width);
    if (limits == null) {
      throw new Invalid("bucket_width: not one of " + widths.keySet());
    }
    Set<String> asked = Set.copyOf(given.getOrDefault("group_by[]", List.of()));
    if (!groups.containsAll(asked)) {
      throw new Invalid("group_by: not among " + groups);
    }
    ChronoUnit unit = width.equals("1d") ? ChronoUnit.DAYS : ChronoUnit.HOURS;
    Instant start =
        instant(call, "starting_at")
            .orElseThrow(() -> new Invalid("starting_at: Field required"))
            .truncatedTo(unit);
    // Buckets must end at or before `ending_at`; the one that holds the present is the last.
    Instant latest = now.truncatedTo(unit).plus(1, unit);
    Instant end =
        instant(call, "ending_at")
            .map(at -> at.truncatedTo(unit))
            .filter(at -> at.isBefore(latest))
            .orElse(latest);
    return new Query(start, end, unit.getDuration(), limit(call, limits), asked);
  }

  private static Optional<Instant> instant(Call call, String name) throws Invalid {
    Optional<String> text = call.query(name);
    try {
      return text.map(Instant::parse);
    } catch (DateTimeParseException e) {
      throw new Invalid(name + ": Input should be a valid datetime");
    }
  }

  private static int limit(Call call, int[] limits) throws Invalid {
    String text = call.query("limit").orElse(String.valueOf(limits[0]));
    if (!text.matches("[0-9]{1,4}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > limits[1]) {
      throw new Invalid("limit: Input should be between 1 and " + limits[1]);
    }
    return Integer.parseInt(text);
  }

  private interface Bucket {
    JsonArray results(Instant from, Instant to, Set<String> groups);
  }

  private JsonObject page(Call call, Query query, Bucket bucket) throws Invalid {
    Optional<String> page = call.query("page");
    Instant from = page.isPresent() ? opened(page.get(), query) : query.start;
    Instant pageEnd = query.pageEnd(from);
    var data = new JsonArray();
    for (Instant at = from; at.isBefore(pageEnd); at = at.plus(query.width)) {
      Instant to = at.plus(query.width);
      data.add(
          new JsonObject()
              .put("starting_at", at.toString())
              .put("ending_at", to.toString())
              .put("results", bucket.results(at, to, query.groups)));
    }
    boolean more = pageEnd.isBefore(query.end);
    return new JsonObject()
        .put("data", data)
        .put("has_more", more)
        .put("next_page", more ? sealed(pageEnd, query) : null);
  }

  /// The token holds the next bucket and a mark of the other parameters.
  private static String sealed(Instant next, Query query) {
    String inside = next + "|" + mark(query);
    byte[] bytes = inside.getBytes(StandardCharsets.UTF_8);
    return "page_" + Base64.getUrlEncoder().encodeToString(bytes);
  }

  private static Instant opened(String token, Query query) throws Invalid {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(token.substring("page_".length()));
      String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\\|");
      if (token.startsWith("page_") && parts.length == 2 && parts[1].equals(mark(query))) {
        return Instant.parse(parts[0]);
      }
    } catch (IllegalArgumentException
        | StringIndexOutOfBoundsException
        | DateTimeParseException e) {
      // Told below: a token nobody gave out.
    }
    throw new Invalid("page: Invalid page token");
  }

  private static String mark(Query query) {
    var asked =
        List.of(query.start, query.width, query.limit, new java.util.TreeSet<>(query.groups));
    return Integer.toHexString(asked.hashCode());
  }

  private Map<Line, BigDecimal> sums(Instant from, Instant to) {
    var sums = new LinkedHashMap<Line, BigDecimal>();
    hours
        .subMap(from, to)
        .values()
        .forEach(hour -> hour.forEach((line, cents) -> sums.merge(line, cents, BigDecimal::add)));
    return sums;
  }

  private JsonArray costs(Instant from, Instant to, Set<String> groups) {
    boolean byWorkspace = groups.contains("workspace_id");
    boolean byDescription = groups.contains("description");
    var sums = new LinkedHashMap<JsonObject, BigDecimal>();
    sums(from, to)
        .forEach((line, cents) -> {
          JsonObject row =
              new JsonObject()
                  .put("workspace_id", byWorkspace ? line.workspace : null)
                  .put("description", byDescription ? line.description() : null)
                  .put("cost_type", byDescription ? line.costType : null)
                  .put("context_window", byDescription ? line.contextWindow : null)
                  .put("model", byDescription ? line.model : null)
                  .put("service_tier", byDescription ? line.serviceTier : null)
                  .put("token_type", byDescription ? line.tokenType : null)
                  .put("inference_geo", null);
          sums.merge(row, cents, BigDecimal::add);
        });
    var results = new JsonArray();
    sums.forEach((row, cents) ->
        results.add(
            new JsonObject()
                .put("currency", "USD")
                .put("amount", Json.number(cents).toPlainString())
                .mergeIn(row)));
    return results;
  }

  private JsonArray usage(Instant from, Instant to, Set<String> groups) {
    var rows = new LinkedHashMap<JsonObject, Map<String, Long>>();
    sums(from, to)
        .forEach((line, cents) -> {
          if (line.tokenType != null) {
            JsonObject row = usageGroup(line, groups);
            long tokens =
                cents.multiply(TOKENS_PER_CENT).setScale(0, RoundingMode.HALF_UP).longValue();
            rows.computeIfAbsent(row, key -> new LinkedHashMap<>())
                .merge(line.tokenType, tokens, Long::sum);
          }
        });
    var results = new JsonArray();
    rows.forEach((row, tokens) -> results.add(usageRow(tokens).mergeIn(row)));
    return results;
  }

  private static JsonObject usageGroup(Line line, Set<String> groups) {
    return new JsonObject()
        .put("workspace_id", groups.contains("workspace_id") ? line.workspace : null)
        .put("model", groups.contains("model") ? line.model : null)
        .put("service_tier", groups.contains("service_tier") ? line.serviceTier : null)
        .put("context_window", groups.contains("context_window") ? line.contextWindow : null)
        .put("api_key_id", null)
        .put("account_id", null)
        .put("service_account_id", null)
        .put("inference_geo", null);
  }

  private static JsonObject usageRow(Map<String, Long> tokens) {
    String written = "cache_creation.ephemeral_";
    return new JsonObject()
        .put(UNCACHED, tokens.getOrDefault(UNCACHED, 0L))
        .put("cache_read_input_tokens", tokens.getOrDefault("cache_read_input_tokens", 0L))
        .put(
            "cache_creation",
            new JsonObject()
                .put(
                    "ephemeral_1h_input_tokens",
                    tokens.getOrDefault(written + "1h_input_tokens", 0L))
                .put(
                    "ephemeral_5m_input_tokens",
                    tokens.getOrDefault(written + "5m_input_tokens", 0L)))
        .put("output_tokens", tokens.getOrDefault("output_tokens", 0L))
        .put("server_tool_use", new JsonObject().put("web_search_requests", 0));
  }

  private Reply error(int status, String type, String message) {
    String id = nextRequestId();
    return Reply.json(
            status,
            new JsonObject()
                .put("type", "error")
                .put("error", new JsonObject().put("type", type).put("message", message))
                .put("request_id", id))
        .with("request-id", id);
  }

  private synchronized String nextRequestId() {
    return "req_%08d".formatted(++requests);
  }
}
