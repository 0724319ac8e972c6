package dev.spendwarden.sandbox;

import dev.spendwarden.sandbox.SlackTwin.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Slack's Socket Mode: a WebSocket at `/slack/socket` for whoever asked `apps.connections.open`,
/// and presses of buttons, by `POST /slack/press` or by a test. As at Slack, a press goes to any
/// one of an app's connections and has to be acknowledged within three seconds.
public final class SocketModeTwin implements Twin {

  private static final long ACKNOWLEDGED_WITHIN_MILLIS = 3000;

  private final SlackTwin slack;
  private final Set<String> tickets = new HashSet<>();
  private final List<ServerWebSocket> sockets = new ArrayList<>();
  private final Map<String, Promise<Boolean>> waiting = new HashMap<>();
  private @Nullable String lastEnvelope;
  private int opened;
  private int ids;

  /// Who presses what.
  ///
  /// @param ts of the message
  /// @param action its `action_id`
  public record Pressing(String ts, String action, String userId, String userName) {}

  SocketModeTwin(SlackTwin slack) {
    this.slack = slack;
    slack.opensConnectionsWith(this::open);
  }

  /// How many connections there are.
  public synchronized int connections() {
    return sockets.size();
  }

  /// How many connections there ever were.
  public synchronized int opened() {
    return opened;
  }

  /// Presses a button; ends when the press was acknowledged, or was not in time (false). Without a
  /// connection nobody hears it (false).
  ///
  /// @throws IllegalArgumentException when there is no such button
  public Future<Boolean> press(Pressing pressing) {
    Message message = message(pressing);
    Button button =
        button(message, pressing.action())
            .orElseThrow(() -> new IllegalArgumentException("no button " + pressing.action()));
    return send(envelope(message, button, pressing));
  }

  /// Presses a button that the message no longer has, as on a screen that was not refreshed.
  ///
  /// @param value of the button
  public Future<Boolean> pressStale(Pressing pressing, String value) {
    return send(envelope(message(pressing), new Button("spendwarden:", value), pressing));
  }

  private Message message(Pressing pressing) {
    return slack.messages().stream()
        .filter(known -> known.ts().equals(pressing.ts()))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no message " + pressing.ts()));
  }

  /// Sends the last press again, as Slack does when an acknowledgement was lost.
  public synchronized Future<Boolean> again() {
    return lastEnvelope == null ? Future.succeededFuture(false) : send(lastEnvelope);
  }

  /// Tells all connections that they are about to be closed, as Slack does every few hours.
  public synchronized void disconnectAll() {
    for (ServerWebSocket socket : List.copyOf(sockets)) {
      socket.writeTextMessage(
          new JsonObject().put("type", "disconnect").put("reason", "refresh_requested").encode());
    }
  }

  /// Breaks all connections without a word.
  public synchronized void breakAll() {
    List.copyOf(sockets).forEach(ServerWebSocket::close);
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    router.get("/slack/socket").handler(this::accept);
    router.post("/slack/press").handler(door.to("slack/press", this::pressed));
  }

  private synchronized Reply open(Call call) {
    String ticket = "ticket-" + ++ids;
    tickets.add(ticket);
    String url = call.origin().replaceFirst("^http", "ws") + "/slack/socket?ticket=" + ticket;
    return Reply.json(new JsonObject().put("ok", true).put("url", url));
  }

  private void accept(RoutingContext context) {
    String ticket = context.request().getParam("ticket");
    synchronized (this) {
      if (ticket == null || !tickets.remove(ticket)) {
        context.response().setStatusCode(403).end();
        return;
      }
    }
    context
        .request()
        .toWebSocket()
        .onSuccess(socket -> {
          synchronized (this) {
            sockets.add(socket);
            opened++;
          }
          socket.textMessageHandler(this::heard);
          socket.closeHandler(closed -> {
            synchronized (this) {
              sockets.remove(socket);
            }
          });
          socket.writeTextMessage(
              new JsonObject().put("type", "hello").put("num_connections", 1).encode());
        });
  }

  private synchronized void heard(String text) {
    Map<String, @Nullable Object> fields = Json.parse(text).map(Json::asObject).orElse(Map.of());
    Promise<Boolean> promise = waiting.remove(Json.text(fields, "envelope_id"));
    if (promise != null) {
      promise.tryComplete(true);
    }
  }

  private synchronized Future<Boolean> send(String envelope) {
    lastEnvelope = envelope;
    if (sockets.isEmpty()) {
      return Future.succeededFuture(false);
    }
    String id = new JsonObject(envelope).getString("envelope_id");
    Promise<Boolean> acknowledged = Promise.promise();
    waiting.put(id, acknowledged);
    sockets.getLast().writeTextMessage(envelope);
    return acknowledged
        .future()
        .timeout(ACKNOWLEDGED_WITHIN_MILLIS, TimeUnit.MILLISECONDS)
        .otherwise(false);
  }

  private synchronized String envelope(Message message, Button button, Pressing pressing) {
    int number = ++ids;
    var payload =
        new JsonObject()
            .put("type", "block_actions")
            .put(
                "user",
                new JsonObject()
                    .put("id", pressing.userId())
                    .put("username", pressing.userName())
                    .put("team_id", "T0SPENDW1"))
            .put(
                "container",
                new JsonObject()
                    .put("type", "message")
                    .put("message_ts", message.ts())
                    .put("channel_id", slack.channelId(message.channel())))
            .put("channel", new JsonObject().put("id", slack.channelId(message.channel())))
            .put(
                "actions",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("type", "button")
                            .put("action_id", pressing.action())
                            .put("block_id", button.block())
                            .put("value", button.value())
                            .put("action_ts", number + ".1")));
    return new JsonObject()
        .put("type", "interactive")
        .put("envelope_id", "env-" + number)
        .put("accepts_response_payload", false)
        .put("payload", payload)
        .encode();
  }

  private record Button(String block, String value) {}

  private static Optional<Button> button(Message message, String action) {
    for (Object item : message.blocks()) {
      Map<String, @Nullable Object> block = Json.asObject(item);
      for (Object element : Json.asArray(block.get("elements"))) {
        Map<String, @Nullable Object> fields = Json.asObject(element);
        if (Json.text(fields, "action_id").equals(action)) {
          return Optional.of(new Button(Json.text(block, "block_id"), Json.text(fields, "value")));
        }
      }
    }
    return Optional.empty();
  }

  /// `ts`, `action` and, where it matters who, `user_id` and `user_name`. A form comes from the
  /// inbox page and is sent back there.
  private Reply pressed(Call call) {
    Map<String, @Nullable Object> fields = call.fields();
    String userId = Json.text(fields, "user_id");
    String userName = Json.text(fields, "user_name");
    try {
      var _ =
          press(
              new Pressing(
                  Json.text(fields, "ts"),
                  Json.text(fields, "action"),
                  userId.isEmpty() ? "U0SANDBOX" : userId,
                  userName.isEmpty() ? "you" : userName));
    } catch (IllegalArgumentException e) {
      return Reply.text(404, "text/plain", String.valueOf(e.getMessage()));
    }
    boolean form = call.header("content-type").orElse("").contains("form");
    return form
        ? Reply.text(303, "text/plain", "").with("location", "/inbox")
        : Reply.json(new JsonObject().put("pressed", true));
  }
}
