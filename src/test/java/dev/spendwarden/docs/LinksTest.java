package dev.spendwarden.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every link of the pages to another page or to a heading leads somewhere. Addresses elsewhere are
/// not asked for: a build needs no network.
class LinksTest {

  private static final Pattern FENCED = Pattern.compile("(?ms)^ *(```|~~~).*?^ *\\1 *$");
  private static final Pattern LINK = Pattern.compile("!?\\[[^]]*]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

  private final Map<Path, Set<String>> headings = new HashMap<>();

  @Test
  void everyRelativeLinkHasItsFileAndItsHeading() throws IOException {
    var broken = new ArrayList<String>();
    int followed = 0;
    for (Path page : pages()) {
      Matcher link = LINK.matcher(prose(page));
      while (link.find()) {
        String target = link.group(1);
        if (!target.matches("[a-z]+:.*")) {
          followed++;
          if (!leadsSomewhere(page, target)) {
            broken.add(page + ": " + target);
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(followed).isGreaterThan(60);
  }

  @Test
  void headingsAreNamedAsOnGithub() {
    assertThat(anchors("# `spend` & *more*: it's 1.0!\n## Same\n## Same\n### `time_intervals`\n"))
        .containsExactlyInAnyOrder("spend--more-its-10", "same", "same-1", "time_intervals");
  }

  private boolean leadsSomewhere(Path page, String target) throws IOException {
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path file = path.isEmpty() ? page : page.resolveSibling(path).normalize();
    if (!Files.exists(file)) {
      return false;
    }
    return hash < 0 || headingsOf(file).contains(target.substring(hash + 1));
  }

  private Set<String> headingsOf(Path page) throws IOException {
    Set<String> known = headings.get(page);
    if (known == null) {
      known = anchors(prose(page));
      headings.put(page, known);
    }
    return known;
  }

  /// As GitHub makes them: letters, digits, `_` and `-` of the heading in lower case, a `-` for a
  /// space, and a number behind what was there before.
  private static Set<String> anchors(String text) {
    var anchors = new HashSet<String>();
    for (MatchResult heading : HEADING.matcher(text).results().toList()) {
      String name =
          LINK.matcher(heading.group(1))
              .replaceAll("")
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N}_ -]", "")
              .replace(' ', '-');
      String anchor = name;
      for (int i = 1; !anchors.add(anchor); i++) {
        anchor = name + "-" + i;
      }
    }
    return anchors;
  }

  /// What is not an example: `#` begins a comment there.
  private static String prose(Path page) throws IOException {
    return FENCED.matcher(Files.readString(page)).replaceAll("");
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(Path.of("."));
        Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(top, docs)
          .map(Path::normalize)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }
}
