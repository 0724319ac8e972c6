package dev.spendwarden.sources.github;

import dev.spendwarden.charge.Dimension;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Where a file has the columns that are read, found by their names in its header line. Order and
/// further columns are GitHub's business.
///
/// @param key the places of what a sum is told apart by: date, unit and the kept dimensions; -1
///   where reports of this type have no such column
@SuppressWarnings("ArrayRecordComponent") // Read in the innermost loop, and compared by nobody.
record Columns(int count, int[] key, int net, int gross, int quantity) {

  /// The column a dimension is read from.
  static final Map<Dimension, String> NAMES = names();

  private static final int DATE = 0;
  private static final int UNIT_TYPE = 1;
  private static final int FIRST_KEPT = 2;

  private static Map<Dimension, String> names() {
    var names = new LinkedHashMap<Dimension, String>();
    names.put(Dimension.ORGANIZATION, "organization");
    names.put(Dimension.REPOSITORY, "repository");
    names.put(Dimension.PRODUCT, "product");
    names.put(Dimension.SKU, "sku");
    names.put(Dimension.USER, "username");
    names.put(Dimension.MODEL, "model");
    names.put(Dimension.COST_CENTER, "cost_center_name");
    return java.util.Collections.unmodifiableMap(names);
  }

  /// @param header standing on the header line
  /// @throws MalformedCsv when a column is missing that reports of this type have, or stands twice
  static Columns of(CsvRecords header, ReportType type, List<Dimension> keep) throws MalformedCsv {
    var places = new HashMap<String, Integer>();
    for (int i = 0; i < header.fieldCount(); i++) {
      int start = header.start(i);
      String name =
          new String(header.data(), start, header.end(i) - start, StandardCharsets.UTF_8).strip();
      if (places.put(name, i) != null) {
        throw header.malformed("a column name stands twice in the header");
      }
    }
    int[] first = {required(header, places, "date"), required(header, places, "unit_type")};
    int net = required(header, places, "net_amount");
    int gross = required(header, places, "gross_amount");
    int quantity = required(header, places, "quantity");
    int[] kept =
        keep.stream()
            .map(dimension -> String.valueOf(NAMES.get(dimension)))
            .mapToInt(name -> type.hasColumn(name) ? places.getOrDefault(name, -2) : -1)
            .toArray();
    for (int i = 0; i < kept.length; i++) {
      if (kept[i] == -2) {
        throw missing(header, String.valueOf(NAMES.get(keep.get(i))));
      }
    }
    return new Columns(
        header.fieldCount(),
        IntStream.concat(IntStream.of(first), IntStream.of(kept)).toArray(),
        net,
        gross,
        quantity);
  }

  private static int required(CsvRecords header, Map<String, Integer> places, String name)
      throws MalformedCsv {
    Integer place = places.get(name);
    if (place == null) {
      throw missing(header, name);
    }
    return place;
  }

  private static MalformedCsv missing(CsvRecords header, String name) {
    return header.malformed("the header lacks the column " + name);
  }

  int date() {
    return key[DATE];
  }

  int unitType() {
    return key[UNIT_TYPE];
  }

  /// The place of the kept dimension of this number.
  int kept(int number) {
    return key[FIRST_KEPT + number];
  }
}
