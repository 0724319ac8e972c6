package dev.spendwarden.e2e;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A database under the processes that are killed. Another one is another constant.
enum CrashBackend {
  SQLITE {
    @Override
    Optional<String> absence() {
      return Optional.empty();
    }

    @Override
    String url(Path folder) {
      return "jdbc:sqlite:" + folder.resolve("spendwarden.db");
    }

    @Override
    void downgrade(Path folder) throws SQLException {
      FirstSchema.downgrade(url(folder), "jdbc:sqlite:" + folder.resolve("first.db"));
    }

    @Override
    int migrations(Path folder) {
      return FirstSchema.migrations(url(folder));
    }
  },

  POSTGRESQL {
    @Override
    Optional<String> absence() {
      return Optional.of("the store of this build does not speak PostgreSQL");
    }

    @Override
    String url(Path folder) {
      throw new UnsupportedOperationException("see absence()");
    }

    @Override
    void downgrade(Path folder) {
      throw new UnsupportedOperationException("see absence()");
    }

    @Override
    int migrations(Path folder) {
      throw new UnsupportedOperationException("see absence()");
    }
  };

  /// Why it cannot be tried here; empty when it can.
  abstract Optional<String> absence();

  /// Where the daemon finds it.
  abstract String url(Path folder);

  /// Takes all migrations but the first back, so that the next start has them to do again.
  abstract void downgrade(Path folder) throws SQLException;

  /// How many migrations have been done; 0 while that cannot be read.
  abstract int migrations(Path folder);

  /// What can be tried here; what cannot is printed.
  static List<CrashBackend> present() {
    var present = new ArrayList<CrashBackend>();
    for (CrashBackend backend : values()) {
      backend
          .absence()
          .ifPresentOrElse(
              why -> System.out.println(backend + " is left out: " + why),
              () -> present.add(backend));
    }
    return present;
  }
}
