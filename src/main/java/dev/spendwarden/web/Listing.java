package dev.spendwarden.web;

import dev.spendwarden.web.Query.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// One page of a list.
///
/// @param next where the next page begins; empty at the end
record Listing<T>(List<T> items, Optional<Cursor> next) {

  /// How many rows of the store one transaction reads: short enough not to hold up a poll's commit.
  private static final int CHUNK = 500;

  /// How many rows one request looks at when its filters match few of them. The page may then be
  /// short, or empty, and still have a next one.
  private static final int MAX_SCAN = 20 * CHUNK;

  /// A page of a list in memory.
  static <T> Listing<T> of(List<T> all, Function<T, String> id, Query query) {
    Cursor after = query.after();
    int start = Math.min(after.position(), all.size());
    if (!after.lastId().isEmpty() && !isBefore(all, id, start, after.lastId())) {
      for (int i = 0; i < all.size(); i++) {
        if (id.apply(all.get(i)).equals(after.lastId())) {
          start = i + 1;
          break;
        }
      }
    }
    int end = Math.min(start + query.limit(), all.size());
    Optional<Cursor> next =
        end < all.size()
            ? Optional.of(new Cursor(end, end == 0 ? "" : id.apply(all.get(end - 1))))
            : Optional.empty();
    return new Listing<>(List.copyOf(all.subList(start, end)), next);
  }

  private static <T> boolean isBefore(
      List<T> all, Function<T, String> id, int start, String lastId) {
    return start > 0 && id.apply(all.get(start - 1)).equals(lastId);
  }

  /// Reads rows newest first; each call is a transaction of its own.
  @FunctionalInterface
  interface Rows<T> {
    List<T> read(int offset, int limit);
  }

  /// A page of a list in the store, newest first. Rows that were added since the former page push
  /// the rest back, so the place is looked for from where it was.
  static <T> Listing<T> scan(
      Rows<T> rows, Function<T, String> id, Predicate<T> wanted, Query query) {
    Cursor after = query.after();
    int offset = after.position();
    if (!after.lastId().isEmpty()) {
      int from = Math.max(0, offset - 1);
      List<T> near = rows.read(from, CHUNK);
      for (int i = 0; i < near.size(); i++) {
        if (id.apply(near.get(i)).equals(after.lastId())) {
          offset = from + i + 1;
          break;
        }
      }
    }
    var items = new ArrayList<T>();
    String lastId = after.lastId();
    for (int scanned = 0; scanned < MAX_SCAN; scanned += CHUNK) {
      List<T> chunk = rows.read(offset, CHUNK);
      for (T row : chunk) {
        if (wanted.test(row)) {
          if (items.size() == query.limit()) {
            return new Listing<>(items, Optional.of(new Cursor(offset, lastId)));
          }
          items.add(row);
        }
        lastId = id.apply(row);
        offset++;
      }
      if (chunk.size() < CHUNK) {
        return new Listing<>(items, Optional.empty());
      }
    }
    return new Listing<>(items, Optional.of(new Cursor(offset, lastId)));
  }
}
