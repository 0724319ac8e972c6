package dev.spendwarden.app.config;

import dev.spendwarden.policy.yaml.Interpolation;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import dev.spendwarden.policy.yaml.YamlValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/// Finds the files that `policies:` of a configuration names: paths and globs, relative to its
/// folder.
final class PolicyFiles {

  private static final int DEEPEST = 16;

  private PolicyFiles() {}

  /// The documents in the order they are named, each file once. A glob passes over policy tests,
  /// which like to live beside the policies they test.
  static Map<Path, YamlDocument> read(Path folder, List<YamlValue> patterns, Problems problems) {
    var documents = new LinkedHashMap<Path, YamlDocument>();
    for (YamlValue pattern : patterns) {
      Optional<String> text = pattern.text();
      if (text.isEmpty()) {
        continue;
      }
      boolean glob = isGlob(text.get());
      List<Path> files =
          glob ? expand(folder, text.get(), pattern) : List.of(folder.resolve(text.get()));
      if (!glob && !Files.isRegularFile(files.getFirst())) {
        pattern.error("no such policy file: " + files.getFirst());
        continue;
      }
      for (Path file : files) {
        Path path = file.normalize();
        if (documents.containsKey(path)) {
          continue;
        }
        YamlDocument.read(path, problems)
            .filter(document -> !glob || !isTest(document))
            .ifPresent(document -> documents.put(path, document));
      }
    }
    return documents;
  }

  private static boolean isTest(YamlDocument document) {
    return document
        .mapping(new Problems(), Interpolation.NONE)
        .filter(mapping -> mapping.has("tests"))
        .isPresent();
  }

  private static boolean isGlob(String text) {
    return text.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  private static List<Path> expand(Path folder, String pattern, YamlValue at) {
    // Walk from the last folder that is written out, and match what is below it.
    int firstGlob = 0;
    while ("*?[{".indexOf(pattern.charAt(firstGlob)) < 0) {
      firstGlob++;
    }
    int slash = pattern.lastIndexOf('/', firstGlob);
    Path base = folder.resolve(slash < 0 ? "" : pattern.substring(0, slash + 1));
    String rest = pattern.substring(slash + 1);
    var found = new TreeSet<Path>();
    try {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + rest);
      int depth =
          rest.contains("**") ? DEEPEST : (int) rest.chars().filter(c -> c == '/').count() + 1;
      if (Files.isDirectory(base)) {
        try (var paths = Files.walk(base, depth)) {
          paths
              .filter(path -> matcher.matches(base.relativize(path)))
              .filter(path -> !String.valueOf(path.getFileName()).startsWith("."))
              .filter(Files::isRegularFile)
              .forEach(found::add);
        }
      }
    } catch (PatternSyntaxException e) {
      at.error("not a file pattern: " + e.getDescription());
      return List.of();
    } catch (IOException | UncheckedIOException e) {
      at.error("cannot look for files: " + e.getMessage());
      return List.of();
    }
    if (found.isEmpty()) {
      at.error("no file matches " + YamlValue.quote(folder.resolve(pattern).toString()));
    }
    return new ArrayList<>(found);
  }
}
