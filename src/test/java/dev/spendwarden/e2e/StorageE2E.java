package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.store.SmallDisk;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a process whose SQLite store runs out of room, on a disk that is really full:
/// nothing that was to be told is lost or told twice, and it goes on by itself when there is room.
class StorageE2E {

  private static final Duration STARTING = Duration.ofMinutes(1);

  @TempDir Path folder;

  @Test
  void aFullDiskLosesNothingAndTheDaemonGoesOnWhenThereIsRoom() throws Exception {
    try (var disk = SmallDisk.mount(folder.resolve("disk"), 4);
        var lab = new CrashLab(folder, CrashBackend.SQLITE.open(disk.root()))) {
      lab.start();
      lab.awaitReady();
      lab.change("u1");
      lab.awaitPromises("an alert before the disk was full");

      disk.fill(0);
      Map<String, Integer> before = lab.attempts();
      // More than fits into the log that is there, in the reading that has the next transitions.
      for (int i = 0; i < 5_000; i++) {
        lab.sandbox().ionq().member("more-" + i).quota(BigDecimal.TEN).consumed(BigDecimal.ONE);
      }
      lab.change("u1");
      lab.change("u2");
      soon().atMost(STARTING).until(() -> lab.process().output().contains("disk is full"));
      lab.awaitPolls(3);
      assertThat(lab.attempts()).as("told while it cannot be stored").isEqualTo(before);
      assertThat(lab.ready()).isEqualTo(503);
      assertThat(lab.process().output())
          .contains("Make room; the daemon goes on by itself then")
          .contains("nothing changed")
          .contains(disk.root().resolve("spendwarden.db").toString())
          .containsOnlyOnce("evaluation_not_stored")
          .doesNotContain("\tat ");

      disk.makeRoom();
      lab.awaitPromises("room again");
      soon().until(() -> lab.ready() == 200);
      assertThat(lab.process().output()).containsOnlyOnce("evaluation_works_again");
      assertThat(CrashLab.RECEIVERS).allMatch(name -> lab.duplicates(name) == 0);
    }
  }

  @Test
  void withoutRoomForTheCopyNothingIsMigratedAndTheCopyBringsEverythingBack() throws Exception {
    try (var disk = SmallDisk.mount(folder.resolve("disk"), 4);
        var lab = new CrashLab(folder, CrashBackend.SQLITE.open(disk.root()))) {
      lab.start();
      lab.awaitReady();
      lab.change("u1");
      lab.awaitPromises("an alert in the old schema");
      lab.process().askToStop();
      lab.process().awaitExit(STARTING);
      lab.store().downgrade();
      Files.delete(disk.root().resolve("first.db"));

      // Enough to open the database, too little for its copy.
      disk.fill(100 * 1024);
      lab.start();
      assertThat(lab.process().awaitExit(STARTING)).isEqualTo(3);
      assertThat(lab.process().output())
          .contains("spendwarden: not started")
          .contains("copy the database before migrating it")
          .contains("disk is full")
          .contains("Make room");
      assertThat(lab.store().migrations()).as("migrations done").isEqualTo(1);
      try (var files = Files.list(disk.root())) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .as("what the failed copy left behind")
            .noneMatch(name -> name.contains(".before-"));
      }

      disk.makeRoom();
      lab.change("u1");
      lab.start();
      lab.awaitReady();
      lab.awaitPromises("a migration");
      lab.process().askToStop();
      lab.process().awaitExit(STARTING);

      restore(disk.root());
      assertThat(lab.store().migrations()).as("migrations in the copy").isEqualTo(1);
      lab.start();
      lab.awaitReady();
      lab.change("u2");
      CrashLab.RECEIVERS.forEach(name -> lab.awaitTold(name, "the copy, restored"));
    }
  }

  private static void restore(Path root) throws Exception {
    Path store = root.resolve("spendwarden.db");
    try (var files = Files.list(root)) {
      Path copy =
          files
              .filter(file -> file.getFileName().toString().contains(".before-v"))
              .findFirst()
              .orElseThrow();
      Files.move(copy, store, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.deleteIfExists(root.resolve("spendwarden.db-wal"));
    Files.deleteIfExists(root.resolve("spendwarden.db-shm"));
  }
}
