package dev.spendwarden.notify.slack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// A list of Block Kit blocks being put together, kept within Slack's limits. Text is mrkdwn that
/// has been escaped already; `verbatim` keeps Slack from turning words in it into links and
/// mentions.
final class Blocks {

  private static final JsonFactory JSON = new JsonFactory();

  static final int HEADER_MAX = 150;
  private static final int TEXT_MAX = 3000;
  private static final int FIELDS_MAX = 10;
  private static final int FIELD_MAX = 2000;
  private static final int BLOCKS_MAX = 50;

  /// What is written into the list of blocks for one block.
  private interface Block {
    void write(JsonGenerator json) throws IOException;
  }

  private final List<Block> blocks = new ArrayList<>();

  /// @param text plain text, escaped
  Blocks header(String text) {
    require(text, HEADER_MAX);
    return add(json -> {
      json.writeStringField("type", "header");
      json.writeObjectFieldStart("text");
      json.writeStringField("type", "plain_text");
      json.writeStringField("text", text);
      json.writeEndObject();
    });
  }

  /// Nothing when `text` is empty.
  Blocks section(String text) {
    if (text.isEmpty()) {
      return this;
    }
    require(text, TEXT_MAX);
    return add(json -> {
      json.writeStringField("type", "section");
      json.writeFieldName("text");
      mrkdwn(json, text);
    });
  }

  /// The first ten fields; nothing when there are none.
  Blocks fields(List<String> fields) {
    if (fields.isEmpty()) {
      return this;
    }
    List<String> kept = fields.subList(0, Math.min(fields.size(), FIELDS_MAX));
    kept.forEach(field -> require(field, FIELD_MAX));
    return add(json -> {
      json.writeStringField("type", "section");
      json.writeArrayFieldStart("fields");
      for (String field : kept) {
        mrkdwn(json, field);
      }
      json.writeEndArray();
    });
  }

  Blocks context(String text) {
    require(text, TEXT_MAX);
    return add(json -> {
      json.writeStringField("type", "context");
      json.writeArrayFieldStart("elements");
      mrkdwn(json, text);
      json.writeEndArray();
    });
  }

  String toJson() {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartArray();
      for (Block block : blocks) {
        json.writeStartObject();
        block.write(json);
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }

  private Blocks add(Block block) {
    if (blocks.size() == BLOCKS_MAX) {
      throw new IllegalStateException("Slack takes at most " + BLOCKS_MAX + " blocks");
    }
    blocks.add(block);
    return this;
  }

  private static void require(String text, int max) {
    if (text.isEmpty() || text.length() > max) {
      throw new IllegalArgumentException(
          "Slack takes 1 to " + max + " characters here, not " + text.length());
    }
  }

  private static void mrkdwn(JsonGenerator json, String text) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "mrkdwn");
    json.writeStringField("text", text);
    json.writeBooleanField("verbatim", true);
    json.writeEndObject();
  }
}
