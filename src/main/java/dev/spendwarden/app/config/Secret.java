package dev.spendwarden.app.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
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
    return new InFile(file);
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

  record InFile(Path file) implements Secret {

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
          String why =
              "the secret file %s is open to group or others; run: chmod 600 %s"
                  .formatted(file, file);
          throw new UncheckedIOException(why, new IOException(why));
        }
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the secret file " + file, e);
      }
    }

    /// Whether anybody but its owner may do something with it.
    boolean isOpenToOthers() throws IOException {
      var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      return view != null
          && view.readAttributes().permissions().stream().anyMatch(OTHERS::contains);
    }
  }
}
