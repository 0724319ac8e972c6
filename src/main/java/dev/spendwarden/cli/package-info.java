/// The commands: read arguments, call the other packages, print, choose the exit status (0 fine, 1
/// problems found, 2 wrong usage, 3 could not start). Holds no logic that another way in would need
/// too.
@NullMarked
package dev.spendwarden.cli;

import org.jspecify.annotations.NullMarked;
