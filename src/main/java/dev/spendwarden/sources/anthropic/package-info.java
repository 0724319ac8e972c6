/// Anthropic: the Admin API's cost report mapped to daily charges and, where `fine_burn` is set,
/// its token usage by the hour to estimates of burn inside the day. Facts and traps:
/// docs/sources/anthropic.md.
@NullMarked
package dev.spendwarden.sources.anthropic;

import org.jspecify.annotations.NullMarked;
