/// YAML files written by people: a strict reader that collects every problem with its place, and
/// the policy files read with it. Scalars are typed here and not by the YAML library, so `no`,
/// `010` and `1e3` surprise nobody. Knows the words of a policy, not the configuration around it:
/// whether a source, receiver or action exists is asked by `app.config`. Not thread-safe; a reading
/// has one caller.
@NullMarked
package dev.spendwarden.policy.yaml;

import org.jspecify.annotations.NullMarked;
