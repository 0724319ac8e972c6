package dev.spendwarden.sandbox;

import io.vertx.ext.web.Router;
import java.time.Instant;

/// A stand-in of one outside service. Thread-safe: answers come from an event loop while a test
/// changes the books.
interface Twin {

  /// Adds its paths. Every path answers through the front door, which counts requests and plays the
  /// faults.
  void mount(Router router, FrontDoor door);

  /// Lets time pass in its books up to `now`. Called before each answer, with instants that never
  /// go back.
  default void advance(Instant now) {}
}
