package dev.spendwarden.policy.yaml;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// The words of a closed set, in their declared order, as they stand in YAML.
public final class Vocabulary {

  private Vocabulary() {}

  /// The constants of an enum by their `snake_case` names.
  public static <E extends Enum<E>> Map<String, E> of(Class<E> type) {
    var words = new LinkedHashMap<String, E>();
    for (E constant : type.getEnumConstants()) {
      words.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
    return words;
  }

  /// A yes or no that is spelled in two words, `no` first.
  public static Map<String, Boolean> either(String no, String yes) {
    var words = new LinkedHashMap<String, Boolean>();
    words.put(no, false);
    words.put(yes, true);
    return words;
  }
}
