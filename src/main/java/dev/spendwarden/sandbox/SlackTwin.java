package dev.spendwarden.sandbox;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Slack's Web API under `/slack/api/` and incoming webhooks under `/slack/hook/{channel}`. A
/// well-named channel exists from its first message on, except one that begins with `#missing`; one
/// that begins with `#archived` is. As at Slack, an error is a 200 with `"ok": false`.
public final class SlackTwin implements Twin {

  private static final Pattern CHANNEL_NAME = Pattern.compile("#[a-z0-9_-]{1,80}");
  private static final String CONNECTIONS_OPEN = "apps.connections.open";
  private static final Duration MESSAGE_GAP = Duration.ofSeconds(1);

  private final Inbox inbox;
  private final Credentials credentials = new Credentials();
  private final Map<String, String> channelIds = new LinkedHashMap<>();
  private final Map<String, Message> messages = new LinkedHashMap<>();
  private final Map<String, Upload> uploads = new LinkedHashMap<>();
  private final Map<String, Instant> lastMessage = new HashMap<>();
  private @Nullable Function<Call, Reply> connections;
  private boolean rateLimited;
  private int ids;

  /// A message as it now stands.
  ///
  /// @param channel with its `#`
  /// @param threadTs the `ts` of the message it replies to; empty at the top of a channel
  /// @param blocks decoded, empty when there are none
  public record Message(
      String channel,
      String ts,
      Optional<String> threadTs,
      Instant at,
      String text,
      List<@Nullable Object> blocks,
      List<String> files,
      int edits) {}

  /// A file on its way in: announced, then sent, then shared.
  private record Upload(String name, String type, Buffer bytes) {}

  SlackTwin(Inbox inbox) {
    this.inbox = inbox;
  }

  /// Who answers `apps.connections.open`.
  void opensConnectionsWith(Function<Call, Reply> opener) {
    connections = opener;
  }

  synchronized String channelId(String channel) {
    return channelIds.getOrDefault(channel, "");
  }

  /// Refuses every token but these.
  public SlackTwin acceptOnly(String... tokens) {
    credentials.acceptOnly(tokens);
    return this;
  }

  /// Whether a second message to a channel within a second is answered 429.
  public synchronized SlackTwin rateLimited(boolean limited) {
    rateLimited = limited;
    return this;
  }

  /// All messages as they now stand, oldest first, replies included.
  public synchronized List<Message> messages() {
    return List.copyOf(messages.values());
  }

  /// The bytes of a shared file, none when there is no such file.
  public byte[] bytesOf(String file) {
    return file(file).map(Buffer::getBytes).orElse(new byte[0]);
  }

  /// The bytes of a shared file; empty when there is no such file.
  synchronized Optional<Buffer> file(String id) {
    return Optional.ofNullable(uploads.get(id)).map(Upload::bytes);
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    var methods = new TreeMap<String, Function<Call, Reply>>();
    methods.put("auth.test", this::authTest);
    methods.put("chat.postMessage", this::postMessage);
    methods.put("chat.update", this::update);
    methods.put("chat.postEphemeral", this::whisper);
    methods.put(
        CONNECTIONS_OPEN,
        call -> connections == null ? error("unknown_method") : connections.apply(call));
    methods.put("files.getUploadURLExternal", this::announceFile);
    methods.put("files.completeUploadExternal", this::shareFiles);
    methods.put("files.info", this::fileInfo);
    router.post("/slack/upload/:file").handler(door.to("slack", this::takeFile));
    router.post("/slack/hook/:channel").handler(door.to("slack/hook", this::hook));
    router
        .route("/slack/api/:method")
        .handler(door.to("slack", call -> authorised(call, methods.get(call.path("method")))));
  }

  private synchronized Reply authorised(Call call, @Nullable Function<Call, Reply> method) {
    if (method == null) {
      return error("unknown_method");
    }
    String token = call.header("authorization").orElse("");
    if (!token.startsWith("Bearer ")) {
      return error("not_authed");
    }
    token = token.substring("Bearer ".length());
    if (token.contains("revoked")) {
      return error("token_revoked");
    }
    // Connections are the app's to open, all else is the bot's.
    String kind = call.path("method").equals(CONNECTIONS_OPEN) ? "xapp-" : "xoxb-";
    return credentials.accepts(token) && token.startsWith(kind)
        ? method.apply(call)
        : error("invalid_auth");
  }

  private Reply authTest(Call call) {
    return Reply.json(
        ok().put("url", "https://corvid.slack.example/")
            .put("team", "Corvid")
            .put("user", "spendwarden")
            .put("team_id", "T0SPENDW1")
            .put("user_id", "U0SPENDW1")
            .put("bot_id", "B0SPENDW1"));
  }

