package dev.spendwarden.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A fenced block of a page.
///
/// @param line where its fence opens
/// @param language the word after the fence; empty where there is none
/// @param marker what the comment `<!-- block: MARKER -->` on the line before says it is
/// @param text without the fences and without what all its lines are indented by
record Block(Path page, int line, String language, Optional<String> marker, String text) {

  private static final Pattern FENCE = Pattern.compile("( *)```+(\\w*)\\s*");
  private static final Pattern MARKER = Pattern.compile(" *<!-- block: (.+?) -->\\s*");

  /// Every page that people read, from the top of the repository.
  static List<Path> pages() throws IOException {
    var pages = new ArrayList<Path>();
    for (String folder : List.of("docs", "policies", "grafana")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    try (Stream<Path> files = Files.list(Path.of("."))) {
      files
          .map(Path::normalize)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .forEach(pages::add);
    }
    return pages;
  }

  static List<Block> of(Path page) throws IOException {
    List<String> lines = Files.readAllLines(page);
    var blocks = new ArrayList<Block>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (!fence.matches()) {
        continue;
      }
      int opened = i;
      var text = new StringBuilder();
      for (i++; !lines.get(i).strip().startsWith("```"); i++) {
        String line = lines.get(i);
        text.append(line).append('\n');
      }
      // Without its last line end, which would count as a line that is not indented.
      String unindented = text.toString().stripTrailing().stripIndent() + "\n";
      blocks.add(new Block(page, opened + 1, fence.group(2), marker(lines, opened), unindented));
    }
    return blocks;
  }

  private static Optional<String> marker(List<String> lines, int fence) {
    if (fence == 0) {
      return Optional.empty();
    }
    Matcher comment = MARKER.matcher(lines.get(fence - 1));
    return comment.matches() ? Optional.of(comment.group(1)) : Optional.empty();
  }

  /// What reads it: the marker where there is one, else the language.
  String kind() {
    return marker.orElse(language);
  }

  @Override
  public String toString() {
    return page + ":" + line + " (" + (kind().isEmpty() ? "no language" : kind()) + ")";
  }
}
