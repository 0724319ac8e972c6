package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.sandbox.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: whatever the process is doing when it is killed, nothing that was decided is lost, told
/// out of order, under another id or with another body, called resolved because of it, or told more
/// than once more for each kill. Method: the real process, store and network; SIGKILL at each
/// [Point]; the next process on the same store; then everything both receivers ever heard is
/// compared with what had to be told.
class CrashE2E {

  /// `mvn -Pcrash verify` kills so often; `-Dcrash.kills=N` another number.
  private static final int KILLS = Integer.getInteger("crash.kills", 200);

  private enum Point {
    /// The provider has sent a part of its answer.
    SOURCE_ANSWERED_HALF,
    /// A transition is stored and waits behind a request that is not answered: nothing of it left.
    STATE_COMMITTED,
    /// Both receivers have the request and do not answer.
    REQUEST_WRITTEN,
    /// The answer is on its way; the process may or may not have recorded it.
    ANSWER_RECEIVED,
    /// An attempt failed and the next is being waited for.
    BACK_OFF,
    /// Somewhere between `main` and ready.
    START_UP,
    /// A changed file is being loaded.
    RELOAD,
    /// The schema is being brought up to date.
    MIGRATION
  }

  @TempDir Path folder;

  private final SplittableRandom random =
      new SplittableRandom(Long.getLong("crash.seed", 20270110));
  private int betweenMigrations;

  /// On SQLite: on PostgreSQL each next process waits until the lease of the killed one is over.
  @Test
  void killedOnceAtEachPointItKeepsItsPromises() throws Exception {
    try (var lab = new CrashLab(folder, CrashBackend.SQLITE)) {
      lab.start();
      lab.awaitReady();
      for (Point point : Point.values()) {
        round(lab, point);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("crash")
  void killedVeryOftenItKeepsItsPromises(CrashBackend backend) throws Exception {
    long start = System.nanoTime();
    Map<Point, Integer> kills = new EnumMap<>(Point.class);
    try (var lab = new CrashLab(folder, backend)) {
      lab.start();
      lab.awaitReady();
      while (lab.kills() < KILLS) {
        Point point = Point.values()[lab.kills() % Point.values().length];
        round(lab, point);
        kills.merge(point, 1, Integer::sum);
      }
      assertThat(lab.kills()).isGreaterThanOrEqualTo(KILLS);
      System.out.printf(
          "%s: %d kills %s, %d of the last kind with a part of the migrations done; "
              + "%d messages for each of %s, again %d and %d; %.0f s%n",
          backend,
          lab.kills(),
          kills,
          betweenMigrations,
          lab.messages(),
          CrashLab.RECEIVERS,
          lab.duplicates("one"),
          lab.duplicates("two"),
          (System.nanoTime() - start) / 1e9);
    }
  }

  private void round(CrashLab lab, Point point) throws Exception {
    switch (point) {
      case SOURCE_ANSWERED_HALF -> whileTheSourceAnswers(lab);
      case STATE_COMMITTED -> behindAHeldRequest(lab);
      case REQUEST_WRITTEN -> beforeTheAnswer(lab);
      case ANSWER_RECEIVED -> onTheAnswer(lab);
      case BACK_OFF -> betweenTwoAttempts(lab);
      case START_UP -> whileItStarts(lab);
      case RELOAD -> whileItReloads(lab);
      case MIGRATION -> whileItMigrates(lab);
    }
    lab.start();
    lab.awaitReady();
    lab.awaitPromises(point + ", kill " + lab.kills());
  }

  private void whileTheSourceAnswers(CrashLab lab) throws Exception {
    lab.sandbox().faults().add("ionq", new Fault.Trickle(Duration.ofMillis(20)));
    lab.change("u1");
    lab.awaitPolls(1);
    lab.process().endsWithin(random.nextLong(1, 200));
    lab.kill();
    lab.sandbox().faults().clear();
  }

  private void behindAHeldRequest(CrashLab lab) throws Exception {
    Map<String, Integer> before = lab.attempts();
    lab.receiver().silent = true;
    lab.change("u1");
    lab.awaitMoreThan(before);
    lab.change("u2");
    lab.awaitStored(2 * CrashLab.RECEIVERS.size(), 0);
    lab.kill();
    lab.receiver().silent = false;
  }

  private void beforeTheAnswer(CrashLab lab) throws Exception {
    Map<String, Integer> before = lab.attempts();
    lab.receiver().silent = true;
    lab.change("u1");
    lab.awaitMoreThan(before);
    lab.kill();
    lab.receiver().silent = false;
  }

  private static void onTheAnswer(CrashLab lab) throws Exception {
    var killed = new CountDownLatch(1);
    lab.receiver().answered =
        () -> {
          try {
            lab.process().kill();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          killed.countDown();
        };
    lab.change("u2");
    assertThat(killed.await(60, TimeUnit.SECONDS)).as("killed on the answer").isTrue();
    lab.killed();
    lab.receiver().answered = () -> {};
  }

  private static void betweenTwoAttempts(CrashLab lab) throws Exception {
    lab.receiver().refusing = true;
    lab.change("u2");
    lab.awaitStored(CrashLab.RECEIVERS.size(), 1);
    lab.kill();
    lab.receiver().refusing = false;
  }

  private void whileItStarts(CrashLab lab) throws Exception {
    lab.process().kill();
    lab.change("u1");
    lab.start();
    lab.process().endsWithin(random.nextLong(50, 2_000));
    lab.kill();
  }

  private void whileItReloads(CrashLab lab) throws Exception {
    lab.writePolicies("as it is after kill " + lab.kills());
    lab.change("u2");
    lab.process().askToReload();
    lab.process().endsWithin(random.nextLong(1, 150));
    lab.kill();
  }

  private void whileItMigrates(CrashLab lab) throws Exception {
    lab.process().kill();
    int all = lab.store().migrations();
    lab.store().downgrade();
    Files.deleteIfExists(lab.folder().resolve("first.db"));
    lab.change("u1");
    lab.start();
    int wanted = 1 + random.nextInt(all);
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(1))
        .untilAsserted(() ->
            assertThat(lab.store().migrations())
                .as("migrations, from:%n%s", lab.process().output())
                .isGreaterThanOrEqualTo(wanted));
    lab.kill();
    int done = lab.store().migrations();
    betweenMigrations += done > 1 && done < all ? 1 : 0;
  }
}
