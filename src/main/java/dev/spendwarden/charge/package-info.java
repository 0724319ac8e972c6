/// The vocabulary every other package speaks: amounts with their unit, charges, quota readings,
/// report statuses and the dimensions they are told apart by. Plain data without behaviour beyond
/// its own invariants; knows nothing of where a figure came from, how it is stored or what is done
/// about it.
@NullMarked
package dev.spendwarden.charge;

import org.jspecify.annotations.NullMarked;
