package dev.spendwarden.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// The schemas that editors complete and check with, and YAML as editors see it.
enum Schemas {
  CONFIGURATION("configuration"),
  POLICIES("policies"),
  POLICY_TESTS("policy-tests");

  private final String name;
  private final JsonNode root;
  private final JsonSchema schema;

  Schemas(String name) {
    this.name = name;
    try {
      root = new ObjectMapper().readTree(Files.readString(file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(root);
  }

  Path file() {
    return Path.of("src/main/resources/schema", name + ".json");
  }

  JsonNode root() {
    return root;
  }

  /// What an editor would underline in this file.
  List<String> problems(String yaml) {
    return schema.validate(json(yaml)).stream().map(ValidationMessage::getMessage).toList();
  }

  static JsonNode json(String yaml) {
    var settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    return new ObjectMapper().valueToTree(new Load(settings).loadFromString(yaml));
  }

  /// Told apart as `check` tells them apart.
  static Schemas of(JsonNode document) {
    if (document.has("tests")) {
      return POLICY_TESTS;
    }
    return document.path("policies").path(0).isObject() ? POLICIES : CONFIGURATION;
  }
}
