/// Hostile input for everything that reads foreign or hand-written text: seeded mutation of a
/// corpus, and bombs. It needs no agent and no engine beside JUnit, so it runs with every build;
/// what it lacks is guidance by coverage, which a dictionary of tokens makes up for in part. `mvn
/// test -Dtest='*FuzzTest' -Dfuzz.seconds=120` runs longer, with another seed each time.
@NullMarked
package dev.spendwarden.fuzz;

import org.jspecify.annotations.NullMarked;
