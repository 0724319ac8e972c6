/// Alertmanager as a receiver: alerts pushed to its API. Made from the frozen body alone; must not
/// know the store.
@NullMarked
package dev.spendwarden.notify.alertmanager;

import org.jspecify.annotations.NullMarked;
