/// E-mail as a receiver: one message for each notification, in a thread for each alert, handed to
/// one mail server. Must not know the store.
@NullMarked
package dev.spendwarden.notify.email;

import org.jspecify.annotations.NullMarked;
