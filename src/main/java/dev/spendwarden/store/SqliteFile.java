package dev.spendwarden.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The database's file and what stands beside it: `.lock`, held while it is open so that a second
/// daemon is refused, and `.marker`, which remembers that there was a database, so that a vanished
/// one is not silently replaced by an empty one. All of them are for their owner's eyes only.
///
/// Once SQLite has the file open nobody in this process may open and close it by other means: on
/// POSIX that would drop SQLite's own locks.
final class SqliteFile implements AutoCloseable {

  private static final byte[] HEADER = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER_MODE =
      PosixFilePermissions.fromString("rwx------");

  /// Files open in this process. The lock of the operating system is the process's as a whole, and
  /// merely trying for it a second time would let go of it.
  private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lock;
  private final boolean isNew;

  private SqliteFile(Path path, FileChannel lock, boolean isNew) {
    this.path = path;
    this.lock = lock;
    this.isNew = isNew;
  }

  /// Takes the lock and sees to it that a file is there, empty if it is new.
  static SqliteFile claim(Path wanted) {
    Path path = withFolder(wanted);
    if (!OPEN_HERE.add(path)) {
      throw inUse(path, "this very process");
    }
    try {
      FileChannel lock = lock(path);
      try {
        return new SqliteFile(path, lock, prepare(path));
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      OPEN_HERE.remove(path);
      throw cannotUse(path, e);
    } catch (RuntimeException e) {
      OPEN_HERE.remove(path);
      throw e;
    }
  }

  Path path() {
    return path;
  }

  /// Whether there was no database before.
  boolean isNew() {
    return isNew;
  }

  /// Remembers that there is a database now.
  void mark(Instant now) {
    Path marker = beside(path, ".marker");
    if (Files.exists(marker)) {
      return;
    }
    String text =
        "Since "
            + now
            + " there is a Spendwarden database beside this file. While this marker is here, a"
            + " missing database is an error and not a fresh start.\n";
    try (FileChannel out = openPrivate(marker)) {
      out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      out.force(true);
    } catch (IOException e) {
      throw cannotUse(marker, e);
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw cannotUse(beside(path, ".lock"), e);
    } finally {
      OPEN_HERE.remove(path);
    }
  }

  static Path beside(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /// An empty file that only its owner may read.
  static void createPrivate(Path path) throws IOException {
    openPrivate(path).close();
  }

  private static Path withFolder(Path wanted) {
    Path absolute = wanted.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    if (folder == null || Files.isDirectory(absolute)) {
      throw new StoreException(
          "cannot open the database " + absolute + ": it is a folder. Name a file in storage.url");
    }
    try {
      if (!Files.isDirectory(folder)) {
        if (isPosix(folder)) {
          Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER_MODE));
        } else {
          Files.createDirectories(folder);
        }
      }
      // Two names of one folder must not make two locks.
      return folder.toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      throw cannotUse(folder, e);
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel = openPrivate(beside(path, ".lock"));
    try {
      if (channel.tryLock() == null) {
        throw inUse(path, "process " + holder(channel));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String holder(FileChannel lock) throws IOException {
    var pid = ByteBuffer.allocate(32);
    lock.read(pid, 0);
    return new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
  }

  /// @return whether the database is new
  private static boolean prepare(Path path) throws IOException {
    Path marker = beside(path, ".marker");
    boolean empty = !Files.exists(path) || Files.size(path) == 0;
    if (empty && Files.exists(marker)) {
      throw new StoreException(
          "the database "
              + path
              + " is gone, though "
              + marker.getFileName()
              + " says there was one. Check that its disk is mounted, or restore a backup; to"
              + " start anew without its history, delete "
              + marker);
    }
    if (!Files.exists(path)) {
      createPrivate(path);
    }
    if (!empty) {
      requireHeader(path);
    }
    restrict(path);
    restrictIfThere(beside(path, "-wal"));
    restrictIfThere(beside(path, "-shm"));
    return empty;
  }

  private static void requireHeader(Path path) throws IOException {
    try (var in = Files.newInputStream(path)) {
      if (!Arrays.equals(in.readNBytes(HEADER.length), HEADER)) {
        throw new StoreException(
            path
                + " is not a SQLite database. Check storage.url; if it once was one it is damaged:"
                + " keep a copy and restore a backup");
      }
    }
  }

  /// Whoever reads the database meanwhile, `verify` say, removes it as it ends.
  private static void restrictIfThere(Path path) throws IOException {
    try {
      restrict(path);
    } catch (NoSuchFileException e) {
      // Then nobody can read it.
    }
  }

  private static void restrict(Path path) throws IOException {
    if (isPosix(path) && !Files.getPosixFilePermissions(path).equals(FILE_MODE)) {
      Files.setPosixFilePermissions(path, FILE_MODE);
    }
  }

  private static FileChannel openPrivate(Path path) throws IOException {
    var options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return isPosix(path)
        ? FileChannel.open(path, options, PosixFilePermissions.asFileAttribute(FILE_MODE))
        : FileChannel.open(path, options);
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static StoreException inUse(Path path, String holder) {
    return new StoreException(
        "the database "
            + path
            + " is in use by "
            + holder
            + ". Two daemons cannot share one SQLite file: stop the other one, or give this one"
            + " its own storage.url");
  }

  private static StoreException cannotUse(Path path, IOException e) {
    String what =
        switch (e) {
          case AccessDeniedException denied -> "permission denied: " + denied.getMessage();
          case FileAlreadyExistsException there -> there.getMessage() + " is not a folder";
          default -> e.getMessage() + " (" + e.getClass().getSimpleName() + ")";
        };
    String advice =
        isFull(path)
            ? "The disk is full: make room and start again"
            : "Spendwarden must be able to write the database and its folder: check storage.url,"
                + " the owner of the folder and whether its disk is mounted read-only";
    return new StoreException("cannot use " + path + ": " + what + ". " + advice, e, false);
  }

  /// The system says so only in words of its own language.
  private static boolean isFull(Path path) {
    try {
      Path folder = path.getParent();
      return folder != null && Files.getFileStore(folder).getUsableSpace() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
