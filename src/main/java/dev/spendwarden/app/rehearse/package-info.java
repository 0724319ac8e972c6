/// Rehearsals: policies run over given readings (tests), over stored ones (backtests) or over the
/// present state (plans), on a turned clock and with the very [dev.spendwarden.alert.Evaluation]
/// that the daemon runs. Reads the store, never writes it; sends nothing. Called by the commands,
/// one rehearsal on one thread; a backtest replays its history on several, which end with it.
@NullMarked
package dev.spendwarden.app.rehearse;

import org.jspecify.annotations.NullMarked;