  private Reply postMessage(Call call) {
    Map<String, @Nullable Object> fields = call.fields();
    Optional<String> channel = channel(Json.text(fields, "channel"));
    if (channel.isEmpty()) {
      return error("channel_not_found");
    }
    Optional<Object> blocks = blocks(fields);
    Optional<String> problem =
        channel.get().startsWith("#archived")
            ? Optional.of("is_archived")
            : BlockKit.problem(Json.text(fields, "text"), blocks);
    Optional<String> thread =
        Optional.of(Json.text(fields, "thread_ts")).filter(ts -> !ts.isEmpty());
    if (problem.isEmpty() && thread.isPresent() && !messages.containsKey(thread.get())) {
      problem = Optional.of("thread_not_found");
    }
    if (problem.isPresent()) {
      return error(problem.get());
    }
    if (isTooSoon(channel.get(), call.at())) {
      return Reply.json(429, new JsonObject().put("ok", false).put("error", "ratelimited"))
          .with("retry-after", "1");
    }
    var message =
        new Message(
            channel.get(),
            nextTs(call.at()),
            thread,
            call.at(),
            Json.text(fields, "text"),
            Json.asArray(blocks.orElse(List.of())),
            List.of(),
            0);
    return kept(call, "chat.postMessage", message, fields);
  }

  private Reply update(Call call) {
    Map<String, @Nullable Object> fields = call.fields();
    Message old = messages.get(Json.text(fields, "ts"));
    String channelId = Json.text(fields, "channel");
    if (!channelIds.containsValue(channelId)) {
      return error("channel_not_found");
    }
    if (old == null || !channelId.equals(channelIds.get(old.channel))) {
      return error("message_not_found");
    }
    Optional<Object> blocks = blocks(fields);
    Optional<String> problem = BlockKit.problem(Json.text(fields, "text"), blocks);
    if (problem.isPresent()) {
      return error(problem.get());
    }
    var message =
        new Message(
            old.channel,
            old.ts,
            old.threadTs,
            old.at,
            Json.text(fields, "text"),
            Json.asArray(blocks.orElse(List.of())),
            old.files,
            old.edits + 1);
    return kept(call, "chat.update", message, fields);
  }

  /// Shown to one person only: it is in the inbox, and no message of the channel.
  private Reply whisper(Call call) {
    Map<String, @Nullable Object> fields = call.fields();
    Optional<String> channel = channel(Json.text(fields, "channel"));
    if (channel.isEmpty()) {
      return error("channel_not_found");
    }
    if (Json.text(fields, "user").isEmpty()) {
      return error("user_not_in_channel");
    }
    if (Json.text(fields, "text").isBlank()) {
      return error("no_text");
    }
    String ts = nextTs(call.at());
    deliver(call, "chat.postEphemeral", channel.get(), ts, fields);
    return Reply.json(ok().put("message_ts", ts));
  }

  private Reply kept(
      Call call, String method, Message message, Map<String, @Nullable Object> fields) {
    messages.put(message.ts, message);
    deliver(call, method, message.channel, message.ts, fields);
    return Reply.json(
        ok().put("channel", channelIds.get(message.channel))
            .put("ts", message.ts)
            .put(
                "message",
                new JsonObject()
                    .put("type", "message")
                    .put("text", message.text)
                    .put("ts", message.ts)));
  }

  /// Shows a call in the inbox: its fields as one object, forms decoded, and beside the real
  /// headers the method and the message's `ts`.
  private void deliver(
      Call call, String method, String channel, String ts, Map<String, @Nullable Object> fields) {
    var headers = new TreeMap<>(call.maskedHeaders());
    headers.put("x-slack-method", method);
    headers.put("x-slack-ts", ts);
    var body = new LinkedHashMap<>(fields);
    body.remove("token");
    blocks(fields).ifPresent(decoded -> body.put("blocks", decoded));
    inbox.add(new Inbox.Delivery("slack:" + channel, call.at(), headers, Json.encode(body)));
  }

  /// An incoming webhook: bound to the channel in its address, answers in plain text, gives no
  /// `ts`.
  private synchronized Reply hook(Call call) {
    String channel = "#" + call.path("channel");
    Optional<Map<String, @Nullable Object>> fields = call.json().map(Json::asObject);
    if (fields.isEmpty() || fields.get().isEmpty()) {
      return Reply.text(400, "text/plain", "invalid_payload");
    }
    if (channel(channel).isEmpty()) {
      return Reply.text(404, "text/plain", "no_service");
    }
    if (channel.startsWith("#archived")) {
      return Reply.text(410, "text/plain", "channel_is_archived");
    }
    String text = Json.text(fields.get(), "text");
    Optional<Object> blocks = blocks(fields.get());
    Optional<String> problem = BlockKit.problem(text, blocks);
    if (problem.isPresent()) {
      return Reply.text(400, "text/plain", problem.get());
    }
    if (isTooSoon(channel, call.at())) {
      return Reply.text(429, "text/plain", "rate_limited").with("retry-after", "1");
    }
    String ts = nextTs(call.at());
    messages.put(
        ts,
        new Message(
            channel,
            ts,
            Optional.empty(),
            call.at(),
            text,
            Json.asArray(blocks.orElse(List.of())),
            List.of(),
            0));
    deliver(call, "incoming-webhook", channel, ts, fields.get());
    return Reply.text(200, "text/plain", "ok");
  }

