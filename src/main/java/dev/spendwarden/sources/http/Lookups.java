package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Name look-ups with a deadline. The operating system's look-up cannot be interrupted and would
/// hold a virtual thread's carrier, so each runs on a platform thread that is left behind when it
/// hangs.
final class Lookups implements AutoCloseable {

  // More than this many hanging at once means that DNS is down: then failing fast is right.
  private static final int AT_ONCE = 32;

  private final Resolver resolver;
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          AT_ONCE,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("lookup-", 0).daemon().factory());

  Lookups(Resolver resolver) {
    this.resolver = resolver;
  }

  List<InetAddress> of(String host, Deadline deadline) throws java.io.IOException {
    Future<List<InetAddress>> pending;
    try {
      pending = threads.submit(() -> resolver.resolve(host));
    } catch (RejectedExecutionException e) {
      throw new RequestFailure(FailureReason.SERVER, "name look-ups hang");
    }
    try {
      return pending.get(deadline.nanosLeft(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      pending.cancel(true);
      throw deadline.passed();
    } catch (ExecutionException e) {
      throw new RequestFailure(FailureReason.SERVER, "the host's name is not known");
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while looking up a name");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
