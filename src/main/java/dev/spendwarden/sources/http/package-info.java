/// The guarded HTTP client: no redirects, credentials bound to their origin, a total deadline, byte
/// and ratio caps, private addresses refused unless opened. Everything that leaves the daemon for a
/// provider or a webhook leaves here.
@NullMarked
package dev.spendwarden.sources.http;

import org.jspecify.annotations.NullMarked;
