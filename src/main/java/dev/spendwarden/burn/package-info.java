/// How fast money goes and where it will end: the forecast of a period's spend, the settling of
/// late figures, the runway to a limit, the scores of past forecasts. Pure arithmetic in `double`:
/// what comes out of here is a statistic and never flows back into an amount. Knows no policy, no
/// source and no clock; everything is thread-safe because nothing is changed.
@NullMarked
package dev.spendwarden.burn;

import org.jspecify.annotations.NullMarked;
