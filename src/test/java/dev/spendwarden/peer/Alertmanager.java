package dev.spendwarden.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A real Alertmanager, alone.
public final class Alertmanager {

  private Alertmanager() {}

  /// Where it is installed, under Debian's name or its own.
  public static Optional<Path> program() {
    return Peer.find("prometheus-alertmanager", "alertmanager");
  }

  /// Not yet ready.
  ///
  /// @param folder for what it writes; one Alertmanager each
  /// @param configuration as its file says it
  public static Peer start(Path program, Path folder, String configuration) throws IOException {
    Path file = Files.writeString(folder.resolve("alertmanager.yml"), configuration);
    return Peer.start(
        program,
        folder.resolve("alertmanager.log"),
        Peer.freePort(),
        List.of(
            "--config.file=" + file,
            "--storage.path=" + folder.resolve("alertmanager"),
            "--cluster.listen-address="));
  }
}
