/// IonQ: the v0.3 organization report mapped to charges and quota readings, and the v0.4 usage
/// mapped to daily charges. Facts and traps: docs/sources/ionq.md.
@NullMarked
package dev.spendwarden.sources.ionq;

import org.jspecify.annotations.NullMarked;
