/// Tells the outside: which receivers hear of a transition (routes), the outbox that remembers it
/// until each has answered, and the delivery of one notification at a time. One sub-package for
/// each way of telling. Owns the [dev.spendwarden.notify.Outbox] port; knows no provider, and
/// nothing of how an alert came about.
@NullMarked
package dev.spendwarden.notify;

import org.jspecify.annotations.NullMarked;
