package dev.spendwarden.store;

import java.time.InstantSource;
import java.util.Optional;

/// Where a configuration puts the store: a SQLite file or a PostgreSQL server, told apart by the
/// URL.
///
/// @param url `jdbc:sqlite:…` or `jdbc:postgresql:…`
/// @param user of PostgreSQL; empty: the name of the operating system's user
/// @param password of PostgreSQL; empty: none, or what `.pgpass` says
public record StorageAddress(String url, Optional<String> user, Optional<String> password) {

  private static final String POSTGRES = "jdbc:postgresql:";

  /// Opens the database, or creates it where there was none, and brings its schema up to date.
  ///
  /// @throws StoreException when it cannot be used; the message says why and what to do
  public Database open(InstantSource clock) {
    return url.startsWith(POSTGRES)
        ? PostgresDatabase.open(new PostgresServer(this))
        : SqliteDatabase.open(url, clock);
  }

  /// Opens an existing database to look at it only, beside a daemon that may be running: every
  /// change is refused.
  ///
  /// @throws StoreException when there is none, or it is not of this version's schema
  public Database openReadOnly() {
    return url.startsWith(POSTGRES)
        ? PostgresDatabase.openReadOnly(new PostgresServer(this))
        : SqliteDatabase.openReadOnly(url);
  }

  /// Without the password.
  @Override
  public String toString() {
    return url;
  }
}
