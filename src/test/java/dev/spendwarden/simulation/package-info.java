/// A month of Spendwarden in milliseconds, from one seed: the real core, outbox, delivery and retry
/// policy on a simulated clock, store and network, with providers that fail and restate, receivers
/// that time out and go away, operators, reloads, and a process that dies at any point. Some seeds
/// let changes wait in groups and for the end of mute hours.
///
/// [dev.spendwarden.simulation.Simulation] plays the month; [dev.spendwarden.simulation.Oracle]
/// says what should be true, from what the providers answered and nothing else;
/// [dev.spendwarden.simulation.Invariants] and [dev.spendwarden.simulation.Tellings] compare after
/// every step. What Vert.x does in the daemon, [dev.spendwarden.simulation.SimulatedDaemon] does
/// here in the same order.
package dev.spendwarden.simulation;
