package dev.spendwarden.policy.yaml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/// One strict YAML document: at most 1 MiB of UTF-8, one document, a mapping at its top, no
/// anchors, aliases or tags, nothing nested deeper than [#DEEPEST]. A byte-order mark and CRLF are
/// accepted.
public final class YamlDocument {

  public static final int LARGEST_BYTES = 1 << 20;

  /// The composer calls itself for every level; nothing people write comes near.
  public static final int DEEPEST = 50;

  private final Node root;
  private final String file;

  private YamlDocument(Node root, String file) {
    this.root = root;
    this.file = file;
  }

  public String file() {
    return file;
  }

  /// Reads a file; empty, with problems, when it cannot be read or is not one strict document.
  public static Optional<YamlDocument> read(Path path, Problems problems) {
    String name = path.toString();
    byte[] bytes;
    try (var in = Files.newInputStream(path)) {
      bytes = in.readNBytes(LARGEST_BYTES + 1);
    } catch (NoSuchFileException e) {
      problems.error(Place.ofFile(name), "no such file");
      return Optional.empty();
    } catch (IOException e) {
      String why = Files.isDirectory(path) ? "it is a folder" : String.valueOf(e.getMessage());
      problems.error(Place.ofFile(name), "cannot be read: " + why);
      return Optional.empty();
    }
    if (bytes.length > LARGEST_BYTES) {
      problems.error(Place.ofFile(name), "is larger than 1 MiB");
      return Optional.empty();
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return parse(name, text, problems);
    } catch (CharacterCodingException e) {
      problems.error(Place.ofFile(name), "is not UTF-8 text");
      return Optional.empty();
    }
  }

  /// Reads a text; empty, with problems, when it is not one strict document.
  ///
  /// @param file the name shown in problems
  public static Optional<YamlDocument> parse(String file, String text, Problems problems) {
    if (text.length() > LARGEST_BYTES) {
      problems.error(Place.ofFile(file), "is larger than 1 MiB");
      return Optional.empty();
    }
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try {
      if (!isStrict(file, content, problems)) {
        return Optional.empty();
      }
      Optional<Node> root = new Compose(settings(content)).composeString(content);
      if (root.isEmpty()) {
        problems.error(Place.ofFile(file), "is empty");
      }
      return root.map(node -> new YamlDocument(node, file));
    } catch (MarkedYamlEngineException e) {
      Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
      problems.error(place(file, mark), "not YAML: " + firstLine(e.getProblem()));
    } catch (ReaderException e) {
      problems.error(
          placeOfIndex(file, content, e.getPosition()),
          String.format("the character U+%04X is not allowed", e.getCodePoint()));
    } catch (YamlEngineException e) {
      problems.error(Place.ofFile(file), "not YAML: " + firstLine(e.getMessage()));
    }
    return Optional.empty();
  }

  /// The whole text is one piece to the reader: by its own small pieces it copies the beginning of
  /// a long scalar again with each, which takes time that grows with the square of its length.
  private static LoadSettings settings(String content) {
    return LoadSettings.builder()
        .setUseMarks(true)
        .setParseComments(false)
        // Duplicates are reported by YamlMapping, with the place of both.
        .setAllowDuplicateKeys(true)
        .setAllowNonScalarKeys(true)
        .setCodePointLimit(LARGEST_BYTES)
        .setBufferSize(content.length() + 1)
        .build();
  }

  /// What stands at the top, as a mapping.
  public Optional<YamlMapping> mapping(Problems problems, Interpolation interpolation) {
    var reading = new YamlReading(file, problems, interpolation);
    return new YamlValue(root, "the file", reading).mapping();
  }

  /// Walks the events before anything is built from them: what is refused here could otherwise
  /// exhaust stack or memory.
  private static boolean isStrict(String file, String content, Problems problems) {
    int before = problems.errorCount();
    int depth = 0;
    int documents = 0;
    for (Event event : new Parse(settings(content)).parseString(content)) {
      Place place = place(file, event.getStartMark().orElse(null));
      switch (event) {
        case DocumentStartEvent _ -> {
          if (++documents > 1) {
            problems.error(place, "a second document; one file holds one");
            return false;
          }
        }
        case AliasEvent _ -> problems.error(place, "aliases (*name) are not allowed");
        case NodeEvent node -> {
          if (node.getAnchor().isPresent()) {
            problems.error(place, "anchors (&name) are not allowed");
          }
          Optional<String> tag = tagOf(node);
          if (tag.isPresent()) {
            problems.error(place, "tags (" + tag.get() + ") are not allowed");
          }
          if (node instanceof CollectionStartEvent && ++depth > DEEPEST) {
            problems.error(place, "nested deeper than " + DEEPEST + " levels");
            return false;
          }
        }
        case CollectionEndEvent _ -> depth--;
        default -> {
          // Start and end of stream and document carry nothing to check.
        }
      }
    }
    return problems.errorCount() == before;
  }

  private static Optional<String> tagOf(NodeEvent event) {
    return switch (event) {
      case ScalarEvent scalar -> scalar.getTag();
      case CollectionStartEvent collection -> collection.getTag();
      default -> Optional.empty();
    };
  }

  static Place place(String file, @Nullable Mark mark) {
    return mark == null
        ? Place.ofFile(file)
        : new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static Place placeOfIndex(String file, String content, int index) {
    String before = content.substring(0, Math.min(index, content.length()));
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    return new Place(file, line, before.length() - before.lastIndexOf('\n'));
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "it cannot be parsed" : text.lines().findFirst().orElse("").strip();
  }
}
