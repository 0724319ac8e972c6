package dev.spendwarden.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// A table of distinct texts and their ids, with a bounded cache of the ids. Texts are never
/// removed, so a cached id stays right; only a rollback may take one back.
final class Interned {

  private static final int CACHE_MAX = 100_000;

  /// SQLite takes 32,766 parameters in one statement, PostgreSQL 65,535.
  private static final int LOOK_UP_AT_ONCE = 1_000;

  private final String table;
  private final String column;
  private final Map<String, Integer> ids = new HashMap<>();

  Interned(String table, String column) {
    this.table = table;
    this.column = column;
  }

  /// The id of every text, adding those that are new.
  Map<String, Integer> idsOf(Handle handle, Collection<String> texts) {
    if (ids.size() > CACHE_MAX) {
      ids.clear();
    }
    var found = new HashMap<String, Integer>();
    var unknown = new ArrayList<String>();
    for (String text : texts) {
      Integer id = ids.get(text);
      if (id != null) {
        found.put(text, id);
      } else if (found.put(text, 0) == null) {
        unknown.add(text);
      }
    }
    for (int from = 0; from < unknown.size(); from += LOOK_UP_AT_ONCE) {
      List<String> some = unknown.subList(from, Math.min(from + LOOK_UP_AT_ONCE, unknown.size()));
      lookUp(handle, some, found);
      List<String> missing = some.stream().filter(text -> !ids.containsKey(text)).toList();
      if (!missing.isEmpty()) {
        add(handle, missing);
        lookUp(handle, missing, found);
        requireAll(missing);
      }
    }
    return found;
  }

  /// To be called when a transaction was rolled back.
  void forget() {
    ids.clear();
  }

  private void add(Handle handle, List<String> texts) {
    var batch =
        handle.prepareBatch(
            "INSERT INTO " + table + " (" + column + ") VALUES (?) ON CONFLICT DO NOTHING");
    for (String text : texts) {
      batch.bind(0, text).add();
    }
    batch.execute();
  }

  private void lookUp(Handle handle, List<String> texts, Map<String, Integer> found) {
    handle
        .createQuery(
            "SELECT id, " + column + " FROM " + table + " WHERE " + column + " IN (<texts>)")
        .bindList("texts", texts)
        .map((row, context) -> Map.entry(row.getString(2), row.getInt(1)))
        .forEach(entry -> {
          found.put(entry.getKey(), entry.getValue());
          ids.put(entry.getKey(), entry.getValue());
        });
  }

  private void requireAll(List<String> texts) {
    for (String text : texts) {
      if (!ids.containsKey(text)) {
        throw new StoreException("the database changed the text '" + text + "' on writing it");
      }
    }
  }
}
