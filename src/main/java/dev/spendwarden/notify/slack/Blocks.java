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
  private static final int BUTTONS_MAX = 25;
  private static final int BUTTON_TEXT_MAX = 75;
  private static final int BUTTON_VALUE_MAX = 2000;
  private static final int ID_MAX = 255;

  /// @param action what pressing it asks for
  /// @param value what it is about: an opaque id
  /// @param confirm asked before it counts; empty: it counts at once
  record Button(String action, String text, String value, Style style, String confirm) {
    enum Style {
      PLAIN,
      PRIMARY,
      DANGER
    }
  }

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
      plain(json, "text", text);
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

  /// A row of buttons; nothing when there are none.
  ///
  /// @param id told back with every press
  Blocks buttons(String id, List<Button> buttons) {
    if (buttons.isEmpty()) {
      return this;
    }
    require(id, ID_MAX);
    if (buttons.size() > BUTTONS_MAX) {
      throw new IllegalArgumentException("Slack takes at most " + BUTTONS_MAX + " buttons");
    }
    for (Button button : buttons) {
      require(button.text(), BUTTON_TEXT_MAX);
      require(button.value(), BUTTON_VALUE_MAX);
      require(button.action(), ID_MAX);
    }
    return add(json -> {
      json.writeStringField("type", "actions");
      json.writeStringField("block_id", id);
      json.writeArrayFieldStart("elements");
      for (Button button : buttons) {
        button(json, button);
      }
      json.writeEndArray();
    });
  }

  private static void button(JsonGenerator json, Button button) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "button");
    json.writeStringField("action_id", button.action());
    json.writeStringField("value", button.value());
    plain(json, "text", button.text());
    switch (button.style()) {
      case PLAIN -> {}
      case PRIMARY -> json.writeStringField("style", "primary");
      case DANGER -> json.writeStringField("style", "danger");
    }
    if (!button.confirm().isEmpty()) {
      json.writeObjectFieldStart("confirm");
      plain(json, "title", button.text());
      plain(json, "text", button.confirm());
      plain(json, "confirm", "Yes");
      plain(json, "deny", "No");
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void plain(JsonGenerator json, String field, String text) throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("type", "plain_text");
    json.writeStringField("text", text);
    json.writeEndObject();
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
