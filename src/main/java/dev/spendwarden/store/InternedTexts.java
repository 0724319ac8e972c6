package dev.spendwarden.store;

/// The ids of source names and dimension sets that are known so far. Not thread-safe: the writer of
/// a database keeps them from one transaction to the next.
record InternedTexts(Interned sources, Interned dimensionSets) {

  InternedTexts() {
    this(new Interned("source", "name"), new Interned("dimension_set", "canonical"));
  }

  /// To be called when a transaction was rolled back.
  void forget() {
    sources.forget();
    dimensionSets.forget();
  }
}
