package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The raw body of an answer as a blocking stream. Bytes are pulled: at most [#AHEAD] buffers wait
/// here, further ones stay in the socket. Ends only when the body came whole; a connection that
/// breaks, a deadline that passes or a body beyond the cap is a [RequestFailure].
///
/// Filled on an event loop, read by one thread.
final class ResponseBody extends InputStream {

  // Vert.x reads up to 64 KiB at a time, so that half a MiB is held at most.
  private static final int AHEAD = 8;

  private final HttpClientResponse response;
  private final Deadline deadline;
  private final long maxBytes;
  // Bounded by what was fetched, plus the one event that ends it.
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private byte[] current = {};
  private int position;
  private long count;
  private boolean ended;

  /// Called on the response's event loop, before any of the body is delivered.
  ResponseBody(HttpClientResponse response, Deadline deadline, long maxBytes) {
    this.response = response;
    this.deadline = deadline;
    this.maxBytes = maxBytes;
    response.pause();
    response.exceptionHandler(cause -> events.add(new Broken(cause)));
    response.endHandler(_ -> events.add(new End()));
    response.handler(buffer -> events.add(new Data(buffer)));
    response.fetch(AHEAD);
  }

  /// Raw bytes taken from the connection so far.
  long count() {
    return count;
  }

  @Override
  public int read() throws java.io.IOException {
    return fill() ? current[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws java.io.IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int taken = Math.min(length, current.length - position);
    System.arraycopy(current, position, target, offset, taken);
    position += taken;
    return taken;
  }

  /// Waits for more. `GZIPInputStream` asks this to learn whether another member follows; an honest
  /// zero means the end here.
  @Override
  public int available() throws java.io.IOException {
    return fill() ? current.length - position : 0;
  }

  private boolean fill() throws java.io.IOException {
    while (position == current.length) {
      if (ended) {
        return false;
      }
      switch (next()) {
        case Data(Buffer buffer) -> accept(buffer);
        case End _ -> ended = true;
        case Broken(Throwable cause) -> throw Faults.inBody(cause, count);
      }
    }
    return true;
  }

  private Event next() throws java.io.IOException {
    try {
      Event event = events.poll(deadline.nanosLeft(), TimeUnit.NANOSECONDS);
      if (event == null) {
        throw deadline.passed();
      }
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while reading an answer");
    }
  }

  private void accept(Buffer buffer) throws RequestFailure {
    current = buffer.getBytes();
    position = 0;
    count += current.length;
    if (count > maxBytes) {
      throw new RequestFailure(
          FailureReason.TOO_LARGE, "the answer is larger than " + maxBytes + " bytes");
    }
    response.fetch(1);
  }

  private sealed interface Event {}

  private record Data(Buffer buffer) implements Event {}

  private record End() implements Event {}

  private record Broken(Throwable cause) implements Event {}
}
