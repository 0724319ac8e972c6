package dev.spendwarden.sandbox;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// GitHub's usage report exports: ask, wait, download. One export is built at a time, a second ask
/// is answered 409; the files lie under `/github-download`, whose addresses are signed, expire, and
/// are refused when they come with an `Authorization` header. Any enterprise is this one, except
/// one that begins with `missing`; a token that says `scopeless` gets the 404 of a missing scope.
public final class GithubTwin implements Twin {

  private static final Duration URL_LIFE = Duration.ofHours(1);
  private static final Set<String> API_VERSIONS = Set.of("2022-11-28", "2026-03-10");
  private static final Map<String, Integer> MAX_DAYS =
      Map.of("detailed", 31, "ai_credit", 31, "premium_request", 31, "summarized", 366);

  private final long seed;
  private final Credentials credentials = new Credentials();
  private final Map<UsageRow, UsageRow> rows = new LinkedHashMap<>();
  private final Map<UsageRow, Growth> growing = new LinkedHashMap<>();
  private final Map<String, Export> exports = new LinkedHashMap<>();
  private Duration buildTime = Duration.ofSeconds(20);
  private int rowsPerPart = 1000;
  private boolean gzip = true;
  private boolean byteOrderMark;
  private boolean nextFails;
  private Instant now;

  /// @param parts the files as they will be downloaded, made from the books at the time of asking
  private record Export(
      String id,
      String type,
      LocalDate start,
      LocalDate end,
      Instant createdAt,
      Instant readyAt,
      boolean fails,
      List<String> parts) {}

  GithubTwin(long seed, Instant start) {
    this.seed = seed;
    this.now = start;
  }

  /// Refuses every token but these.
  public GithubTwin acceptOnly(String... tokens) {
    credentials.acceptOnly(tokens);
    return this;
  }

  /// Books usage; a row that differs from an earlier one in its amounts only adds to it.
  public synchronized GithubTwin spends(UsageRow row) {
    rows.merge(row.line(), row, UsageRow::plus);
    return this;
  }

  /// From now on about so much more of this line every hour, whatever its own date and amounts.
  public synchronized GithubTwin grows(UsageRow line, BigDecimal perHour) {
    growing.computeIfAbsent(line, key -> new Growth(seed, key.toString(), 3, now)).pace(perHour);
    return this;
  }

  /// How long an export is processing, by the sandbox's clock.
  public synchronized GithubTwin buildTime(Duration time) {
    buildTime = time;
    return this;
  }

  public synchronized GithubTwin rowsPerPart(int count) {
    rowsPerPart = count;
    return this;
  }

  /// Whether files are sent gzip-encoded to callers that accept it.
  public synchronized GithubTwin gzip(boolean on) {
    gzip = on;
    return this;
  }

  public synchronized GithubTwin byteOrderMark(boolean on) {
    byteOrderMark = on;
    return this;
  }

  /// The next export that is asked for will fail.
  public synchronized GithubTwin failNext() {
    nextFails = true;
    return this;
  }

  /// Net dollars by product of the UTC days from `from` to `to`, both inclusive, as the books had
  /// it at the latest answer.
  public synchronized Map<String, BigDecimal> booked(LocalDate from, LocalDate to) {
    var booked = new TreeMap<String, BigDecimal>();
    rowsOf("detailed", from, to)
        .forEach(row -> booked.merge(row.product(), row.net(), BigDecimal::add));
    return booked;
  }

  @Override
  public synchronized void advance(Instant to) {
    growing.forEach((line, growth) ->
        growth.runTo(
            to,
            (at, quantity) ->
                spends(
                    line.with(
                        LocalDate.ofInstant(at, ZoneOffset.UTC), quantity, BigDecimal.ZERO))));
    now = to;
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    String reports = "/github/enterprises/:enterprise/settings/billing/reports";
    router.get(reports).handler(door.to("github", call -> authorised(call, this::list)));
    router.post(reports).handler(door.to("github", call -> authorised(call, this::create)));
    router.get(reports + "/:id").handler(door.to("github", call -> authorised(call, this::one)));
    router.route("/github/*").handler(door.to("github", call -> error(404, "Not Found")));
    router.get("/github-download/:id/:part").handler(door.to("github-download", this::download));
  }

  private synchronized Reply authorised(Call call, Function<Call, Reply> then) {
    String authorization = call.header("authorization").orElse("");
    boolean bearer = authorization.startsWith("Bearer ");
    String token = bearer ? authorization.substring("Bearer ".length()) : "";
    if (!bearer || !credentials.accepts(token)) {
      return error(401, "Bad credentials");
    }
    if (call.header("user-agent").isEmpty()) {
      return error(403, "Request forbidden by administrative rules.");
    }
    if (!API_VERSIONS.contains(call.header("x-github-api-version").orElse("2022-11-28"))) {
      return error(400, "Unsupported API version");
    }
    if (token.contains("scopeless") || call.path("enterprise").startsWith("missing")) {
      return error(404, "Not Found");
    }
    return then.apply(call);
  }

  private Reply list(Call call) {
    var items = new JsonArray();
    new ArrayList<>(exports.values()).reversed().forEach(export -> items.add(asJson(export, call)));
    return Reply.json(new JsonObject().put("usage_report_exports", items));
  }

  private Reply one(Call call) {
    Export export = exports.get(call.path("id"));
    return export == null ? error(404, "Not Found") : Reply.json(asJson(export, call));
  }

