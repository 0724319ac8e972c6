/// Wiring: makes the parts from the configuration, runs them as verticles, reloads and stops them
/// in order. The only package that knows all the others; holds no rule about money or alerts.
///
/// **How work is shared.** [Shards] runs an evaluation for each shard of the configuration, at
/// every replica: it leads where [Tenures] says that the leases are held, and follows what is
/// stored elsewhere. [Sources] and [Receivers] run what is held, and each of them writes under the
/// very leases it was started with. Once a second [StoreVerticle] has the leases renewed; the
/// daemon then starts what was gained and ends what falls to another ([Spread]) before it lets go
/// of it. What is asked of everything goes through [Shards], which puts the parts together: one
/// snapshot for the page, metrics and decisions, one order to all that it concerns.
@NullMarked
package dev.spendwarden.app;

import org.jspecify.annotations.NullMarked;
