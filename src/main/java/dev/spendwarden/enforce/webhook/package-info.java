/// Acting by asking somebody else: a signed call to a webhook. Knows no provider.
@NullMarked
package dev.spendwarden.enforce.webhook;

import org.jspecify.annotations.NullMarked;
