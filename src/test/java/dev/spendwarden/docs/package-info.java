/// What the documentation says is true: every block of it is read, and where that is safe run, by
/// the program it describes.
@NullMarked
package dev.spendwarden.docs;

import org.jspecify.annotations.NullMarked;
