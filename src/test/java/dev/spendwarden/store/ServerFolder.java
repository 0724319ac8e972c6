package dev.spendwarden.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Where the PostgreSQL servers of a test JVM keep their files: in memory where there is room for
/// the hundred databases of a build, which take a minute to write and another to remove on a slow
/// disk. It carries the number of the process, so that what a killed one left behind is found by
/// the next.
record ServerFolder(Path path) {

  private static final Path MEMORY = Path.of("/dev/shm");

  /// Two JVMs of a build with a hundred databases of 8 MiB each, and as much again.
  private static final long ROOM_BYTES = 4L << 30;

  private static final String PREFIX = "spendwarden-postgres-";

  static ServerFolder make() throws IOException {
    Path parent = hasRoom(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    removeForsaken(parent);
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path folder = parent.resolve(PREFIX + ProcessHandle.current().pid());
    return new ServerFolder(Files.createDirectory(folder, owner));
  }

  /// For one more server.
  Path data() throws IOException {
    return Files.createTempDirectory(path, "data");
  }

  /// Begins to remove it and does not wait for the end.
  void removeLater() throws IOException {
    new ProcessBuilder("rm", "-rf", path.toString()).start();
  }

  private static boolean hasRoom(Path folder) throws IOException {
    return Files.isWritable(folder) && Files.getFileStore(folder).getUsableSpace() >= ROOM_BYTES;
  }

  private static void removeForsaken(Path parent) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : found) {
        long owner = Long.parseLong(folder.getFileName().toString().substring(PREFIX.length()));
        if (ProcessHandle.of(owner).isEmpty()) {
          new ServerFolder(folder).removeLater();
        }
      }
    }
  }
}
