/// Slack as a receiver: Block Kit messages edited in place with a thread of changes (bot token), or
/// plain incoming webhooks. Uses Slack's synchronous client only: queueing and retrying are the
/// outbox's. Must not know the store.
@NullMarked
package dev.spendwarden.notify.slack;

import org.jspecify.annotations.NullMarked;
