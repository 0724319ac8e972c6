package dev.spendwarden.charge;

import java.util.Collection;
import java.util.Set;

/// Some of the names of sources or policies: those listed, or all that are not. The second kind
/// also has the names nobody knows (any more), so that of several that divide all names between
/// them one can be responsible for whatever is left.
public sealed interface Names {

  Names ALL = new AllBut(Set.of());

  boolean has(String name);

  static Names only(Collection<String> names) {
    return new Only(Set.copyOf(names));
  }

  static Names allBut(Collection<String> names) {
    return new AllBut(Set.copyOf(names));
  }

  record Only(Set<String> names) implements Names {
    @Override
    public boolean has(String name) {
      return names.contains(name);
    }
  }

  record AllBut(Set<String> names) implements Names {
    @Override
    public boolean has(String name) {
      return !names.contains(name);
    }
  }
}
