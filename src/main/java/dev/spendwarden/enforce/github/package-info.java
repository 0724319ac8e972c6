/// Acting at GitHub: a budget of GitHub's own that stops usage. Knows GitHub's billing API and
/// nothing of other providers.
@NullMarked
package dev.spendwarden.enforce.github;

import org.jspecify.annotations.NullMarked;
