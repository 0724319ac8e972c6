package dev.spendwarden.web;

import dev.spendwarden.metrics.Exposition;
import dev.spendwarden.metrics.Format;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/metrics`: streams the exposition from a worker, no faster than the scraper reads.
final class MetricsEndpoint {

  private static final Logger log = LoggerFactory.getLogger(MetricsEndpoint.class);

  private final Exposition exposition;
  private final Workers workers;

  MetricsEndpoint(Exposition exposition, Workers workers) {
    this.exposition = exposition;
    this.workers = workers;
  }

  void handle(RoutingContext ctx) {
    Format format = Format.negotiate(ctx.request().getHeader("Accept"));
    HttpServerResponse response = ctx.response();
    response.putHeader("Content-Type", format.contentType()).putHeader("Vary", "Accept");
    if (ctx.request().method() == HttpMethod.HEAD) {
      response.end();
      return;
    }
    response.setChunked(true);
    Context owner = ctx.vertx().getOrCreateContext();
    workers
        .run(() -> {
          var stream = new ResponseStream(owner, response);
          exposition.write(format, stream);
          stream.finish();
          return true;
        })
        .onSuccess(_ -> response.end())
        .onFailure(failure -> fail(ctx, failure));
  }

  /// Half an exposition must not look like a whole one: once it has begun, only cutting the
  /// connection tells.
  private static void fail(RoutingContext ctx, Throwable failure) {
    HttpServerResponse response = ctx.response();
    if (!response.headWritten() && !response.closed()) {
      response.setChunked(false);
      Answers.failure(ctx, failure);
      return;
    }
    if (failure instanceof IOException) {
      log.debug("a scrape was broken off", failure);
    } else {
      log.error("a scrape failed unexpectedly", failure);
    }
    ctx.request().connection().close();
  }

  /// Hands blocks to the event loop; waits while [#WINDOW] of them are not yet written out.
  private static final class ResponseStream extends OutputStream {

    private static final int WINDOW = 8;
    private static final int PATIENCE_SECONDS = 20;

    private final Context owner;
    private final HttpServerResponse response;
    private final Semaphore window = new Semaphore(WINDOW);
    private volatile boolean broken;

    ResponseStream(Context owner, HttpServerResponse response) {
      this.owner = owner;
      this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return;
      }
      await(1);
      Buffer block = Buffer.buffer(Arrays.copyOfRange(bytes, offset, offset + length));
      owner.runOnContext(_ -> {
        if (response.closed()) {
          broken = true;
          window.release();
        } else {
          response.write(block).onComplete(done -> settled(done.succeeded()));
        }
      });
    }

    /// Waits until every block is written out. Whoever ends the response learns that the work is
    /// done on a way of its own, which may overtake the last blocks: the scrape would end short, or
    /// empty, and look whole.
    void finish() throws IOException {
      await(WINDOW);
    }

    private void await(int blocks) throws IOException {
      try {
        if (!window.tryAcquire(blocks, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new IOException("the scraper reads too slowly");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("stopped");
      }
      if (broken) {
        throw new IOException("the scraper hung up");
      }
    }

    private void settled(boolean written) {
      if (!written) {
        broken = true;
      }
      window.release();
    }
  }
}
