package dev.spendwarden.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A rule's compiled `when`. Pure, thread-safe, never throws.
public interface Condition {

  /// The expression as it was written.
  String text();

  Truth test(Facts facts);

  /// The windows asked of `burn(w)`, in the order of first use.
  Set<Window> burnWindows();

  /// The longest look back of any window in the expression; zero when there is none.
  Duration lookback();

  /// Whether the outcome may change though no figure does: it asks for `burn`, `elapsed`, `age` and
  /// the like.
  boolean movesWithTime();

  /// Whether the outcome may be another at every instant: it asks for `elapsed`, `age`, `runway`
  /// and the like. One that moves with time, but not steadily, comes out the same as long as no
  /// figure enters or leaves one of its [#windows], the forecast stays the same and `elapsed`
  /// passes none of its [#elapsedTurns].
  default boolean movesSteadily() {
    return movesWithTime();
  }

  /// The numbers that `elapsed` is compared with, where that is all that is asked of it: such a
  /// comparison comes out otherwise once in a period, not at every instant.
  default Set<Double> elapsedTurns() {
    return Set.of();
  }

  /// How far back every `burn`, `rate`, `increase` and `change` looks.
  default Set<Duration> windows() {
    return Set.of();
  }

  /// Whether the expression asks for `forecast`, `prob_over` or `runway`.
  boolean usesForecast();

  /// The value of every part for these facts, outermost first.
  List<Part> explain(Facts facts);

  /// What the condition always gives, whatever the facts; empty where it depends on them.
  default Optional<Boolean> constant() {
    return Optional.empty();
  }

  /// Why the condition can never hold for a budget of this shape: an empty text where it is always
  /// false as it stands. Empty where it may hold, or where that cannot be told.
  default Optional<String> neverHolds(BudgetShape shape) {
    return Optional.empty();
  }

  /// Whether `other` surely holds whenever this one does, as far as the expressions tell.
  default boolean implies(Condition other) {
    return false;
  }

  /// How far the condition is from holding: the two sides of its comparison, or of the first
  /// comparison that does not hold where several are joined by `&&`. Empty when the expression is
  /// of another form, or a side is not known.
  default Optional<Distance> distance(Facts facts) {
    return Optional.empty();
  }

  /// The sides of a comparison; durations are in seconds.
  ///
  /// @param text the comparison as written
  /// @param operator `>`, `>=`, `<`, `<=`, `==` or `!=`
  record Distance(String text, double left, String operator, double right) {}

  /// A window as it was written (`6h`) and its length.
  record Window(String text, Duration length) {

    /// What people are shown of a policy whose rules name no window.
    public static final Window USUAL = new Window("1h", Duration.ofHours(1));
  }

  /// @param text a sub-expression
  /// @param value its value as text; `unknown` where it is not known
  record Part(String text, String value) {}
}
