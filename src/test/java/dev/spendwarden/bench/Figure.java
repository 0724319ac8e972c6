package dev.spendwarden.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// One measured figure, beside its peer's of the same run and what was aimed at.
///
/// @param better which way is good
/// @param peer whose figure it is compared with; empty: nobody's, and `without` says why
public record Figure(
    String what,
    String unit,
    Better better,
    double value,
    Optional<Peer> peer,
    String without,
    List<Target> targets) {

  public enum Better {
    LOWER,
    HIGHER
  }

  public record Peer(String name, double value) {}

  /// @param text what the table shows
  /// @param isMet asked when the table is made: the peer may be known only then
  private record Target(String text, Predicate<Figure> isMet) {}

  public Figure {
    targets = List.copyOf(targets);
  }

  public static Figure lower(String what, String unit, double value) {
    return new Figure(what, unit, Better.LOWER, value, Optional.empty(), "–", List.of());
  }

  public static Figure higher(String what, String unit, double value) {
    return new Figure(what, unit, Better.HIGHER, value, Optional.empty(), "–", List.of());
  }

  /// Beside what somebody else's part took for the same work in the same run.
  public Figure beside(String name, double theirs) {
    return new Figure(
        what, unit, better, value, Optional.of(new Peer(name, theirs)), without, targets);
  }

  /// Beside nobody, though there should be somebody.
  public Figure alone(String reason) {
    return new Figure(what, unit, better, value, Optional.empty(), reason, targets);
  }

  public Figure atMost(double bound) {
    return with(new Target("≤ " + number(bound) + " " + unit, figure -> figure.value() <= bound));
  }

  public Figure atLeast(double bound) {
    return with(new Target("≥ " + number(bound) + " " + unit, figure -> figure.value() >= bound));
  }

  /// So many times better than the peer; without a peer it cannot be met.
  public Figure times(double factor) {
    return with(
        new Target(
            "≥ " + number(factor) + " ×",
            figure -> figure.ratio().filter(ratio -> ratio >= factor).isPresent()));
  }

  private Figure with(Target target) {
    var all = new ArrayList<Target>(targets);
    all.add(target);
    return new Figure(what, unit, better, value, peer, without, all);
  }

  /// How many times better than the peer.
  Optional<Double> ratio() {
    return peer.map(theirs ->
        switch (better) {
          case LOWER -> theirs.value() / value;
          case HIGHER -> value / theirs.value();
        });
  }

  /// A row of a Markdown table.
  String row() {
    return "| "
        + String.join(
            " | ",
            what,
            number(value) + " " + unit,
            peer.map(theirs -> number(theirs.value()) + " " + unit + ", " + theirs.name())
                .orElse(without),
            ratio().map(ratio -> number(ratio) + " ×").orElse("–"),
            targets.isEmpty()
                ? "–"
                : String.join(", ", targets.stream().map(Target::text).toList()),
            met())
        + " |";
  }

  private String met() {
    if (targets.isEmpty()) {
      return "–";
    }
    return targets.stream().allMatch(target -> target.isMet().test(this)) ? "yes" : "**no**";
  }

  /// Three digits that count, no more than were measured.
  static String number(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e15) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
