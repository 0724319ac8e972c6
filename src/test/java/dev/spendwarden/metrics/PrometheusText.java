package dev.spendwarden.metrics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A strict reader of both text formats, written from their descriptions and sharing nothing with
/// the code under test: fails on whatever a scraper would refuse.
public final class PrometheusText {

  public record Sample(String name, Map<String, String> labels, double value) {}

  private final List<Sample> samples = new ArrayList<>();
  private final Map<String, String> types = new LinkedHashMap<>();
  private final Set<String> helped = new HashSet<>();
  private final Set<String> seen = new HashSet<>();
  private final Set<String> closed = new HashSet<>();
  private String family = "";

  public static PrometheusText parse(String text, boolean openMetrics) {
    var reader = new PrometheusText();
    check(text.endsWith("\n"), "the last line has no end");
    if (openMetrics) {
      check(text.endsWith("# EOF\n"), "no # EOF at the end");
      check(text.indexOf("# EOF") == text.length() - 6, "# EOF stands in the middle");
    } else {
      check(!text.contains("# EOF"), "# EOF belongs to OpenMetrics");
    }
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("# ")) {
        reader.comment(line);
      } else if (!line.isEmpty()) {
        reader.sample(line);
      }
    }
    return reader;
  }

  public List<Sample> all(String name) {
    return samples.stream().filter(sample -> sample.name().equals(name)).toList();
  }

  public List<Sample> all() {
    return List.copyOf(samples);
  }

  public Set<String> families() {
    return types.keySet();
  }

  /// The value of the one sample with these labels among its own.
  public double value(String name, String... labels) {
    List<Sample> found =
        all(name).stream()
            .filter(sample -> {
              for (int i = 0; i < labels.length; i += 2) {
                if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
                  return false;
                }
              }
              return true;
            })
            .toList();
    check(found.size() == 1, found.size() + " samples of " + name + " " + List.of(labels));
    return found.getFirst().value();
  }

  public boolean isDescribed(String name) {
    return helped.contains(name);
  }

  private void comment(String line) {
    if (line.equals("# EOF")) {
      return;
    }
    String[] words = line.split(" ", 4);
    check(words.length == 4 || words[1].equals("HELP"), "an odd comment: " + line);
    enter(words[2]);
    switch (words[1]) {
      case "TYPE" -> check(types.put(words[2], words[3]) == null, "TYPE twice: " + line);
      case "HELP" -> check(helped.add(words[2]), "HELP twice: " + line);
      case "UNIT" -> check(words[2].endsWith("_" + words[3]), "a unit that does not fit: " + line);
      default -> check(false, "an unknown comment: " + line);
    }
  }

  private void enter(String name) {
    if (!name.equals(family)) {
      check(closed.add(name), "the family comes again: " + name);
      family = name;
    }
  }

  private void sample(String line) {
    int brace = line.indexOf('{');
    int space = line.indexOf(' ');
    boolean labelled = brace >= 0 && brace < space;
    String name = line.substring(0, labelled ? brace : space);
    check(name.matches("[a-zA-Z_:][a-zA-Z0-9_:]*"), "not a name: " + name);
    check(name.startsWith(family), "a sample outside its family: " + line);
    var labels = new LinkedHashMap<String, String>();
    int at = labelled ? labels(line, brace + 1, labels) : space;
    check(line.charAt(at) == ' ', "no space before the value: " + line);
    String value = line.substring(at + 1).split(" ", 2)[0];
    check(seen.add(name + labels), "the sample comes twice: " + line);
    samples.add(new Sample(name, labels, number(value)));
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> {
        check(text.matches("-?[0-9.]+([eE][-+]?[0-9]+)?|NaN"), "not a number: " + text);
        yield Double.parseDouble(text);
      }
    };
  }

  /// Reads labels from `at` to the closing brace and answers the place after it.
  private static int labels(String line, int at, Map<String, String> labels) {
    int i = at;
    while (line.charAt(i) != '}') {
      int equals = line.indexOf('=', i);
      String name = line.substring(i, equals);
      check(name.matches("[a-zA-Z_][a-zA-Z0-9_]*"), "not a label name: " + name);
      check(line.charAt(equals + 1) == '"', "no quote after = in " + line);
      var value = new StringBuilder();
      i = equals + 2;
      while (line.charAt(i) != '"') {
        char c = line.charAt(i++);
        check(c >= ' ' && c != '\u007f', "a control character in " + line);
        if (c == '\\') {
          char escaped = line.charAt(i++);
          check("\\n\"".indexOf(escaped) >= 0, "an unknown escape in " + line);
          value.append(escaped == 'n' ? '\n' : escaped);
        } else {
          value.append(c);
        }
      }
      check(labels.put(name, value.toString()) == null, "the label comes twice: " + line);
      i++;
      if (line.charAt(i) == ',') {
        i++;
      }
    }
    return i + 1;
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }
}
