/// SQLite and PostgreSQL behind the ports of `ledger`, `alert` and `notify`: one set of migrations,
/// one writer, transactions that hold a reading, the state it changes, the transitions and the
/// outbox rows together. Decides nothing; SQL is found nowhere else.
@NullMarked
package dev.spendwarden.store;

import org.jspecify.annotations.NullMarked;
