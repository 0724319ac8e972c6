package dev.spendwarden.policy.yaml;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Rule;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// SHA-256 over what decides in a policy: two files that decide alike have the same, whatever the
/// order of their keys. Every part is written with its length, so that no two lists of parts look
/// the same.
final class PolicyFingerprint {

  private final StringBuilder text = new StringBuilder("v1");

  private PolicyFingerprint() {}

  static String of(
      Selection selection,
      Limit limit,
      PeriodSpec period,
      ZoneId zone,
      boolean gross,
      Optional<Duration> freshWithin,
      BigDecimal maxJump,
      List<Rule> rules) {
    var print = new PolicyFingerprint();
    print.all(selection.sources());
    print.part(selection.kind().word());
    print.dimensions(selection.where());
    print.dimensions(selection.not());
    print.all(selection.per().stream().map(Dimension::word).toList());
    print.part(
        switch (limit) {
          case Limit.Quota _ -> "quota";
          case Limit.None _ -> "none";
          case Limit.Fixed(Amount amount) -> "fixed " + amount;
        });
    print.part(
        switch (period) {
          case PeriodSpec.Calendar(var every) -> "every " + every;
          case PeriodSpec.Anchored(var every, int from) -> "every " + every + " from " + from;
          case PeriodSpec.Rolling(Duration window) -> "rolling " + window;
          case PeriodSpec.None _ -> "none";
        });
    print.part(zone.getId());
    print.part(gross ? "gross" : "net");
    print.part(freshWithin.map(Duration::toString).orElse("max_age"));
    print.part(Amount.plain(maxJump));
    rules.stream().sorted(Comparator.comparing(Rule::name)).forEach(print::rule);
    return sha256(print.text.toString());
  }

  private void rule(Rule rule) {
    part(rule.name());
    part(spaced(rule.when().text()));
    part(rule.holdFor().toString());
    part(rule.keepFiringFor().toString());
    part(rule.severity().word());
    all(rule.actions());
  }

  /// The expression with one space for each run of them outside of quotes: how its lines are broken
  /// and indented decides nothing.
  private static String spaced(String expression) {
    var spaced = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      boolean escaped = quote != 0 && c == '\\' && i + 1 < expression.length();
      if (quote == 0 && Character.isWhitespace(c)) {
        if (!spaced.isEmpty() && spaced.charAt(spaced.length() - 1) != ' ') {
          spaced.append(' ');
        }
        continue;
      }
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      spaced.append(c);
      if (escaped) {
        spaced.append(expression.charAt(++i));
      }
    }
    return spaced.toString().stripTrailing();
  }

  private void dimensions(Map<Dimension, Set<String>> values) {
    part(Integer.toString(values.size()));
    for (Dimension dimension : new TreeSet<>(values.keySet())) {
      part(dimension.word());
      all(values.getOrDefault(dimension, Set.of()));
    }
  }

  private void all(Collection<String> parts) {
    part(Integer.toString(parts.size()));
    parts.stream().sorted().forEach(this::part);
  }

  private void part(String value) {
    text.append('\n').append(value.length()).append(':').append(value);
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
