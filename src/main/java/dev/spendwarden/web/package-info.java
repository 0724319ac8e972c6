/// The HTTP side: the JSON API, health, metrics and the status page. Answers from the newest
/// snapshot and, for the lists of alerts and notifications, from the store's ports; decides
/// nothing. What changes something goes through [dev.spendwarden.web.Commands], which `app`
/// implements.
///
/// [dev.spendwarden.web.HttpVerticle] runs on an event loop. Everything that may take longer than a
/// moment (the store, long lists, a scrape) is computed on one of its two bounded worker pools;
/// work beyond their bounds is refused with 503 instead of queued.
@NullMarked
package dev.spendwarden.web;

import org.jspecify.annotations.NullMarked;
