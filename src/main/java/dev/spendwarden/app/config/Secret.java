package dev.spendwarden.app.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/// A secret that never prints itself. One from a file is read again each time it is asked for, so
/// that a rotated file takes effect without a reload.
public sealed interface Secret {

  /// The secret's text. Blocking when it lives in a file.
  ///
  /// @throws UncheckedIOException when its file cannot be read, or by others than its owner too
  String reveal();

  static Secret of(String value) {
    return new InMemory(value);
  }

  static Secret inFile(Path file) {
    return new InFile(file, OptionalInt.empty());
  }

  /// From the environment.
  record InMemory(String value) implements Secret {
    @Override
    public String reveal() {
      return value;
    }

    @Override
    public String toString() {
      return "Secret[…]";
    }
  }

  /// @param group the number of the one group that may read the file beside its owner, where the
  ///   configuration names one: what mounts secrets into a container often leaves no other way
  record InFile(Path file, OptionalInt group) implements Secret {

    private static final Set<PosixFilePermission> OTHERS =
        Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    /// Looked at each time, since whoever rotates a file may forget to close it.
    @Override
    public String reveal() {
      try {
        if (isOpenToOthers()) {
          String why = openToOthers();
          throw new UncheckedIOException(why, new IOException(why));
        }
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the secret file " + file, e);
      }
    }

    /// What is wrong with it, and what to do.
    String openToOthers() {
      return "the secret file %s is open to group or others; run: chmod 600 %s"
          .formatted(file, file);
    }

    /// Whether anybody may do something with it but its owner and, reading, the group that is
    /// named.
    boolean isOpenToOthers() throws IOException {
      var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      if (view == null) {
        return false;
      }
      Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS);
      open.retainAll(view.readAttributes().permissions());
      boolean isOfGroup =
          group.isPresent()
              && Files.getAttribute(file, "unix:gid").equals(Integer.valueOf(group.getAsInt()));
      if (isOfGroup) {
        open.remove(PosixFilePermission.GROUP_READ);
      }
      return !open.isEmpty();
    }
  }
}
