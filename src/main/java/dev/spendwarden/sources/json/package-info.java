/// JSON of providers, read so that money stays exact and nothing in it can hurt: a bounded reader
/// ([dev.spendwarden.sources.json.JsonReader]) and a cursor over the tree that knows its path
/// ([dev.spendwarden.sources.json.JsonField]). Knows no provider. Safe on any thread.
@NullMarked
package dev.spendwarden.sources.json;

import org.jspecify.annotations.NullMarked;
