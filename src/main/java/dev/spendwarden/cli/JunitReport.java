package dev.spendwarden.cli;

import dev.spendwarden.app.rehearse.TestRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Results of policy tests as the JUnit XML that CI systems read: a suite for each file.
final class JunitReport {

  private JunitReport() {}

  static void write(Path target, Map<Path, List<TestRun.Result>> results) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(target, xml(results), StandardCharsets.UTF_8);
  }

  static String xml(Map<Path, List<TestRun.Result>> results) {
    var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    long all = results.values().stream().mapToLong(List::size).sum();
    long failed = results.values().stream().mapToLong(JunitReport::failed).sum();
    xml.append("<testsuites tests=\"%d\" failures=\"%d\">\n".formatted(all, failed));
    results.forEach((file, ofFile) -> {
      xml.append(
          "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\">\n"
              .formatted(escape(file.toString()), ofFile.size(), failed(ofFile)));
      ofFile.forEach(result -> xml.append(testCase(file, result)));
      xml.append("  </testsuite>\n");
    });
    return xml.append("</testsuites>\n").toString();
  }

  private static long failed(List<TestRun.Result> results) {
    return results.stream().filter(result -> !result.passed()).count();
  }

  private static String testCase(Path file, TestRun.Result result) {
    String open =
        "    <testcase classname=\"%s\" name=\"%s\" file=\"%s\" line=\"%d\""
            .formatted(
                escape(file.toString()),
                escape(result.test().name()),
                escape(file.toString()),
                result.test().place().line());
    if (result.passed()) {
      return open + "/>\n";
    }
    String message =
        result.failures().stream()
            .flatMap(failure -> failure.differences().stream())
            .map(d -> d.what() + ": expected " + d.expected() + ", found " + d.found())
            .collect(Collectors.joining("; "));
    String text =
        result.failures().stream()
            .flatMap(failure -> TestCommand.lines(failure).stream())
            .collect(Collectors.joining("\n"));
    return open
        + ">\n      <failure message=\"%s\">%s</failure>\n    </testcase>\n"
            .formatted(escape(message), escape(text));
  }

  /// Escaped for text and attributes; what XML 1.0 cannot hold becomes a question mark.
  private static String escape(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            case '\n' -> out.append('\n');
            default -> {
              boolean allowed =
                  c >= 0x20 && (c < 0xD800 || c > 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
              out.appendCodePoint(allowed ? c : '?');
            }
          }
        });
    return out.toString();
  }
}
