package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// The one way out: HTTP/1.1 to providers and webhooks, guarded.
///
/// - Redirects are answers, never followed.
/// - A credential goes only to the scheme, host and port it is bound to.
/// - One deadline spans everything from name look-up to the last byte of the body.
/// - Bodies have a byte cap, before and after decompression, and a cap on the ratio of both.
/// - The address connected to is one that [Egress] permits, checked after the look-up; the name is
///   not looked up again. Plain http only goes to addresses the allow-list opens.
/// - A body that did not come whole is a failure.
///
/// Nothing is retried here, apart from trying a host's other addresses before anything was sent.
///
/// Blocking and thread-safe: one instance serves the daemon, from any thread but an event loop; on
/// a Vert.x virtual thread other handlers of the verticle run meanwhile. When the caller is
/// interrupted the request is broken off, the interrupt flag is set again and the answer is a
/// [FailureReason#TIMEOUT].
public final class GuardedClient implements AutoCloseable {

  private static final int MAX_HEADER_BYTES = 32 * 1024;
  private static final int MAX_ADDRESSES = 4;

  /// What is kept of the body of an answer that is not 2xx, for the error message.
  private static final long MAX_ERROR_BYTES = 64 * 1024;

  private final HttpClient http;
  private final Lookups lookups;
  private final String userAgent;
  private volatile Egress egress;

  /// @param vertx stays the caller's to close, after this client
  public GuardedClient(Vertx vertx, Egress egress) {
    this(vertx, egress, "dev");
  }

  /// @param version of Spendwarden, which every request tells
  public GuardedClient(Vertx vertx, Egress egress, String version) {
    this(vertx, egress, version, Resolver.system(), Function.identity());
  }

  GuardedClient(
      Vertx vertx,
      Egress egress,
      Resolver resolver,
      Function<HttpClientOptions, HttpClientOptions> tune) {
    this(vertx, egress, "dev", resolver, tune);
  }

  /// @param tune adds what tests need, such as trust in a certificate of their own
  private GuardedClient(
      Vertx vertx,
      Egress egress,
      String version,
      Resolver resolver,
      Function<HttpClientOptions, HttpClientOptions> tune) {
    var options =
        new HttpClientOptions()
            .setDecompressionSupported(false)
            .setVerifyHost(true)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxInitialLineLength(4096)
            // Only bounds attempts whose request was given up: each request waits by its deadline.
            // (A connect timeout on the request itself fails inside Vert.x 5.0's pool when it meets
            // the end of the connection.)
            .setConnectTimeout(30_000)
            .setKeepAlive(true)
            // Below what servers and balancers commonly keep, so that we rarely write into a
            // connection that is just being closed.
            .setKeepAliveTimeout(10);
    // One request in flight for each source and receiver: the pool only has to exceed their number
    // at one host.
    var pool = new PoolOptions().setHttp1MaxSize(64).setMaxWaitQueueSize(256);
    this.http =
        vertx
            .httpClientBuilder()
            .with(tune.apply(options))
            .with(pool)
            // What breaks a connection is told by its request; without a handler Vert.x would log
            // it
            // as an error of ours, with a stack trace.
            .withConnectHandler(connection -> connection.exceptionHandler(_ -> {}))
            .build();
    this.userAgent = userAgent(version);
    this.lookups = new Lookups(resolver);
    this.egress = egress;
  }

  /// How this program says who it is, whatever it speaks through.
  public static String userAgent(String version) {
    return "spendwarden/" + version;
  }

  /// Replaces the allow-list, for requests that begin from now on.
  public void allow(Egress changed) {
    egress = changed;
  }

  /// Sends and waits for the answer, of any status. Only a 2xx answer has to come whole: of others
  /// the status is what counts, and their body is what came of it, up to 64 KiB.
  public Answer send(Ask ask) {
    var bytes = new ByteArrayOutputStream();
    return switch (apart(() -> exchange(ask, body -> body.transferTo(bytes), Wanted.WHOLE))) {
      case Answer.Ok ok when ok.isSuccess() ->
          new Answer.Ok(ok.status(), ok.headers(), bytes.toByteArray());
      case Answer other -> other;
    };
  }

  /// Sends and waits for the answer where its status says all. Of a larger body than
  /// `ask.maxBytes()` the start is kept, and the rest not awaited. A 2xx answer that breaks off or
  /// comes too slowly before that is a failure here too.
  public Answer sendForStatus(Ask ask) {
    return apart(() -> exchange(ask, _ -> {}, Wanted.START));
  }

