package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.spendwarden.notify.Routes.RouteMatch;
import dev.spendwarden.policy.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoutesTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Set<String> ALL = Set.of("hooks", "slack", "am", "night");

  private static RouteNode node(
      String receiver, Map<String, Set<String>> match, boolean goOn, RouteNode... routes) {
    return new RouteNode(
        receiver.isEmpty() ? Optional.empty() : Optional.of(receiver),
        match,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Hours.ALWAYS,
        goOn,
        List.of(routes));
  }

  /// The tree of CONTRACT section 2 with one more level.
  private static final Routes ROUTES =
      new Routes(
          node(
              "hooks",
              Map.of(),
              false,
              node("am", Map.of("severity", Set.of("critical")), true),
              node(
                  "slack",
                  Map.of("team", Set.of("quantum", "ions")),
                  false,
                  node("night", Map.of("user", Set.of("u9")), false),
                  node("", Map.of("user", Set.of("u8")), false)),
              node("hooks", Map.of("team", Set.of("quantum")), false),
              node(
                  "am",
                  Map.of("owner", Set.of("")),
                  false,
                  node("nobody", Map.of("x", Set.of("1")), false))),
          ALL);

  record Row(String note, Map<String, String> labels, List<String> expected) {
    @Override
    public String toString() {
      return note;
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
        new Row("a branch", Map.of("team", "quantum", "owner", "x"), List.of("slack")),
        new Row("any of the values", Map.of("team", "ions"), List.of("slack")),
        new Row(
            "continue asks the siblings too",
            Map.of("team", "quantum", "severity", "critical"),
            List.of("am", "slack")),
        new Row("the deepest match wins", Map.of("team", "ions", "user", "u9"), List.of("night")),
        new Row("a receiver is inherited", Map.of("team", "ions", "user", "u8"), List.of("slack")),
        new Row("no branch: the root", Map.of("owner", "y"), List.of("hooks")),
        new Row("an absent label is empty", Map.of("team", "web"), List.of("am")),
        new Row("each receiver once", Map.of("severity", "critical", "team", "web"), List.of("am")),
        new Row("nobody unknown", Map.of("x", "1"), List.of()));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void followsAlertmanagersTree(Row row) {
    assertThat(ROUTES.receiversFor(row.labels()))
        .extracting(RouteMatch::receiver)
        .isEqualTo(row.expected());
  }

  @Test
  void theRepeatIntervalIsInheritedAndTheRootsDefaultIsNever() {
    var branch = node("slack", Map.of("team", Set.of("quantum")), false);
    var root =
        new RouteNode(
            Optional.of("hooks"),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(HOUR),
            Hours.ALWAYS,
            false,
            List.of(branch));
    assertThat(new Routes(root, ALL).receiversFor(Map.of("team", "quantum")))
        .extracting(RouteMatch::receiver, RouteMatch::repeatInterval)
        .containsExactly(tuple("slack", Optional.of(HOUR)));
    assertThat(ROUTES.receiversFor(Map.of("owner", "y")))
        .extracting(RouteMatch::receiver, RouteMatch::repeatInterval)
        .containsExactly(tuple("hooks", Optional.empty()));
  }

  @Test
  void aRootWithoutReceiverTellsNobody() {
    assertThat(new Routes(node("", Map.of(), false), ALL).receiversFor(Map.of())).isEmpty();
  }

  @Test
  void aPolicysOwnReceiversReplaceTheTree() {
    Policy policy =
        NotifyFixtures.scene()
            .with(s -> s.receivers = Optional.of(List.of("slack", "gone", "slack")))
            .policy();
    assertThat(ROUTES.receiversFor(policy, Map.of("severity", "critical")))
        .extracting(RouteMatch::receiver)
        .containsExactly("slack");
  }

  @Test
  void nobodyIsToldWherePolicySaysNone() {
    Policy policy =
        NotifyFixtures.scene().with(s -> s.receivers = Optional.of(Policy.NOBODY)).policy();
    assertThat(ROUTES.receiversFor(policy, Map.of("severity", "critical"))).isEmpty();
  }

  @Test
  void groupingIsInheritedPieceByPieceAndHoursAreNot() {
    var mute =
        new Hours(
            List.of(
                new Hours.Named(
                    "x",
                    List.of(
                        new TimeInterval(
                            List.of(),
                            Set.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            java.time.ZoneOffset.UTC)))),
            List.of());
    var leaf =
        new RouteNode(
            Optional.of("night"),
            Map.of("user", Set.of("u9")),
            Optional.of(List.of("user")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Hours.ALWAYS,
            false,
            List.of());
    var branch =
        new RouteNode(
            Optional.of("slack"),
            Map.of("team", Set.of("quantum")),
            Optional.empty(),
            Optional.of(Duration.ZERO),
            Optional.empty(),
            Optional.empty(),
            mute,
            false,
            List.of(leaf));
    var root =
        new RouteNode(
            Optional.of("hooks"),
            Map.of(),
            Optional.of(List.of("team")),
            Optional.empty(),
            Optional.of(HOUR),
            Optional.empty(),
            Hours.ALWAYS,
            false,
            List.of(branch));
    var routes = new Routes(root, ALL, Set.of("am"));
    RouteMatch slack = routes.receiversFor(Map.of("team", "quantum")).getFirst();
    assertThat(slack.grouping()).contains(new Grouping(List.of("team"), Duration.ZERO, HOUR));
    assertThat(slack.hours()).isEqualTo(mute);
    assertThat(slack.path()).isEqualTo("{}/{team=\"quantum\"}");
    RouteMatch night = routes.receiversFor(Map.of("team", "quantum", "user", "u9")).getFirst();
    assertThat(night.grouping()).contains(new Grouping(List.of("user"), Duration.ZERO, HOUR));
    assertThat(night.hours()).isEqualTo(Hours.ALWAYS);
    assertThat(routes.receiversFor(Map.of()).getFirst().grouping())
        .contains(new Grouping(List.of("team"), Grouping.DEFAULT_WAIT, HOUR));
    assertThat(routes.receiversNamed(List.of("am", "hooks")))
        .extracting(match -> match.grouping().isPresent())
        .containsExactly(false, true);
  }
}
