package dev.spendwarden.app;

import dev.spendwarden.notify.DeliveryListener;
import dev.spendwarden.notify.slack.SlackPresses;
import dev.spendwarden.notify.slack.SocketEvent;
import dev.spendwarden.sources.http.Egress;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds one Socket Mode connection to Slack, over which presses of buttons come in.
///
/// Runs on an event loop and never blocks it: an envelope is acknowledged the moment it arrives
/// (Slack waits three seconds), and what it asks for is done on a worker thread, one press after
/// the other, [#WAITING_MAX] waiting at most. A press that was acknowledged and then lost to a
/// crash is not made up for: the message shows that nothing happened, and the button is still
/// there.
///
/// A connection that ends is opened anew, at once where Slack asked for it and else with growing
/// pauses. While there is none, Slack tells whoever presses.
final class SlackSocketVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(SlackSocketVerticle.class);

  /// What `wss://` and `ws://` of a Slack stand for, and no more.
  private static final List<String> SCHEMES = List.of("wss", "ws");

  private static final int WAITING_MAX = 100;
  private static final int MESSAGE_MAX = 1 << 20;
  private static final Duration CONNECT_LONGEST = Duration.ofSeconds(10);
  private static final Duration PING_EVERY = Duration.ofSeconds(30);

  /// Three pings without a sign of life: the connection is gone, whatever the system thinks.
  private static final Duration SILENT_LONGEST = PING_EVERY.multipliedBy(3);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final String receiver;
  private final SlackPresses presses;
  private final Supplier<Egress> egress;
  private final DeliveryListener listener;

  private @Nullable WebSocketClient client;
  private @Nullable WebSocket socket;
  private long timer = -1;
  private long pinger = -1;
  private Duration pause = FIRST_PAUSE;
  private int waiting;
  private boolean stopping;

  SlackSocketVerticle(
      String receiver, SlackPresses presses, Supplier<Egress> egress, DeliveryListener listener) {
    this.receiver = receiver;
    this.presses = presses;
    this.egress = egress;
    this.listener = listener;
  }

  @Override
  public Future<?> start() {
    client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setMaxFrameSize(MESSAGE_MAX)
                .setMaxMessageSize(MESSAGE_MAX)
                .setConnectTimeout(Math.toIntExact(CONNECT_LONGEST.toMillis()))
                .setReadIdleTimeout(Math.toIntExact(SILENT_LONGEST.toSeconds()))
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
    open();
    // Not awaited: a daemon without buttons is still a daemon.
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    vertx.cancelTimer(pinger);
    if (socket != null) {
      socket.close();
    }
    return vertx.executeBlocking(() -> {
      presses.close();
      return true;
    });
  }

  // Connecting.

  private record Where(URI url, InetAddress address) {}

  private void open() {
    vertx
        .executeBlocking(this::ask)
        .compose(this::connect)
        .onSuccess(this::connected)
        .onFailure(this::failed);
  }

  /// Asks Slack for an address and finds what may be connected to. Blocks.
  private Where ask() throws IOException {
    return switch (presses.open()) {
      case SlackPresses.Opened.At(var url) -> new Where(url, permitted(url));
      case SlackPresses.Opened.Not(var problem) -> throw new IOException(problem);
    };
  }

  private InetAddress permitted(URI url) throws IOException {
    String scheme = url.getScheme() == null ? "" : url.getScheme();
    if (!SCHEMES.contains(scheme) || url.getHost() == null) {
      throw new IOException("malformed: not the address of a WebSocket");
    }
    Egress rules = egress.get();
    String host = url.getHost().replaceAll("[\\[\\]]", "");
    return Arrays.stream(InetAddress.getAllByName(host))
        .filter(scheme.equals("wss") ? rules::permits : rules::opens)
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "refused: an address that only egress.allow can open, or without encryption"));
  }

  private Future<WebSocket> connect(Where where) {
    WebSocketClient known = client;
    if (known == null || stopping) {
      return Future.failedFuture("stopped");
    }
    URI url = where.url();
    boolean tls = "wss".equals(url.getScheme());
    int port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    var options = new WebSocketConnectOptions();
    options
        // Where we connect to, as checked; host and port only go into the Host header and TLS.
        .setServer(SocketAddress.inetSocketAddress(port, where.address().getHostAddress()))
        .setHost(url.getHost())
        .setPort(port)
        .setSsl(tls)
        .setURI(path + query)
        .setTimeout(CONNECT_LONGEST.toMillis());
    return known.connect(options);
  }

  private void connected(WebSocket opened) {
    if (stopping) {
      opened.close();
      return;
    }
    socket = opened;
    opened.textMessageHandler(text -> heard(opened, text));
    opened.exceptionHandler(e -> LOG.debug("slack_socket_broke receiver={}", receiver, e));
    opened.closeHandler(ignored -> closed(opened));
    ping();
  }

  private void ping() {
    vertx.cancelTimer(pinger);
    pinger =
        vertx.setTimer(
            PING_EVERY.toMillis(),
            ignored -> {
              if (socket != null && !stopping) {
                socket.writePing(Buffer.buffer("sw"));
                ping();
              }
            });
  }

  private void failed(Throwable problem) {
    if (stopping) {
      return;
    }
    // Messages of clients may hold the address, which holds a ticket.
    String words =
        problem instanceof IOException && problem.getMessage() != null
            ? problem.getMessage()
            : problem.getClass().getSimpleName();
    listener.upkeep(receiver, "buttons", Optional.of(words));
    openAfter(grown());
  }

  private void closed(WebSocket which) {
    if (which != socket || stopping) {
      return;
    }
    socket = null;
    LOG.debug("slack_socket_closed receiver={} code={}", receiver, which.closeStatusCode());
    openAfter(grown());
  }

  /// With jitter, so that many do not come back at once.
  private Duration grown() {
    Duration now = pause;
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    return now.plusMillis(ThreadLocalRandom.current().nextLong(now.toMillis() / 2 + 1));
  }

  private void openAfter(Duration delay) {
    vertx.cancelTimer(timer);
    timer = vertx.setTimer(Math.max(1, delay.toMillis()), ignored -> open());
  }

  // Hearing.

  private void heard(WebSocket from, String text) {
    switch (SocketEvent.parse(text)) {
      case SocketEvent.Hello _ -> {
        pause = FIRST_PAUSE;
        listener.upkeep(receiver, "buttons", Optional.empty());
        LOG.debug("slack_socket_open receiver={}", receiver);
      }
      case SocketEvent.Disconnect(var reason) -> {
        LOG.debug("slack_socket_replaced receiver={} reason={}", receiver, reason);
        if (from == socket) {
          socket = null;
          openAfter(Duration.ZERO);
        }
        from.close();
      }
      case SocketEvent.Envelope envelope -> {
        if (envelope.click().isPresent() && waiting >= WAITING_MAX) {
          // Not acknowledged: Slack tells whoever pressed that it did not work.
          LOG.warn("slack_press_refused receiver={}: {} wait already", receiver, waiting);
          return;
        }
        from.writeTextMessage(envelope.acknowledgement());
        press(envelope);
      }
      case SocketEvent.Unknown _ -> {}
    }
  }

  private void press(SocketEvent.Envelope envelope) {
    if (envelope.click().isEmpty()) {
      return;
    }
    waiting++;
    vertx
        .executeBlocking(() -> presses.press(envelope), true)
        .onComplete(done -> {
          waiting--;
          if (done.succeeded()) {
            listener.upkeep(receiver, "press", done.result());
          } else {
            LOG.error("slack_press_failed receiver={}", receiver, done.cause());
          }
        });
  }
}
