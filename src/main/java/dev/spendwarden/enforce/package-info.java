/// Acting on a breach, and answering before anything is spent: plans with their caps and refusals
/// ([dev.spendwarden.enforce.Planner]), the life of an action ([dev.spendwarden.enforce.Action],
/// [dev.spendwarden.enforce.Stages]), the audit chain ([dev.spendwarden.enforce.AuditChain]) and
/// decisions with their holds ([dev.spendwarden.enforce.Decisions]). What decides takes time and
/// history as arguments. Knows levers only as [dev.spendwarden.enforce.Lever]; knows neither HTTP,
/// SQL nor configuration files. Each provider's levers have a package of their own.
@NullMarked
package dev.spendwarden.enforce;

import org.jspecify.annotations.NullMarked;
