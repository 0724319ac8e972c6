/// Pictures for people: a budget's burn-down as a PNG, drawn without a screen. Pure arithmetic and
/// drawing; must not know where the figures come from nor where the picture goes.
@NullMarked
package dev.spendwarden.notify.picture;

import org.jspecify.annotations.NullMarked;
