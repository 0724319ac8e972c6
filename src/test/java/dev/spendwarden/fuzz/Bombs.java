package dev.spendwarden.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/// A small input that is meant to cost much: it must be refused soon and cheaply. Counted is the
/// thread's own time and the best of some tries: the first ones load and compile classes, and on a
/// build machine the neighbour on the same core makes the same work take twice as long. What costs
/// too much by its nature does so at every try.
public final class Bombs {

  private static final Duration SOON = Duration.ofMillis(100);
  private static final int MOST_TRIES = 40;

  /// Of all tries: what takes minutes is not tried again to see whether it was chance.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Allocated while refusing, and mostly garbage by then.
  private static final long CHEAP_BYTES = 64L << 20;

  private Bombs() {}

  /// Whether it was refused.
  @FunctionalInterface
  public interface Attempt {
    boolean isRefused() throws Exception;
  }

  public static void assertRefusedSoon(String what, Attempt attempt) throws Exception {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long fastest = Long.MAX_VALUE;
    long cheapest = Long.MAX_VALUE;
    long began = threads.getCurrentThreadCpuTime();
    long end = began + PATIENCE.toNanos();
    for (int i = 0; i < MOST_TRIES && !(isSoon(fastest) && cheapest < CHEAP_BYTES); i++) {
      if (threads.getCurrentThreadCpuTime() > end) {
        break;
      }
      long bytes = threads.getCurrentThreadAllocatedBytes();
      long start = threads.getCurrentThreadCpuTime();
      assertThat(attempt.isRefused()).as(what).isTrue();
      fastest = Math.min(fastest, threads.getCurrentThreadCpuTime() - start);
      cheapest = Math.min(cheapest, threads.getCurrentThreadAllocatedBytes() - bytes);
    }
    assertThat(isSoon(fastest)).as("%s took %s", what, Duration.ofNanos(fastest)).isTrue();
    assertThat(cheapest).as("%s: bytes allocated", what).isLessThan(CHEAP_BYTES);
  }

  private static boolean isSoon(long nanos) {
    return nanos < SOON.toNanos();
  }
}