  private Reply create(Call call) {
    Map<String, @Nullable Object> fields = call.json().map(Json::asObject).orElse(Map.of());
    String type = Json.text(fields, "report_type");
    if (!MAX_DAYS.containsKey(type)) {
      return error(400, "report_type is not valid");
    }
    LocalDate start;
    LocalDate end = LocalDate.ofInstant(now, ZoneOffset.UTC);
    try {
      start = LocalDate.parse(Json.text(fields, "start_date"));
      if (fields.get("end_date") != null) {
        end = LocalDate.parse(Json.text(fields, "end_date"));
      }
    } catch (DateTimeParseException e) {
      return error(400, "Dates must be YYYY-MM-DD");
    }
    int maxDays = MAX_DAYS.getOrDefault(type, 0);
    if (end.isBefore(start) || !end.isBefore(start.plusDays(maxDays))) {
      return error(400, "The date range is not valid for this report type");
    }
    if (exports.values().stream().anyMatch(export -> export.readyAt.isAfter(now))) {
      return error(409, "A report is already being generated.");
    }
    UUID id =
        UUID.nameUUIDFromBytes((seed + "/" + exports.size()).getBytes(StandardCharsets.UTF_8));
    var export =
        new Export(
            id.toString(),
            type,
            start,
            end,
            now,
            now.plus(buildTime),
            nextFails,
            parts(type, rowsOf(type, start, end)));
    nextFails = false;
    exports.put(export.id, export);
    return Reply.json(202, asJson(export, call));
  }

  private JsonObject asJson(Export export, Call call) {
    boolean ready = !export.readyAt.isAfter(now);
    String status = !ready ? "processing" : export.fails ? "failed" : "completed";
    var json =
        new JsonObject()
            .put("id", export.id)
            .put("report_type", export.type)
            .put("start_date", export.start.toString())
            .put("end_date", export.end.toString())
            .put("status", status)
            .put("created_at", export.createdAt.toString())
            .put("actor", "spendwarden-bot");
    if (status.equals("completed")) {
      long expires = now.plus(URL_LIFE).getEpochSecond();
      var urls = new JsonArray();
      for (int part = 0; part < export.parts.size(); part++) {
        String path = "/github-download/%s/part-%d.csv".formatted(export.id, part);
        urls.add(call.origin() + path + "?expires=" + expires + "&sig=" + signature(path, expires));
      }
      json.put("download_urls", urls);
    }
    return json;
  }

  private String signature(String path, long expires) {
    return Integer.toHexString((seed + path + expires).hashCode());
  }

  private synchronized Reply download(Call call) {
    if (call.header("authorization").isPresent()) {
      return Reply.text(403, "application/xml", "<Error><Code>InvalidArgument</Code></Error>");
    }
    String expires = call.query("expires").filter(text -> text.matches("[0-9]{1,15}")).orElse("0");
    String expected = signature(call.context().request().path(), Long.parseLong(expires));
    if (!call.query("sig").equals(Optional.of(expected))
        || now.getEpochSecond() >= Long.parseLong(expires)) {
      return Reply.text(403, "application/xml", "<Error><Code>AccessDenied</Code></Error>");
    }
    Export export = exports.get(call.path("id"));
    String digits = call.path("part").replaceAll("[^0-9]", "");
    if (export == null || digits.isEmpty() || Integer.parseInt(digits) >= export.parts.size()) {
      return Reply.text(404, "application/xml", "<Error><Code>NoSuchKey</Code></Error>");
    }
    Reply file = Reply.text(200, "text/csv", export.parts.get(Integer.parseInt(digits)));
    boolean accepted = call.header("accept-encoding").orElse("").contains("gzip");
    return gzip && accepted
        ? file.with("content-encoding", "gzip").withBody(packed(file.body()))
        : file;
  }

  private List<UsageRow> rowsOf(String type, LocalDate from, LocalDate to) {
    return rows.values().stream()
        .filter(row -> row.isIn(type) && !row.date().isBefore(from) && !row.date().isAfter(to))
        .toList();
  }

  /// The files, each with its own header line.
  private List<String> parts(String type, List<UsageRow> selected) {
    List<UsageRow> lines = type.equals("summarized") ? summarized(selected) : selected;
    List<String> columns = UsageRow.columnsOf(type);
    var parts = new ArrayList<String>();
    for (int from = 0; from == 0 || from < lines.size(); from += rowsPerPart) {
      var csv = new StringBuilder(byteOrderMark ? "\uFEFF" : "");
      csv.append(String.join(",", columns)).append('\n');
      for (UsageRow row : lines.subList(from, Math.min(lines.size(), from + rowsPerPart))) {
        List<String> cells = columns.stream().map(row::column).map(GithubTwin::quoted).toList();
        csv.append(String.join(",", cells)).append('\n');
      }
      parts.add(csv.toString());
    }
    return parts;
  }

  private static List<UsageRow> summarized(List<UsageRow> detailed) {
    var sums = new LinkedHashMap<UsageRow, UsageRow>();
    for (UsageRow row : detailed) {
      sums.merge(row.summarized().line(), row.summarized(), UsageRow::plus);
    }
    return List.copyOf(sums.values());
  }

  private static String quoted(String cell) {
    return cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
        ? '"' + cell.replace("\"", "\"\"") + '"'
        : cell;
  }

  private static Buffer packed(Buffer plain) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(plain.getBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(bytes.toByteArray());
  }

  private static Reply error(int status, String message) {
    return Reply.json(
        status,
        new JsonObject()
            .put("message", message)
            .put("documentation_url", "https://docs.github.com/rest/billing/usage-reports")
            .put("status", String.format(Locale.ROOT, "%d", status)));
  }
}