  /// Sends and hands the decompressed body of a 2xx answer to `reader` as it arrives: what is not
  /// read yet stays at the sender. An answer of another status is returned as by [#send].
  ///
  /// What was read only counts when the result is a 2xx [Answer.Ok]: the body then came whole. An
  /// answer with neither a length nor chunks cannot be known to be whole and is
  /// [FailureReason#PARTIAL].
  ///
  /// @param reader called on a thread of its own, at most once; may stop early, the rest is then
  ///   read and dropped
  /// @throws UncheckedIOException when `reader` failed by itself
  public Answer download(Ask ask, BodyReader reader) {
    return apart(() -> exchange(ask, reader, Wanted.FRAMED));
  }

  /// Reads a body. The stream throws an `IOException` when the transfer fails: let it through.
  @FunctionalInterface
  public interface BodyReader {
    void read(InputStream body) throws IOException;
  }

  /// How much of a 2xx answer's body is needed.
  private enum Wanted {
    WHOLE,

    /// Whole, and by a length or chunks known to be.
    FRAMED,

    START
  }

  @Override
  public void close() {
    lookups.close();
    http.close();
  }

  // The exchange runs on a plain virtual thread, so that it may block whatever thread the caller is
  // on: handlers of a Vert.x context would wait for a caller that blocks that very context.
  private static Answer apart(Callable<Answer> exchange) {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException("the guarded client blocks; call it off the event loop");
    }
    Promise<Answer> promise = Promise.promise();
    Thread worker =
        Thread.ofVirtual()
            .name("exchange")
            .start(() -> {
              try {
                promise.complete(exchange.call());
              } catch (Throwable e) {
                promise.fail(e);
              }
            });
    try {
      return promise.future().await();
    } catch (Throwable e) {
      if (e instanceof InterruptedException) {
        worker.interrupt();
        Thread.currentThread().interrupt();
        return new Answer.Failed(FailureReason.TIMEOUT, "stopped while waiting", Optional.empty());
      }
      throw e;
    }
  }

  private Answer exchange(Ask ask, BodyReader reader, Wanted wanted) throws IOException {
    String where = "";
    try {
      var deadline = Deadline.in(ask.timeout());
      Target target = Target.of(ask.uri());
      where = target.origin() + ": ";
      checkCredential(ask, target);
      HttpClientRequest request = connect(ask, target, addressesOf(target, deadline), deadline);
      quiet(request);
      boolean whole = false;
      try {
        Answer answer = converse(ask, request, reader, wanted, deadline);
        whole = true;
        return answer;
      } finally {
        if (!whole) {
          request.reset();
        }
      }
    } catch (RequestFailure e) {
      return new Answer.Failed(e.reason(), where + e.detail(), Optional.empty());
    } catch (InterruptedIOException e) {
      return new Answer.Failed(FailureReason.TIMEOUT, where + "stopped", Optional.empty());
    }
  }

  private static void checkCredential(Ask ask, Target target) throws RequestFailure {
    if (ask.credential().isPresent() && !ask.credential().get().origin().equals(target.origin())) {
      throw new RequestFailure(
          FailureReason.REFUSED, "the credential is bound to " + ask.credential().get().origin());
    }
  }

  private List<InetAddress> addressesOf(Target target, Deadline deadline) throws IOException {
    List<InetAddress> all =
        target.literal().isPresent()
            ? List.of(target.literal().get())
            : lookups.of(target.origin().host(), deadline);
    Egress rules = egress;
    List<InetAddress> permitted = all.stream().filter(rules::permits).toList();
    if (permitted.isEmpty()) {
      throw new RequestFailure(
          FailureReason.REFUSED, "a private or reserved address, which only egress.allow can open");
    }
    if (!target.isTls()) {
      permitted = permitted.stream().filter(rules::opens).toList();
      if (permitted.isEmpty()) {
        throw new RequestFailure(
            FailureReason.REFUSED, "plain http to an address that egress.allow does not open");
      }
    }
    return permitted.subList(0, Math.min(permitted.size(), MAX_ADDRESSES));
  }

  // Nothing has been sent yet, so that another address may be tried whatever the method.
  private HttpClientRequest connect(
      Ask ask, Target target, List<InetAddress> addresses, Deadline deadline) throws IOException {
    for (int i = 0; ; i++) {
      int untried = addresses.size() - i;
      long share = deadline.nanosLeft() / untried;
      var options =
          new RequestOptions()
              .setMethod(HttpMethod.valueOf(ask.method()))
              // Where we connect to, as checked; host and port only go into the Host header and
              // TLS.
              .setServer(
                  SocketAddress.inetSocketAddress(
                      target.origin().port(), addresses.get(i).getHostAddress()))
              .setHost(target.origin().host())
              .setPort(target.origin().port())
              .setSsl(target.isTls())
              .setURI(target.pathAndQuery())
              .setFollowRedirects(false);
      Future<HttpClientRequest> connecting = http.request(options);
      boolean connected = false;
      try {
        HttpClientRequest request = await(connecting, share, deadline);
        connected = true;
        return request;
      } catch (RequestFailure e) {
        if (untried == 1) {
          throw e;
        }
      } finally {
        if (!connected) {
          connecting.onSuccess(late -> {
            quiet(late);
            late.reset();
          });
        }
      }
    }
  }

  // The future tells what goes wrong; without a handler Vert.x would log it as well.
  private static void quiet(HttpClientRequest request) {
    request.exceptionHandler(_ -> {});
  }

  private Answer converse(
      Ask ask, HttpClientRequest request, BodyReader reader, Wanted wanted, Deadline deadline)
      throws IOException {
    putHeaders(ask, request);
    // Asked for before sending: the body must be taken over on the event loop, before it flows.
    Future<Head> answered =
        request
            .response()
            .map(response ->
                new Head(response, new ResponseBody(response, deadline, ask.maxBytes())));
    if (ask.body().isPresent()) {
      request.send(Buffer.buffer(ask.body().get()));
    } else {
      request.send();
    }
    Head head = await(answered, deadline.nanosLeft(), deadline);
    int status = head.response().statusCode();
    if (status < 200) {
      throw new RequestFailure(
          FailureReason.MALFORMED, "status " + status + " where a final one was expected");
    }
    Headers headers = headersOf(head.response());
    if (HttpStatus.classify(status, headers).isPresent()) {
      return new Answer.Ok(
          status, headers, BodyStart.whatCame(head.body(), headers, MAX_ERROR_BYTES, request));
    }
    if (wanted == Wanted.START) {
      return new Answer.Ok(
          status, headers, BodyStart.of(head.body(), headers, ask.maxBytes(), request));
    }
    if (wanted == Wanted.FRAMED && !isFramed(headers)) {
      throw new RequestFailure(
          FailureReason.PARTIAL, "an answer without a length: it may have been cut off");
    }
    refuseDeclaredSize(headers, ask.maxBytes());
    InputStream body = InflatedBody.decoded(head.body(), headers, ask.maxBytes());
    hand(body, reader);
    body.transferTo(OutputStream.nullOutputStream());
    // Trailing bytes behind compressed data belong to the transfer too.
    head.body().transferTo(OutputStream.nullOutputStream());
    return new Answer.Ok(status, headers, new byte[0]);
  }

  private void putHeaders(Ask ask, HttpClientRequest request) throws RequestFailure {
    try {
      request.putHeader("accept-encoding", "gzip");
      request.putHeader("user-agent", userAgent);
      ask.headers().forEach(request::putHeader);
      ask.credential()
          .ifPresent(c -> c.headers().forEach(h -> request.putHeader(h.name(), h.value())));
    } catch (IllegalArgumentException e) {
      // A line break in a key, for one. The message would show the value.
      throw new RequestFailure(
          FailureReason.REFUSED, "a header holds characters that cannot be sent");
    }
  }

  private static void hand(InputStream body, BodyReader reader) throws IOException {
    try {
      reader.read(body);
    } catch (RequestFailure | InterruptedIOException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Parsers like to wrap what their stream throws.
      for (Throwable at = e.getCause(); at != null; at = at.getCause()) {
        if (at instanceof RequestFailure failure) {
          throw failure;
        }
      }
      if (e instanceof RuntimeException own) {
        throw own;
      }
      throw new UncheckedIOException((IOException) e);
    }
  }

  private static boolean isFramed(Headers headers) {
    return headers.first("content-length").isPresent()
        || headers.first("transfer-encoding").isPresent();
  }

  private static void refuseDeclaredSize(Headers headers, long maxBytes) throws RequestFailure {
    String declared = headers.first("content-length").orElse("0").strip();
    boolean fits = declared.matches("[0-9]{1,18}") && Long.parseLong(declared) <= maxBytes;
    if (!fits) {
      throw new RequestFailure(
          FailureReason.TOO_LARGE, "the answer is larger than " + maxBytes + " bytes");
    }
  }

  private static Headers headersOf(HttpClientResponse response) {
    Map<String, List<String>> values = new HashMap<>();
    for (String name : response.headers().names()) {
      // Gathers all spellings of a name, in order.
      values.put(name.toLowerCase(Locale.ROOT), response.headers().getAll(name));
    }
    return new Headers(values);
  }

  private static <T> T await(Future<T> future, long nanos, Deadline deadline) throws IOException {
    try {
      return future.toCompletionStage().toCompletableFuture().get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw deadline.passed();
    } catch (ExecutionException e) {
      throw Faults.beforeBody(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while waiting for an answer");
    }
  }

  private record Head(HttpClientResponse response, ResponseBody body) {}
}
