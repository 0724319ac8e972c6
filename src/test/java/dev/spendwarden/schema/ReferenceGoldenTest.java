package dev.spendwarden.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// The references in the documentation say what the schemas say, and so what the readers take.
/// Rewrite them with `-Dgolden.rewrite=true` and review the difference.
class ReferenceGoldenTest {

  private static final String BEGIN =
      "<!-- reference: written from the schema, see CONTRIBUTING.md -->\n";
  private static final String END = "<!-- end of the reference -->\n";

  record Page(String file, Schemas schema, String top, String name) {}

  static final List<Page> PAGES =
      List.of(
          new Page("docs/configuration.md", Schemas.CONFIGURATION, "", ""),
          new Page("docs/policies.md", Schemas.POLICIES, "/definitions/policy", "Keys of a policy"),
          new Page("docs/testing.md", Schemas.POLICY_TESTS, "/definitions/test", "Keys of a test"));

  @ParameterizedTest
  @FieldSource("PAGES")
  void thePageSaysWhatTheSchemaSays(Page page) throws IOException {
    Path file = Path.of(page.file());
    String text = Files.readString(file);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    assertThat(begin).as("%s has no place for the reference", file).isNotNegative();
    String reference =
        "\n" + ReferencePage.of(page.schema().root(), page.top(), page.name()) + "\n";
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(
          file, text.substring(0, begin + BEGIN.length()) + reference + text.substring(end));
      return;
    }
    assertThat(text.substring(begin + BEGIN.length(), end)).isEqualTo(reference);
  }
}
