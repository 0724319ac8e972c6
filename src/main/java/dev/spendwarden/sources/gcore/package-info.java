/// Gcore's reseller billing: spend from its expenses, report health from its task list. Facts and
/// traps: docs/sources/gcore.md.
@NullMarked
package dev.spendwarden.sources.gcore;

import org.jspecify.annotations.NullMarked;
