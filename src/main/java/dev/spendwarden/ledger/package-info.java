/// What was known, and when. Accepts readings idempotently, keeps every figure's revisions, and
/// answers positions: what a budget had spent as far as was known at an instant. Owns the
/// [dev.spendwarden.ledger.LedgerStore] port that `store` implements. Knows nothing of policies,
/// alerts or providers. Not thread-safe: one owner at a time.
@NullMarked
package dev.spendwarden.ledger;

import org.jspecify.annotations.NullMarked;
