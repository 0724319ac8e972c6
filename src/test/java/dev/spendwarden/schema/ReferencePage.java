package dev.spendwarden.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;

/// Writes a schema as a page of tables: every mapping a section, every key a row.
final class ReferencePage {

  private final JsonNode root;
  private final StringBuilder page = new StringBuilder();
  private final Set<String> shown = new HashSet<>();

  private ReferencePage(JsonNode root) {
    this.root = root;
  }

  /// @param top where the outermost mapping is described
  /// @param name what its section is called; empty: its keys get sections, and it gets none
  static String of(JsonNode schema, String top, String name) {
    var reference = new ReferencePage(schema);
    if (name.isEmpty()) {
      reference.sections(schema.at(top));
    } else {
      reference.mapping(name, schema.at(top), 2);
    }
    return reference.page.toString().strip() + "\n";
  }

  private void sections(JsonNode top) {
    var simple = new ArrayList<String>();
    top.get("properties")
        .fields()
        .forEachRemaining(key -> {
          int before = page.length();
          nested("`" + key.getKey() + "`", key.getValue(), 2);
          if (page.length() == before) {
            simple.add(row(key.getKey(), key.getValue(), false));
          }
        });
    page.append("## Single keys\n\n").append(TABLE);
    simple.forEach(page::append);
    page.append('\n');
  }

  private static final String TABLE = "| Key | Type | Default | Meaning |\n|---|---|---|---|\n";

  private void mapping(String name, JsonNode mapping, int level) {
    page.append("#".repeat(level)).append(' ').append(name).append("\n\n");
    String description = mapping.path("description").asText();
    if (!description.isEmpty()) {
      page.append(sentence(description)).append("\n\n");
    }
    var required = new HashSet<String>();
    mapping.path("required").forEach(key -> required.add(key.asText()));
    page.append(TABLE);
    mapping
        .get("properties")
        .fields()
        .forEachRemaining(
            key -> page.append(row(key.getKey(), key.getValue(), required.contains(key.getKey()))));
    page.append('\n');
    mapping
        .get("properties")
        .fields()
        .forEachRemaining(key -> nested("`" + key.getKey() + "`", key.getValue(), level + 1));
  }

  /// The sections of the mappings that a value is made of, each once.
  private void nested(String name, JsonNode value, int level) {
    JsonNode node = resolved(value);
    if (value.has("$ref") && !shown.add(value.get("$ref").asText())) {
      return;
    }
    if (node.path("additionalProperties").isBoolean()) {
      mapping(name, node, level);
      return;
    }
    List<JsonNode> within = within(node);
    List<JsonNode> mappings =
        within.stream().filter(part -> !types(part).isEmpty() || isMapping(part)).toList();
    boolean several = mappings.stream().filter(this::isMapping).count() > 1;
    if (several) {
      page.append("#".repeat(level)).append(' ').append(name).append("\n\n");
      page.append(sentence(value.path("description").asText())).append("\n\n");
    }
    for (JsonNode part : mappings) {
      String title = resolved(part).path("title").asText();
      String own = several ? name + ": " + title : name;
      nested(own, part, several ? level + 1 : level);
    }
  }

  private boolean isMapping(JsonNode part) {
    return resolved(part).path("additionalProperties").isBoolean();
  }

  /// Alternatives, items and the values of a mapping with free keys.
  private List<JsonNode> within(JsonNode node) {
    var parts = new ArrayList<JsonNode>();
    for (String key : List.of("items", "additionalProperties")) {
      if (node.path(key).isObject()) {
        JsonNode inner = node.get(key);
        if (inner.has("anyOf")) {
          inner.get("anyOf").forEach(parts::add);
        } else {
          parts.add(inner);
        }
      }
    }
    if (!isMapping(node)) {
      node.path("anyOf").forEach(parts::add);
    }
    return parts;
  }

  private String row(String key, JsonNode value, boolean required) {
    String otherwise =
        required
            ? "required"
            : value.has("default") ? "`" + plain(value.get("default")) + "`" : "–";
    JsonNode described = value.has("description") ? value : resolved(value);
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            key,
            types(value),
            otherwise,
            described.path("description").asText().replace("|", "\\|"));
  }

  private static String plain(JsonNode value) {
    return value.isArray()
        ? "["
            + String.join(
                ", ",
                StreamSupport.stream(value.spliterator(), false).map(JsonNode::asText).toList())
            + "]"
        : value.asText();
  }

  /// What a value may be, in words.
  private String types(JsonNode value) {
    JsonNode node = resolved(value);
    boolean mapping = node.path("additionalProperties").isBoolean();
    if (node.has("title") && !mapping) {
      return node.get("title").asText();
    }
    if (node.has("const")) {
      return "`" + node.get("const").asText() + "`";
    }
    if (node.has("enum")) {
      return String.join(
          ", ",
          StreamSupport.stream(node.get("enum").spliterator(), false)
              .map(word -> "`" + word.asText() + "`")
              .toList());
    }
    if (node.has("anyOf") && !mapping) {
      var all = new ArrayList<String>();
      for (JsonNode part : node.get("anyOf")) {
        // That a word may come from the environment goes for all of them.
        if (!part.path("$ref").asText().endsWith("/reference")) {
          all.add(types(part));
        }
      }
      return String.join(" or ", all);
    }
    String type =
        node.path("type").isArray() ? node.at("/type/0").asText() : node.path("type").asText();
    return switch (type) {
      case "string" -> "text";
      case "boolean" -> "`true` or `false`";
      case "integer" ->
          node.has("maximum")
              ? "whole number, " + node.get("minimum") + " to " + node.get("maximum")
              : "whole number";
      case "number" -> "number";
      case "array" -> "list of " + types(node.get("items"));
      case "object" ->
          mapping
              ? "mapping" + (node.has("title") ? " (" + node.get("title").asText() + ")" : "")
              : "mapping from a name to " + types(node.get("additionalProperties"));
      default -> throw new IllegalStateException("no type: " + node);
    };
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? root.at(node.get("$ref").asText().substring(1)) : node;
  }

  private static String sentence(String text) {
    return text.isEmpty() || text.endsWith(".") ? text : text + ".";
  }
}
