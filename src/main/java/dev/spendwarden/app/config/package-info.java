/// The configuration file as records, and its reader: every problem at once, each with its place.
/// Wires nothing.
@NullMarked
package dev.spendwarden.app.config;

import org.jspecify.annotations.NullMarked;
