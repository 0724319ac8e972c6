/// GitHub: usage report exports asked for, waited for, adopted and downloaded, and their CSV files
/// summed to charges as they stream by. What was asked for is remembered behind
/// [dev.spendwarden.sources.github.ExportStore], so that neither a lost answer nor a restart asks
/// twice. Facts and traps: docs/sources/github.md.
@NullMarked
package dev.spendwarden.sources.github;

import org.jspecify.annotations.NullMarked;
