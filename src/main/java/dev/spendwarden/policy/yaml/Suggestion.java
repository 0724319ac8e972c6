package dev.spendwarden.policy.yaml;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// "Did you mean": the allowed word nearest to a mistyped one.
public final class Suggestion {

  /// Nobody mistypes a longer word by accident, and the comparison is quadratic.
  private static final int LONGEST = 64;

  private Suggestion() {}

  /// The nearest of `allowed` when about a third of the letters or fewer differ.
  public static Optional<String> closest(String word, Collection<String> allowed) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : allowed) {
      if (candidate.length() > LONGEST) {
        continue;
      }
      int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      int most = Math.max(1, Math.max(word.length(), candidate.length()) / 3);
      if (distance <= most && distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /// `; did you mean 'budget'?`, or nothing when no word is near.
  public static String text(String word, Collection<String> allowed) {
    return closest(word, allowed).map(w -> "; did you mean '" + w + "'?").orElse("");
  }

  /// As [#text], and all the allowed words when none is near.
  public static String of(String word, Collection<String> allowed) {
    String near = text(word, allowed);
    return near.isEmpty() && !allowed.isEmpty()
        ? "; there are " + String.join(", ", allowed)
        : near;
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
