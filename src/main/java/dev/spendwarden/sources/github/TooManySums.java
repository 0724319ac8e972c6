package dev.spendwarden.sources.github;

import java.io.IOException;

/// A report has more combinations of kept dimensions than memory is set aside for.
final class TooManySums extends IOException {

  private static final long serialVersionUID = 1;

  TooManySums(int most) {
    super("more than " + most + " combinations of kept dimensions and days: keep fewer dimensions");
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
