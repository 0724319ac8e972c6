package dev.spendwarden.sandbox;

import java.time.Instant;

/// What the world looks like at the start and what will happen in it. [DemoScenario] is the one
/// with a plot; a test usually starts from [#EMPTY] and sets figures as it goes.
@FunctionalInterface
public interface Scenario {

  /// Nobody has spent anything and nothing will happen by itself.
  Scenario EMPTY = (sandbox, start) -> {};

  /// Sets the books and plans what comes, relative to `start`.
  void stage(Sandbox sandbox, Instant start);
}
