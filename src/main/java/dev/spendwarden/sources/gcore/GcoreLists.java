package dev.spendwarden.sources.gcore;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.http.CallFailure;
import dev.spendwarden.sources.http.ProviderApi;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads Gcore's paged lists whole. A page is a slice by offset of a list that others change
/// meanwhile, so slices may overlap or leave a gap: a list counts as read when every page told the
/// same number of items and as many different ones were seen. `next` is not followed: it is an
/// absolute address, in Gcore's own example one of another host.
final class GcoreLists {

  /// The most Gcore gives in a page.
  static final int PAGE = 100;

  /// 100,000 items. An account with more in one window is better read with a shorter one.
  private static final int MAX_ITEMS = 1000 * PAGE;

  /// A list that changes under each of so many readings changes all the time.
  private static final int ATTEMPTS = 3;

  private final ProviderApi api;
  private final Instant now;

  /// @param now of the poll
  GcoreLists(ProviderApi api, Instant now) {
    this.api = api;
    this.now = now;
  }

  /// Every item of a list.
  ///
  /// @param query path and filters, encoded, with at least one filter
  /// @param idField what tells items apart
  List<JsonField> read(String query, String idField) throws CallFailure, MalformedAnswer {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Optional<List<JsonField>> whole = readOnce(query, idField);
      if (whole.isPresent()) {
        return whole.get();
      }
    }
    throw new CallFailure(
        FailureReason.PARTIAL,
        "the list changed while it was read, " + ATTEMPTS + " times in a row");
  }

  /// One item; empty when there is none of this address.
  Optional<JsonField> find(String path) throws CallFailure, MalformedAnswer {
    try {
      return Optional.of(JsonReader.read(api.get(path, now)));
    } catch (CallFailure e) {
      if (e.status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<List<JsonField>> readOnce(String query, String idField)
      throws CallFailure, MalformedAnswer {
    Map<String, JsonField> items = new LinkedHashMap<>();
    long offset = 0;
    long count;
    long firstCount = -1;
    do {
      JsonField page = page(query, offset);
      count = count(page.field("count"));
      List<JsonField> results = page.field("results").items();
      if (firstCount >= 0 && count != firstCount || results.isEmpty() && offset < count) {
        return Optional.empty();
      }
      firstCount = count;
      for (JsonField item : results) {
        items.put(GcoreFields.id(item.field(idField)), item);
      }
      // What came, not what was asked for: a server may keep its pages shorter.
      offset += results.size();
    } while (offset < count);
    return items.size() == count ? Optional.of(List.copyOf(items.values())) : Optional.empty();
  }

  private JsonField page(String query, long offset) throws CallFailure, MalformedAnswer {
    return JsonReader.read(api.get(query + "&limit=" + PAGE + "&offset=" + offset, now));
  }

  private static long count(JsonField field) throws MalformedAnswer, CallFailure {
    BigDecimal count = field.number();
    if (count.signum() < 0 || count.stripTrailingZeros().scale() > 0) {
      throw field.malformed("not a count");
    }
    if (count.compareTo(BigDecimal.valueOf(MAX_ITEMS)) > 0) {
      throw new CallFailure(
          FailureReason.TOO_LARGE, "a list of more than " + MAX_ITEMS + " items is not read");
    }
    return count.longValueExact();
  }
}
