/// What Prometheus sees. [dev.spendwarden.metrics.Meters] holds the counters and timers of the
/// process; [dev.spendwarden.metrics.BudgetCollector] writes the gauges of budgets, alerts and
/// sources straight from the newest snapshot; [dev.spendwarden.metrics.Exposition] puts both into
/// one answer. Decides nothing and keeps no history. Label values come from the configuration, from
/// enums and from the `per` values of budgets (ids, never people); each is bounded in length, and
/// the series of a policy are bounded in number. Any thread may write a meter; an exposition is
/// written by whoever asks for one, and takes long enough at many budgets to keep it off an event
/// loop.
@NullMarked
package dev.spendwarden.metrics;

import org.jspecify.annotations.NullMarked;
