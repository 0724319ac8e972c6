/// Wiring: makes the parts from the configuration, runs them as verticles, reloads and stops them
/// in order. The only package that knows all the others; holds no rule about money or alerts.
@NullMarked
package dev.spendwarden.app;

import org.jspecify.annotations.NullMarked;
