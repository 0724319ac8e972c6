package dev.spendwarden.simulation;

/// A guarantee was seen broken.
final class Broken extends AssertionError {

  private static final long serialVersionUID = 1;

  private final Guarantee guarantee;

  Broken(Guarantee guarantee, String how) {
    super(guarantee + ": " + how);
    this.guarantee = guarantee;
  }

  Guarantee guarantee() {
    return guarantee;
  }
}
