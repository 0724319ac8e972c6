/// Hostile input for everything that reads foreign or hand-written text: bombs, and the targets of
/// the `*FuzzTest`s, which are fed in two ways. Seeded mutation of a corpus needs no agent and no
/// engine beside JUnit: the same inputs in every build, `mvn test -Dtest='*FuzzTest'
/// -Dfuzz.seconds=120` for longer and with another seed each time. Jazzer is guided by the code an
/// input reaches: all targets together for some seconds in every build, each for a minute by `mvn
/// -Pfuzz verify`.
@NullMarked
package dev.spendwarden.fuzz;

import org.jspecify.annotations.NullMarked;
