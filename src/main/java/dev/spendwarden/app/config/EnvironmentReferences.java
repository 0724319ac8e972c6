package dev.spendwarden.app.config;

import dev.spendwarden.policy.yaml.Interpolation;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Replaces `${NAME}` and `${NAME:-default}` from the environment. As in a shell, the default also
/// stands in for an empty variable. Replaced text is not searched again.
final class EnvironmentReferences implements Interpolation {

  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\\})?");

  private final Map<String, String> environment;

  EnvironmentReferences(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Result apply(String text) {
    Matcher matcher = REFERENCE.matcher(text);
    var replaced = new StringBuilder();
    boolean found = false;
    boolean foreign = false;
    int end = 0;
    while (matcher.find()) {
      String name = matcher.group(1);
      if (name == null) {
        return failed(
            "'${' begins no reference; write ${NAME} or ${NAME:-default}", matcher.start());
      }
      found = true;
      String value = environment.get(name);
      @Nullable String otherwise = matcher.group(2);
      replaced.append(text, end, matcher.start());
      end = matcher.end();
      if (value != null && !value.isEmpty()) {
        replaced.append(value);
        foreign = true;
      } else if (otherwise != null) {
        replaced.append(otherwise);
      } else if (value == null) {
        return failed(
            "the environment variable "
                + name
                + " is not set; set it or, for what is no secret, give a default: ${"
                + name
                + ":-…}",
            matcher.start());
      }
    }
    return new Result(replaced.append(text.substring(end)).toString(), found, foreign, "", 0);
  }

  private static Result failed(String error, int offset) {
    return new Result("", true, false, error, offset);
  }
}
