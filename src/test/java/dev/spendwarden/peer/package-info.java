/// Other people's programs that tests start beside Spendwarden: found where they are installed, run
/// on loopback with a folder of their own, and ended with the test.
@NullMarked
package dev.spendwarden.peer;

import org.jspecify.annotations.NullMarked;