  private Reply announceFile(Call call) {
    Map<String, @Nullable Object> fields = call.fields();
    String name = Json.text(fields, "filename");
    if (name.isEmpty() || Json.text(fields, "length").isEmpty()) {
      return error("invalid_arguments");
    }
    String id = String.format(Locale.ROOT, "F%08d", ++ids);
    uploads.put(id, new Upload(name, "", Buffer.buffer()));
    return Reply.json(
        ok().put("upload_url", call.origin() + "/slack/upload/" + id).put("file_id", id));
  }

  private synchronized Reply takeFile(Call call) {
    Upload upload = uploads.get(call.path("file"));
    if (upload == null) {
      return Reply.text(404, "text/plain", "no such upload");
    }
    String type = call.header("content-type").orElse("");
    uploads.put(call.path("file"), new Upload(upload.name, type, call.body()));
    return Reply.text(200, "text/plain", "OK - " + call.body().length());
  }

  private Reply shareFiles(Call call) {
    Map<String, @Nullable Object> fields = call.fields();
    List<@Nullable Object> files = Json.asArray(decoded(fields.get("files")).orElse(List.of()));
    List<String> fileIds =
        files.stream().map(file -> Json.text(Json.asObject(file), "id")).toList();
    if (fileIds.isEmpty() || !uploads.keySet().containsAll(fileIds)) {
      return error("file_not_found");
    }
    String channelId = Json.text(fields, "channel_id");
    if (!channelId.isEmpty()) {
      Optional<String> channel = channel(channelId);
      if (channel.isEmpty()) {
        return error("channel_not_found");
      }
      String ts = nextTs(call.at());
      Optional<String> thread =
          Optional.of(Json.text(fields, "thread_ts")).filter(text -> !text.isEmpty());
      String comment = Json.text(fields, "initial_comment");
      messages.put(
          ts, new Message(channel.get(), ts, thread, call.at(), comment, List.of(), fileIds, 0));
      deliver(call, "files.completeUploadExternal", channel.get(), ts, fields);
    }
    var shared = new JsonArray();
    fileIds.forEach(id -> shared.add(new JsonObject().put("id", id)));
    return Reply.json(ok().put("files", shared));
  }

  private Reply fileInfo(Call call) {
    String id = Json.text(call.fields(), "file");
    Upload upload = uploads.get(id);
    return upload == null
        ? error("file_not_found")
        : Reply.json(ok().put("file", new JsonObject().put("id", id).put("name", upload.name)));
  }

  /// The channel's name by its name or id; a well-named one is made.
  private Optional<String> channel(String nameOrId) {
    for (var entry : channelIds.entrySet()) {
      if (entry.getValue().equals(nameOrId)) {
        return Optional.of(entry.getKey());
      }
    }
    String name = nameOrId.startsWith("#") ? nameOrId : "#" + nameOrId;
    if (!CHANNEL_NAME.matcher(name).matches() || name.startsWith("#missing")) {
      return Optional.empty();
    }
    channelIds.computeIfAbsent(name, key -> String.format(Locale.ROOT, "C%08d", ++ids));
    return Optional.of(name);
  }

  private boolean isTooSoon(String channel, Instant at) {
    Instant last = lastMessage.get(channel);
    if (rateLimited && last != null && at.isBefore(last.plus(MESSAGE_GAP))) {
      return true;
    }
    lastMessage.put(channel, at);
    return false;
  }

  /// Seconds of the clock and a number that never repeats: a key, not a time.
  private String nextTs(Instant at) {
    return String.format(Locale.ROOT, "%d.%06d", at.getEpochSecond(), ++ids);
  }

  private static Optional<Object> blocks(Map<String, ? extends @Nullable Object> fields) {
    return decoded(fields.get("blocks"));
  }

  /// A form carries JSON as text. Text that is no JSON stays, to be refused by its reader.
  private static Optional<Object> decoded(@Nullable Object value) {
    return value instanceof String text
        ? Optional.of(Json.parse(text).orElse(text))
        : Optional.ofNullable(value);
  }

  private static JsonObject ok() {
    return new JsonObject().put("ok", true);
  }

  private static Reply error(String error) {
    return Reply.json(new JsonObject().put("ok", false).put("error", error));
  }

  /// Replies to a message, oldest first.
  static List<Message> thread(List<Message> messages, String ts) {
    var replies = new ArrayList<>(messages);
    replies.removeIf(message -> !message.threadTs.equals(Optional.of(ts)));
    return replies;
  }
}
