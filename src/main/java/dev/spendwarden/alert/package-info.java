/// The life of an alert: pending, firing, resolved; its severity, timers and transitions; silences,
/// acks and waivers. [dev.spendwarden.alert.Evaluation] holds the pure core together: readings in,
/// transitions out. Owns the [dev.spendwarden.alert.AlertStore] port. Knows no receiver, no clock
/// and no I/O; one owner at a time.
@NullMarked
package dev.spendwarden.alert;

import org.jspecify.annotations.NullMarked;
