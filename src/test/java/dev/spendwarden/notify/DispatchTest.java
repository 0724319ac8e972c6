package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DispatchTest {

  private static final Set<String> ALL = Set.of("hooks", "am", "pager");

  /// Warnings go to hooks, critical alerts to am.
  private static final RouteNode TREE =
      new RouteNode(
          Optional.of("hooks"),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(Duration.ofHours(2)),
          Hours.ALWAYS,
          false,
          List.of(
              new RouteNode(
                  Optional.of("am"),
                  Map.of("severity", Set.of("critical")),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Hours.ALWAYS,
                  false,
                  List.of())));

  private final InMemoryOutbox outbox = new InMemoryOutbox();
  private Dispatch dispatch = dispatch(ALL);

  private static Dispatch dispatch(Set<String> receivers) {
    return new Dispatch(
        new Routes(TREE, receivers), (rule, assessment) -> "?", NotifyFixtures.EXTERNAL);
  }

  private List<Notification> tell(NotifyFixtures.Scene scene) {
    Transition transition = scene.build();
    return dispatch.tell(List.of(transition), outbox, transition.at());
  }

  private static List<String> receivers(List<Notification> notifications) {
    return notifications.stream().map(Notification::receiver).toList();
  }

  @Test
  void aNewAlertIsPendingForItsRoute() {
    Notification told = tell(NotifyFixtures.scene()).getFirst();
    assertThat(told.receiver()).isEqualTo("hooks");
    assertThat(told.type()).isEqualTo("alert.fired");
    assertThat(told.state()).isEqualTo(Notification.State.PENDING);
    assertThat(told.nextAttemptAt()).hasValue(NotifyFixtures.AT);
    assertThat(told.sequence()).isEqualTo(1);
    assertThat(Body.of(told).text("id")).hasValue(told.id());
    assertThat(Body.of(told).number("sequence").orElseThrow()).isEqualByComparingTo("1");
  }

  @Test
  void anEscalationReachesTheNewRouteAndThoseWhoWereTold() {
    tell(NotifyFixtures.scene());
    List<Notification> told = tell(NotifyFixtures.scene().escalated());
    assertThat(receivers(told)).containsExactly("am", "hooks");
    assertThat(told).extracting(Notification::sequence).containsExactly(1L, 2L);
  }

  @Test
  void changeIsCountedFromWhatTheReceiverWasLastTold() {
    tell(NotifyFixtures.scene());
    List<Notification> told = tell(NotifyFixtures.scene().escalated());
    assertThat(Body.of(told.get(1)).objects("top").getFirst().text("change")).hasValue("12");
    assertThat(Body.of(told.get(0)).objects("top").getFirst().text("change")).isEmpty();
  }

  @Test
  void aResolveReachesExactlyThoseWhoWereTold() {
    tell(NotifyFixtures.scene());
    tell(NotifyFixtures.scene().escalated());
    assertThat(receivers(tell(NotifyFixtures.scene().escalated().resolved())))
        .containsExactly("am", "hooks");
  }

  @Test
  void aResolveOfAnAlertNobodyHeardOfIsNotTold() {
    assertThat(tell(NotifyFixtures.scene().resolved())).isEmpty();
  }

  @Test
  void aResolveReachesThoseToldEvenWhenThePolicyNowTellsNobody() {
    tell(NotifyFixtures.scene());
    var silent = NotifyFixtures.scene().with(s -> s.receivers = Optional.of(List.of())).resolved();
    assertThat(receivers(tell(silent))).containsExactly("hooks");
  }

  @Test
  void aReceiverThatIsConfiguredNoMoreIsLeftOut() {
    tell(NotifyFixtures.scene());
    dispatch = dispatch(Set.of("am"));
    assertThat(receivers(tell(NotifyFixtures.scene().escalated()))).containsExactly("am");
    assertThat(receivers(tell(NotifyFixtures.scene().escalated().resolved())))
        .containsExactly("am");
  }

  @Test
  void repeatsOnlyAfterRepeatInterval() {
    tell(NotifyFixtures.scene());
    Instant due = NotifyFixtures.AT.plus(Duration.ofHours(2));
    assertThat(tell(repeated(due.minusMillis(1), 2))).isEmpty();
    assertThat(receivers(tell(repeated(due, 3)))).containsExactly("hooks");
    assertThat(tell(repeated(due.plusSeconds(1), 4))).isEmpty();
  }

  @Test
  void aRepeatIsNotForThoseOnAFormerRoute() {
    tell(NotifyFixtures.scene());
    tell(NotifyFixtures.scene().escalated());
    var later =
        NotifyFixtures.scene()
            .escalated()
            .with(s -> {
              s.kind = Transition.Kind.REPEATED;
              s.at = NotifyFixtures.AT.plus(Duration.ofHours(9));
            });
    assertThat(receivers(tell(later))).containsExactly("am");
  }

  private static NotifyFixtures.Scene repeated(Instant at, int ordinal) {
    return NotifyFixtures.scene()
        .with(s -> {
          s.kind = Transition.Kind.REPEATED;
          s.at = at;
          s.ordinal = ordinal;
        });
  }

  @Test
  void theSameTransitionAgainAddsNothing() {
    Notification first = tell(NotifyFixtures.scene()).getFirst();
    tell(NotifyFixtures.scene());
    assertThat(outbox.page(0, 10)).containsExactly(first);
  }

  @Test
  void aDrillBelongsToNoAlert() {
    Notification drill = dispatch.drill("pager", outbox, NotifyFixtures.AT);
    assertThat(drill.type()).isEqualTo("drill");
    assertThat(drill.alertId()).isEmpty();
    assertThat(drill.budgetId()).isEmpty();
  }
}
