/// Webhooks as receivers: signed by Standard Webhooks, one POST an attempt through the guarded
/// client. Must not know the store.
@NullMarked
package dev.spendwarden.notify.webhook;

import org.jspecify.annotations.NullMarked;
