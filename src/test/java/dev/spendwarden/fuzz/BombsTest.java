package dev.spendwarden.fuzz;

import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BombsTest {

  private static final int MANY = 500_000;

  private static final CelConditions CEL = new CelConditions();

  @TempDir Path folder;

  private static Map<String, String> yaml() {
    var laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      String before = "*a" + (i - 1) + ", ";
      laughs.append("a%d: &a%d [%s x]\n".formatted(i, i, before.repeat(10)));
    }
    var bombs = new LinkedHashMap<String, String>();
    bombs.put("a billion laughs", laughs.toString());
    bombs.put("an anchor on itself", "a: &a [*a]\n");
    bombs.put("a merge key", "a: &a { b: 1 }\nc: { <<: *a }\n");
    bombs.put("deep flow", "a: " + "[".repeat(MANY));
    bombs.put("deep mappings", "a: " + "{b: ".repeat(MANY / 2));
    bombs.put("deep dashes", "- ".repeat(MANY));
    bombs.put("a plain scalar", "version: " + "x".repeat(MANY));
    bombs.put("a plain scalar of many lines", "version: " + "x\n ".repeat(MANY / 10));
    bombs.put("a quoted scalar", "version: \"" + "x".repeat(MANY) + "\"");
    bombs.put("a quoted scalar never closed", "version: '" + "x".repeat(MANY));
    bombs.put("a block scalar", "version: |\n  " + "x".repeat(MANY) + "\n");
    bombs.put("a number", "version: " + "9".repeat(MANY));
    bombs.put("a key without end", "x".repeat(MANY));
    bombs.put("a key and its value", "x".repeat(MANY) + ": 1");
    bombs.put("a comment", "# " + "x".repeat(MANY) + "\nversion: 2\n");
    bombs.put("many unknown keys", keys(10_000));
    return bombs;
  }

  private static String keys(int count) {
    var keys = new StringBuilder();
    for (int i = 0; i < count; i++) {
      keys.append("key").append(i).append(": 1\n");
    }
    return keys.toString();
  }

  @Test
  void ofYaml() throws Exception {
    for (var bomb : yaml().entrySet()) {
      Bombs.assertRefusedSoon(
          bomb.getKey(),
          () -> {
            var problems = new Problems();
            YamlDocument.parse("p.yaml", bomb.getValue(), problems)
                .ifPresent(document -> new PolicyReader(CEL, problems).read(document));
            return problems.hasErrors();
          });
    }
  }

  @Test
  void ofFilesThatAreTooLong() throws Exception {
    Path file = folder.resolve("long.yaml");
    Files.write(file, new byte[64 << 20]);
    Bombs.assertRefusedSoon("64 MiB", () -> YamlDocument.read(file, new Problems()).isEmpty());
  }

  @Test
  void ofJson() throws Exception {
    Map<String, String> bombs =
        Map.of(
            "deep lists",
            "[".repeat(MANY),
            "deep objects",
            "{\"a\":".repeat(MANY),
            "endless digits",
            "[" + "9".repeat(MANY) + "]",
            "a huge exponent",
            "[1e999999999]",
            "a tiny exponent",
            "[1e-999999999]",
            "endless exponent",
            "[1e" + "9".repeat(MANY) + "]",
            "a key twice",
            "{\"a\":1,\"a\":2}",
            "a name without end",
            "{\"" + "x".repeat(MANY),
            "a text never closed",
            "[\"" + "x".repeat(MANY));
    for (var bomb : bombs.entrySet()) {
      byte[] bytes = bomb.getValue().getBytes(StandardCharsets.UTF_8);
      Bombs.assertRefusedSoon(
          bomb.getKey(),
          () -> {
            try {
              JsonReader.read(bytes);
              return false;
            } catch (MalformedAnswer e) {
              return true;
            }
          });
    }
  }
}
