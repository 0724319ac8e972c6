package dev.spendwarden.e2e;

import dev.spendwarden.store.PostgresLab;
import dev.spendwarden.store.StorageAddress;
import java.nio.file.Path;
import java.sql.SQLException;

/// A database under the processes that are killed. Another one is another constant.
enum CrashBackend {
  SQLITE {
    @Override
    Store open(Path folder) {
      String url = "jdbc:sqlite:" + folder.resolve("spendwarden.db");
      return new Store("url: \"" + url + "\"", url, FirstSchema.SQLITE) {
        @Override
        String another() {
          return "jdbc:sqlite:" + folder.resolve("first.db");
        }
      };
    }
  },

  POSTGRESQL {
    @Override
    Store open(Path folder) {
      PostgresLab lab = PostgresLab.shared();
      StorageAddress database = lab.database();
      String storage =
          "url: \"%s\", user: postgres, password: \"${PASSWORD}\"".formatted(database.url());
      return new Store(storage, withUser(database), FirstSchema.POSTGRESQL) {
        @Override
        String another() {
          return withUser(lab.emptyDatabase());
        }
      };
    }

    private static String withUser(StorageAddress database) {
      return database.url() + "?user=" + database.user().orElseThrow();
    }
  };

  /// A database of its own for one test.
  abstract Store open(Path folder);

  /// One of them.
  abstract static class Store {
    private final String storage;
    private final String url;
    private final FirstSchema schema;

    private Store(String storage, String url, FirstSchema schema) {
      this.storage = storage;
      this.url = url;
      this.schema = schema;
    }

    /// What stands below `storage` in the configuration; `${PASSWORD}` may be anything.
    String storage() {
      return storage;
    }

    /// Where a second, empty database is.
    abstract String another();

    /// Takes all migrations but the first back, so that the next start has them to do again.
    void downgrade() throws SQLException {
      schema.downgrade(url, another());
    }

    /// How many migrations have been done; 0 while that cannot be read.
    int migrations() {
      return schema.migrations(url);
    }
  }
}
