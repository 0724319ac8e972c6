/// The expression language of policies: CEL's parser and type check in front, closures over
/// [dev.spendwarden.policy.Facts] behind. Owns which names an expression may use, how unknowns
/// travel and what people are told of a mistake. Knows nothing of YAML, of budgets or of time.
/// Everything here is immutable and may be used from any thread.
@NullMarked
package dev.spendwarden.policy.cel;

import org.jspecify.annotations.NullMarked;
