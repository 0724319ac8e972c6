/// Budgets written by people: policies, their periods and rules, and the evaluation of a budget's
/// position to an assessment. `policy.yaml` reads the files, `policy.cel` compiles the expressions;
/// this package knows neither YAML nor CEL, no clock and no I/O.
@NullMarked
package dev.spendwarden.policy;

import org.jspecify.annotations.NullMarked;
