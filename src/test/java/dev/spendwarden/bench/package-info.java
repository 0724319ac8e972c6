/// What the benchmarks have in common: figures, each beside its peer's of the same run and its
/// target, and the one table of them. Knows nothing of what is measured.
@NullMarked
package dev.spendwarden.bench;

import org.jspecify.annotations.NullMarked;
