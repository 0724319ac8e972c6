/// Acting at Anthropic: switching a workspace's API keys off and throttling it. Knows Anthropic's
/// Admin API and nothing of other providers.
@NullMarked
package dev.spendwarden.enforce.anthropic;

import org.jspecify.annotations.NullMarked;
