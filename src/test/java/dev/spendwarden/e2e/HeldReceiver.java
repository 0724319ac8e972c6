package dev.spendwarden.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Webhook receivers, one for each path, that can take a request and keep quiet: the moment at
/// which a sender cannot know whether it was heard.
final class HeldReceiver implements AutoCloseable {

  /// @param query of the URL it was sent to, by which senders can be told apart
  record Attempt(String receiver, @Nullable String query, String id, String body) {
    String type() {
      return new JsonObject(body).getString("type");
    }

    int sequence() {
      return new JsonObject(body).getInteger("sequence");
    }

    String user() {
      return new JsonObject(body).getJsonObject("alert").getJsonObject("labels").getString("user");
    }

    String budget() {
      return new JsonObject(body).getJsonObject("budget").getString("id");
    }
  }

  private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  /// Answers nothing while set.
  volatile boolean silent;

  /// How many requests are taken before each waits for [#release]; none waits at first.
  volatile int answersFreely = Integer.MAX_VALUE;

  private final CountDownLatch released = new CountDownLatch(1);

  /// Answers 503 while set, as if it had not taken the request in.
  volatile boolean refusing;

  /// Runs once an answer is on its way.
  volatile Runnable answered = () -> {};

  HeldReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean silentNow = silent;
    if (refusing) {
      exchange.sendResponseHeaders(503, -1);
      exchange.close();
      return;
    }
    attempts.add(
        new Attempt(
            exchange.getRequestURI().getPath().substring(1),
            exchange.getRequestURI().getQuery(),
            exchange.getRequestHeaders().getFirst("webhook-id"),
            body));
    if (attempts.size() > answersFreely) {
      awaitRelease();
    }
    if (!silentNow) {
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
      answered.run();
    }
  }

  /// Answers what waits, and everything from now on.
  void release() {
    answersFreely = Integer.MAX_VALUE;
    released.countDown();
  }

  private void awaitRelease() throws IOException {
    try {
      if (!released.await(30, TimeUnit.SECONDS)) {
        throw new IOException("never released");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  String url(String receiver) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + receiver;
  }

  /// Everything but Spendwarden's own health that was sent to a receiver, in order of arrival,
  /// answered or not.
  List<Attempt> attempts(String receiver) {
    return attempts.stream()
        .filter(attempt -> attempt.receiver().equals(receiver))
        .filter(attempt -> !Laboratory.isOfHealth(attempt.body()))
        .toList();
  }

  /// The attempts of each notification, notifications in the order in which they first came.
  Map<String, List<Attempt>> byId(String receiver) {
    var byId = new LinkedHashMap<String, List<Attempt>>();
    attempts(receiver)
        .forEach(a -> byId.computeIfAbsent(a.id(), id -> new CopyOnWriteArrayList<>()).add(a));
    return byId;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
