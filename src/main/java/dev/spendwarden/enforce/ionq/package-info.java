/// Acting at IonQ: cancelling jobs that still wait. Knows IonQ's job API and nothing of other
/// providers.
@NullMarked
package dev.spendwarden.enforce.ionq;

import org.jspecify.annotations.NullMarked;
