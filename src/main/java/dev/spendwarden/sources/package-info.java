/// The contract every provider fulfils ([dev.spendwarden.sources.Source]), the words for what goes
/// wrong, and the one guarded HTTP client (`sources.http`) that all of them use. A source fetches
/// and maps; it filters nothing, knows no policy and converts no currency. Called on the source's
/// own virtual thread, one poll at a time.
@NullMarked
package dev.spendwarden.sources;

import org.jspecify.annotations.NullMarked;
