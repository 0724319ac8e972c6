package dev.spendwarden.app;

import dev.spendwarden.store.Tenure;
import java.util.List;

/// What runs because some leases are held. Another term is another one: what was under way under
/// the former can no longer be written down.
///
/// @param names of the leases
record Leased<C>(C config, List<String> names, List<Long> terms) {

  static <C> Leased<C> of(C config, Tenure tenure) {
    return new Leased<>(config, tenure.names(), tenure.terms());
  }
}
