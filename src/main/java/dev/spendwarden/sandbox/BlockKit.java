package dev.spendwarden.sandbox;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Slack's limits on blocks, as far as a message of ours can meet them.
final class BlockKit {

  private static final int MAX_BLOCKS = 50;
  private static final int MAX_TEXT = 40_000;

  /// Every block may be legal and the message still too long; the figure is what users report.
  private static final int MAX_ALL_BLOCKS = 13_000;

  private static final Set<String> TYPES =
      Set.of(
          "header", "section", "context", "actions", "divider", "image", "markdown", "rich_text");

  private BlockKit() {}

  /// Slack's error for a message, or empty when Slack would take it.
  ///
  /// @param blocks the `blocks` member, decoded; empty when the message has none
  static Optional<String> problem(String text, Optional<Object> blocks) {
    if (text.length() > MAX_TEXT) {
      return Optional.of("msg_too_long");
    }
    if (blocks.isEmpty()) {
      return text.isBlank() ? Optional.of("no_text") : Optional.empty();
    }
    if (!(blocks.get() instanceof List<?> list) || list.isEmpty() || list.size() > MAX_BLOCKS) {
      return Optional.of("invalid_blocks");
    }
    if (!list.stream().map(Json::asObject).allMatch(BlockKit::isLegal)) {
      return Optional.of("invalid_blocks");
    }
    return Json.encode(list).length() > MAX_ALL_BLOCKS
        ? Optional.of("msg_blocks_too_long")
        : Optional.empty();
  }

  private static boolean isLegal(Map<String, @Nullable Object> block) {
    String type = Json.text(block, "type");
    return TYPES.contains(type)
        && Json.text(block, "block_id").length() <= 255
        && switch (type) {
          case "header" -> hasText(block, "plain_text", 150);
          case "section" -> isSection(block);
          case "context" -> isContext(block);
          case "actions" -> isActions(block);
          case "image" -> isImage(block);
          case "markdown" -> isBetween(Json.text(block, "text"), 12_000);
          default -> true;
        };
  }

  private static boolean isSection(Map<String, @Nullable Object> block) {
    List<@Nullable Object> fields = Json.asArray(block.get("fields"));
    boolean hasText = block.containsKey("text");
    return (hasText || !fields.isEmpty())
        && (!hasText || hasText(block, "", 3000))
        && fields.size() <= 10
        && fields.stream().allMatch(field -> isText(field, "", 2000));
  }

  private static boolean isContext(Map<String, @Nullable Object> block) {
    List<@Nullable Object> elements = Json.asArray(block.get("elements"));
    return !elements.isEmpty()
        && elements.size() <= 10
        && elements.stream()
            .allMatch(element ->
                Json.text(Json.asObject(element), "type").equals("image")
                    || isText(element, "", 3000));
  }

  private static boolean isActions(Map<String, @Nullable Object> block) {
    List<@Nullable Object> elements = Json.asArray(block.get("elements"));
    return !elements.isEmpty()
        && elements.size() <= 25
        && elements.stream().map(Json::asObject).allMatch(BlockKit::isElement);
  }

  private static boolean isElement(Map<String, @Nullable Object> element) {
    return !Json.text(element, "type").equals("button")
        || (hasText(element, "plain_text", 75)
            && Json.text(element, "action_id").length() <= 255
            && Json.text(element, "value").length() <= 2000
            && Json.text(element, "url").length() <= 3000);
  }

  private static boolean isImage(Map<String, @Nullable Object> block) {
    return isBetween(Json.text(block, "alt_text"), 2000)
        && (isBetween(Json.text(block, "image_url"), 3000) || block.containsKey("slack_file"));
  }

  private static boolean hasText(
      Map<String, @Nullable Object> block, String requiredType, int max) {
    return isText(block.get("text"), requiredType, max);
  }

  private static boolean isText(@Nullable Object value, String requiredType, int max) {
    Map<String, @Nullable Object> text = Json.asObject(value);
    String type = Json.text(text, "type");
    return (requiredType.isEmpty()
            ? type.equals("mrkdwn") || type.equals("plain_text")
            : type.equals(requiredType))
        && isBetween(Json.text(text, "text"), max);
  }

  private static boolean isBetween(String text, int max) {
    return !text.isEmpty() && text.length() <= max;
  }
}
