package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Names;
import dev.spendwarden.notify.TimeInterval.Times;
import dev.spendwarden.policy.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

public class GroupingTest {

  private static final Instant AT = NotifyFixtures.AT;
  private static final Set<String> ALL = Set.of("hooks", "am", "pager");

  /// 09:00 to 17:00; the fixtures' alerts fire at 09:05.
  private static final Hours MUTE_BY_DAY =
      new Hours(
          List.of(
              new Hours.Named(
                  "day",
                  List.of(
                      new TimeInterval(
                          List.of(new Times(9 * 60, 17 * 60)),
                          Set.of(),
                          List.of(),
                          List.of(),
                          List.of(),
                          ZoneOffset.UTC)))),
          List.of());

  private static final Instant EVENING = Instant.parse("2027-01-20T17:00:00Z");

  private static final Standing UNKNOWN = (budgetId, alertId) -> Optional.empty();

  private final InMemoryOutbox outbox = new InMemoryOutbox();
  private Dispatch dispatch = grouping(Optional.of(Duration.ofHours(4)));

  private static Dispatch grouping(Optional<Duration> repeat) {
    return dispatch(Optional.of(List.of("policy")), repeat, Hours.ALWAYS);
  }

  private static Dispatch dispatch(
      Optional<List<String>> groupBy, Optional<Duration> repeat, Hours hours) {
    return dispatch(groupBy, Optional.empty(), repeat, hours);
  }

  /// Groups by these labels, and lets nothing wait but between two messages.
  private static Dispatch atOnce(String... groupBy) {
    return dispatch(
        Optional.of(List.of(groupBy)),
        Optional.of(Duration.ZERO),
        Optional.of(Duration.ofHours(4)),
        Hours.ALWAYS);
  }

  private static Dispatch dispatch(
      Optional<List<String>> groupBy,
      Optional<Duration> groupWait,
      Optional<Duration> repeat,
      Hours hours) {
    var child =
        new RouteNode(
            Optional.of("hooks"),
            Map.of("team", Set.of("quantum")),
            groupBy,
            groupWait,
            Optional.empty(),
            repeat,
            hours,
            false,
            List.of());
    var root =
        new RouteNode(
            Optional.of("pager"),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Hours.ALWAYS,
            false,
            List.of(child));
    return new Dispatch(new Routes(root, ALL), (rule, assessment) -> "?", NotifyFixtures.EXTERNAL);
  }

  private static NotifyFixtures.Scene scene(String user) {
    return NotifyFixtures.scene()
        .with(s -> {
          s.labels = Dimensions.of(Dimension.USER, user);
          s.alertId = "alt_" + user;
        });
  }

  private List<Notification> tell(NotifyFixtures.Scene scene) {
    Transition transition = scene.build();
    return dispatch.tell(List.of(transition), outbox, transition.at());
  }

  private List<Notification> flush(Instant now) {
    return dispatch.flush(outbox, UNKNOWN, Names.ALL, now);
  }

  private Optional<Instant> nextRepeat(Transition fired) {
    return nextRepeat(fired, AT);
  }

  private Optional<Instant> nextRepeat(Transition fired, Instant now) {
    String id = fired.alert().id();
    return dispatch.nextRepeat(
        fired.policy(), fired.alert(), outbox.toldAt(List.of(id)).getOrDefault(id, Map.of()), now);
  }

  private Notification flushed(Instant now) {
    return only(flush(now));
  }

  @Test
  void changesOfAGroupWaitAndLeaveAsOne() {
    assertThat(tell(scene("u1"))).isEmpty();
    assertThat(tell(scene("u2"))).isEmpty();
    assertThat(outbox.groups().nextFlushAt()).contains(AT.plusSeconds(30));
    assertThat(flush(AT.plusSeconds(29))).isEmpty();

    Notification told = flushed(AT.plusSeconds(30));
    Body body = Body.of(told);
    assertThat(told.type()).isEqualTo("alert.group");
    assertThat(told.alertId()).isEmpty();
    assertThat(body.object("group").number("firing").orElseThrow()).isEqualByComparingTo("2");
    assertThat(body.object("group").object("labels").asTexts())
        .isEqualTo(Map.of("policy", "ionq-user-quota"));
    assertThat(body.objects("alerts"))
        .extracting(alert -> alert.object("alert").object("labels").text("user").orElseThrow())
        .containsExactly("u1", "u2");
    assertThat(body.objects("alerts"))
        .allMatch(alert -> alert.text("type").equals(Optional.of("alert.fired")))
        .allMatch(alert -> alert.number("sequence").orElseThrow().intValue() == 1);
    assertThat(body.text("summary"))
        .contains("2 alerts: 2 firing (2 warning), 0 resolved; ionq-user-quota 2");
    assertThat(flush(AT.plusSeconds(31))).isEmpty();
  }

  @Test
  void oneThatChangedAloneIsToldAsEver() {
    tell(scene("u1"));
    Notification told = flushed(AT.plusSeconds(30));
    Body body = Body.of(told);
    assertThat(told.type()).isEqualTo("alert.fired");
    assertThat(told.alertId()).contains("alt_u1");
    assertThat(told.id()).isEqualTo(NotificationIds.of(scene("u1").build(), "hooks"));
    assertThat(body.object("budget").text("spent")).contains("205");
    assertThat(body.object("group").number("firing").orElseThrow()).isEqualByComparingTo("1");
    assertThat(told.sequence()).isEqualTo(1);
  }

  @Test
  void theNextMessageOfAGroupKeepsItsInterval() {
    tell(scene("u1"));
    flushed(AT.plusSeconds(30));
    var later = scene("u2").with(s -> s.at = AT.plusSeconds(60));
    tell(later);
    assertThat(outbox.groups().nextFlushAt()).contains(AT.plusSeconds(330));
  }

  @Test
  void whatNeedNotWaitIsToldTogetherInTheTransactionThatItCameWith() {
    dispatch = atOnce("policy");
    Notification told = only(tellTogether(AT, scene("u1"), scene("u2")));
    Body body = Body.of(told);
    assertThat(told.type()).isEqualTo("alert.group");
    assertThat(body.object("group").number("firing").orElseThrow()).isEqualByComparingTo("2");
    assertThat(body.objects("alerts"))
        .allMatch(alert -> alert.number("sequence").orElseThrow().intValue() == 1);
    assertThat(outbox.groups().membersOf(told.id(), 9)).hasSize(2);
    assertThat(outbox.groups().nextFlushAt()).isEmpty();
    assertThat(flush(AT.plusSeconds(1))).isEmpty();
  }

  @Test
  void whatNeedNotWaitAndIsAloneIsToldAsEver() {
    dispatch = atOnce("policy");
    Notification told = only(tell(scene("u1")));
    assertThat(told.type()).isEqualTo("alert.fired");
    assertThat(told.id()).isEqualTo(NotificationIds.of(scene("u1").build(), "hooks"));
    assertThat(told.sequence()).isEqualTo(1);
  }

  @Test
  void afterAMessageAtOnceItsIntervalIsKept() {
    dispatch = atOnce("policy");
    only(tell(scene("u1")));
    assertThat(tell(scene("u2").with(s -> s.at = AT.plusSeconds(60)))).isEmpty();
    assertThat(outbox.groups().nextFlushAt()).contains(AT.plusSeconds(300));
    assertThat(tell(scene("u3").with(s -> s.at = AT.plusSeconds(300))))
        .as("something waits already: both are told by whoever knows whether it is quiet now")
        .isEmpty();
    assertThat(Body.of(flushed(AT.plusSeconds(300))).objects("alerts")).hasSize(2);
    Instant rested = AT.plusSeconds(600);
    assertThat(only(tell(scene("u4").with(s -> s.at = rested))).type()).isEqualTo("alert.fired");
  }

  @Test
  void groupsThatAreToldAtOnceAreForgottenAfterTheirInterval() {
    dispatch = atOnce("user");
    String first = groupOf(only(tell(scene("u1"))));
    only(tell(scene("u2").with(s -> s.at = AT.plusSeconds(299))));
    assertThat(outbox.groups().find(first)).isPresent();
    only(tell(scene("u3").with(s -> s.at = AT.plusSeconds(300))));
    assertThat(outbox.groups().find(first)).isEmpty();
  }

  private static String groupOf(Notification told) {
    return Body.of(told).object("group").text("id").orElseThrow();
  }

  /// It may have come to be silenced meanwhile.
  @Test
  void whatWaitedElsewhereIsNotToldAtOnce() {
    dispatch = dispatch(Optional.empty(), Optional.empty(), MUTE_BY_DAY);
    assertThat(tell(scene("u1"))).isEmpty();
    dispatch = atOnce("policy");
    assertThat(tell(scene("u1").escalated().with(s -> s.at = AT.plusSeconds(10)))).isEmpty();
    Notification told = flushed(AT.plusSeconds(10));
    assertThat(told.type()).isEqualTo("alert.fired");
    assertThat(Body.of(told).object("alert").text("severity")).contains("critical");
  }

  @Test
  void whatIsMuteIsNotToldAtOnce() {
    dispatch =
        dispatch(
            Optional.of(List.of("policy")),
            Optional.of(Duration.ZERO),
            Optional.empty(),
            MUTE_BY_DAY);
    assertThat(tell(scene("u1"))).isEmpty();
    assertThat(outbox.groups().nextFlushAt()).contains(EVENING);
  }

  /// A transaction stays short: thousands of groups are told by and by.
  @Test
  void ofVeryManyGroupsNoneIsToldInTheTransactionThatTheyCameWith() {
    dispatch = atOnce("user");
    var many = new NotifyFixtures.Scene[Flush.GROUPS_AT_ONCE + 1];
    for (int i = 0; i < many.length; i++) {
      many[i] = scene("user-%04d".formatted(i));
    }
    assertThat(tellTogether(AT, many)).isEmpty();
    assertThat(flush(AT)).hasSize(Flush.GROUPS_AT_ONCE);
    assertThat(flush(AT)).hasSize(1);
  }

  private List<Notification> tellTogether(Instant now, NotifyFixtures.Scene... scenes) {
    return dispatch.tell(Stream.of(scenes).map(NotifyFixtures.Scene::build).toList(), outbox, now);
  }

  private static Notification only(List<Notification> all) {
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  @Test
  void whatFiredAndEscalatedIsToldAsFiredAtItsPresentSeverity() {
    tell(scene("u1"));
    tell(scene("u1").escalated().with(s -> s.at = AT.plusSeconds(10)));
    Notification told = flushed(AT.plusSeconds(30));
    assertThat(told.type()).isEqualTo("alert.fired");
    assertThat(Body.of(told).object("alert").text("severity")).contains("critical");
    assertThat(Body.of(told).object("alert").text("former_severity")).isEmpty();
  }

  @Test
  void whatFiredAndResolvedBeforeAnybodyWasToldIsNotTold() {
    tell(scene("u1"));
    tell(scene("u1").resolved().with(s -> s.at = AT.plusSeconds(10)));
    assertThat(flush(AT.plusSeconds(30))).isEmpty();
    assertThat(outbox.groups().nextFlushAt()).isEmpty();
  }

  @Test
  void whoWasToldOfItInAGroupHearsItsEnd() {
    tell(scene("u1"));
    tell(scene("u2"));
    flushed(AT.plusSeconds(30));
    tell(scene("u1").resolved());
    Notification told = flushed(AT.plusSeconds(7230));
    assertThat(told.type()).isEqualTo("alert.resolved");
    assertThat(told.sequence()).isEqualTo(2);
    assertThat(Body.of(told).object("group").number("resolved").orElseThrow())
        .isEqualByComparingTo("1");
  }

  @Test
  void aResolveIsToldEvenWhenTheRouteGroupsNoMore() {
    tell(scene("u1"));
    tell(scene("u2"));
    flushed(AT.plusSeconds(30));
    dispatch = dispatch(Optional.empty(), Optional.empty(), Hours.ALWAYS);
    assertThat(tell(scene("u1").resolved())).extracting(Notification::sequence).containsExactly(2L);
  }

  @Test
  void whatWaitsGoesWithTheChangeWhenTheRouteGroupsNoMore() {
    tell(scene("u1"));
    dispatch = dispatch(Optional.empty(), Optional.empty(), Hours.ALWAYS);
    assertThat(tell(scene("u1").escalated()))
        .extracting(Notification::type)
        .containsExactly("alert.fired");
    assertThat(flush(AT.plusSeconds(30))).isEmpty();
  }

  @Test
  void theSameMembersMakeTheSameMessage() {
    tell(scene("u1"));
    tell(scene("u2"));
    Notification first = flushed(AT.plusSeconds(30));
    var again = new GroupingTest();
    again.tell(scene("u1"));
    again.tell(scene("u2"));
    Notification second = again.flushed(AT.plusSeconds(45));
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.body()).isEqualTo(first.body());
  }

  @Test
  void whatChangesInOneLookWaitsAsIfItCameOneByOne() {
    List<Transition> look =
        List.of(
            scene("u1").build(),
            scene("u2").build(),
            scene("u1").escalated().build(),
            scene("u2").resolved().build());
    assertThat(dispatch.tell(look, outbox, AT)).isEmpty();
    Notification told = flushed(AT.plusSeconds(30));
    assertThat(told.type()).isEqualTo("alert.fired");
    assertThat(Body.of(told).object("alert").text("severity")).contains("critical");
  }

  @Test
  void theFirstRepeatNeedsNoOutbox() {
    Transition fired = scene("u1").build();
    tell(scene("u1"));
    tell(scene("u2"));
    flushed(AT.plusSeconds(30));
    assertThat(dispatch.firstRepeat(fired.policy(), fired.alert(), AT))
        .isPresent()
        .isEqualTo(nextRepeat(fired));
  }

  @Test
  void repeatsCountFromTheGroupsMessage() {
    tell(scene("u1"));
    Transition fired = scene("u1").build();
    Instant told = AT.plusSeconds(30);
    assertThat(nextRepeat(fired)).contains(told.plus(Duration.ofHours(4)));
    tell(scene("u2"));
    flushed(told);
    assertThat(nextRepeat(fired)).contains(AT.plus(Duration.ofHours(4)));
  }

  @Test
  void whatIsSilencedMeanwhileWaitsOn() {
    tell(scene("u1"));
    tell(scene("u2"));
    Instant end = AT.plusSeconds(600);
    List<Notification> told =
        dispatch.flush(outbox, silencedUntil(end), Names.ALL, AT.plusSeconds(30));
    assertThat(told).extracting(n -> n.alertId().orElseThrow()).containsExactly("alt_u2");
    assertThat(outbox.groups().nextFlushAt()).contains(end);
    assertThat(flushed(end).alertId()).contains("alt_u1");
  }

  @Test
  void whatWasSilencedWaitsForTheIntervalToo() {
    tell(scene("u1"));
    tell(scene("u2"));
    only(dispatch.flush(outbox, silencedUntil(AT.plusSeconds(40)), Names.ALL, AT.plusSeconds(30)));
    assertThat(outbox.groups().nextFlushAt()).contains(AT.plusSeconds(330));
    outbox.groups().wakeHeld(AT.plusSeconds(35));
    assertThat(outbox.groups().nextFlushAt())
        .as("the silence was taken back")
        .contains(AT.plusSeconds(330));
  }

  /// u1 alone.
  private static Standing silencedUntil(Instant end) {
    Transition fired = scene("u1").build();
    return (budgetId, alertId) ->
        Optional.of(
            new Standing.Present(
                fired.policy(),
                fired.alert(),
                Optional.of(fired.assessment()),
                alertId.equals("alt_u1") ? Optional.of(end) : Optional.empty()));
  }

  @Test
  void theIntervalCountsFromTheMessageAlsoWhereThatWasLate() {
    tell(scene("u1"));
    flushed(AT.plusSeconds(1_000));
    tell(scene("u2").with(s -> s.at = AT.plusSeconds(1_001)));
    assertThat(outbox.groups().nextFlushAt()).contains(AT.plusSeconds(1_300));
  }

  @Test
  void aMutedRouteTellsWhatIsStillTrueWhenItIsHeardAgain() {
    dispatch = dispatch(Optional.empty(), Optional.empty(), MUTE_BY_DAY);
    assertThat(tell(scene("u1"))).isEmpty();
    assertThat(tell(scene("u2"))).isEmpty();
    tell(scene("u2").resolved());
    assertThat(outbox.groups().nextFlushAt()).contains(EVENING);

    Notification told = flushed(EVENING);
    assertThat(told.type()).isEqualTo("alert.fired");
    assertThat(Body.of(told).text("time")).contains(EVENING.toString());
    assertThat(Body.of(told).object("group").isEmpty()).isTrue();
    assertThat(outbox.groups().nextFlushAt()).isEmpty();
  }

  @Test
  void aMutedRouteTellsTheEndOfWhatWasToldBeforeWithTheTimeOfIt() {
    dispatch = dispatch(Optional.empty(), Optional.empty(), Hours.ALWAYS);
    assertThat(tell(scene("u1"))).hasSize(1);
    dispatch = dispatch(Optional.empty(), Optional.empty(), MUTE_BY_DAY);
    tell(scene("u1").escalated());
    tell(scene("u1").resolved());
    Notification told = flushed(EVENING);
    assertThat(told.type()).isEqualTo("alert.resolved");
    assertThat(Body.of(told).text("time")).contains(AT.plusSeconds(7200).toString());
  }

  @Test
  void whatWasHeldBackWaitsNoLongerForWhatIsAddedWhenTheRouteIsHeardAgain() {
    dispatch = dispatch(Optional.of(List.of("policy")), Optional.empty(), MUTE_BY_DAY);
    tell(scene("u1"));
    tell(scene("u2").with(s -> s.at = EVENING));
    Notification told = flushed(EVENING);
    assertThat(told.type()).isEqualTo(Payload.OfGroup.TYPE);
    assertThat(Body.of(told).objects("alerts"))
        .allSatisfy(alert -> assertThat(alert.text("time")).contains(EVENING.toString()));
  }

  /// No process ran when it was heard again, say.
  @Test
  void whatIsAddedAfterTheRouteIsHeardAgainIsNotToldWithAnEarlierTime() {
    dispatch = dispatch(Optional.of(List.of("policy")), Optional.empty(), MUTE_BY_DAY);
    tell(scene("u1"));
    Instant later = EVENING.plus(Duration.ofHours(1));
    tell(scene("u2").with(s -> s.at = later));
    assertThat(Body.of(flushed(later)).objects("alerts"))
        .extracting(alert -> alert.text("time").orElseThrow())
        .containsExactly(EVENING.toString(), later.toString());
  }

  @Test
  void whatIsHeldBackForLongIsToldWithTheFiguresOfNow() {
    dispatch = dispatch(Optional.empty(), Optional.empty(), MUTE_BY_DAY);
    tell(scene("u1"));
    Transition now =
        scene("u1").with(s -> s.spent = Optional.of(new java.math.BigDecimal("231"))).build();
    Standing standing =
        (budgetId, alertId) ->
            Optional.of(
                new Standing.Present(
                    now.policy(), now.alert(), Optional.of(now.assessment()), Optional.empty()));
    Notification told = dispatch.flush(outbox, standing, Names.ALL, EVENING).getFirst();
    assertThat(Body.of(told).object("budget").text("spent")).contains("231");
  }

  @Test
  void nothingIsRepeatedWhileTheRouteIsMute() {
    dispatch = dispatch(Optional.empty(), Optional.of(Duration.ofMinutes(30)), Hours.ALWAYS);
    tell(scene("u1"));
    dispatch = dispatch(Optional.empty(), Optional.of(Duration.ofMinutes(30)), MUTE_BY_DAY);
    Transition fired = scene("u1").build();
    assertThat(nextRepeat(fired)).contains(EVENING);
    var repeat =
        scene("u1")
            .with(s -> {
              s.kind = Transition.Kind.REPEATED;
              s.at = AT.plus(Duration.ofHours(1));
              s.ordinal = 2;
            });
    assertThat(tell(repeat)).isEmpty();
    assertThat(outbox.groups().nextFlushAt()).isEmpty();
  }

  /// Nobody was there to repeat it, or it was silenced, when its time came at night.
  @Test
  void aRepeatThatIsOverdueWaitsUntilTheRouteIsHeardAgain() {
    dispatch = dispatch(Optional.empty(), Optional.of(Duration.ofHours(20)), MUTE_BY_DAY);
    Transition fired = scene("u1").with(s -> s.at = EVENING).build();
    dispatch.tell(List.of(fired), outbox, EVENING);
    Instant atNight = EVENING.plus(Duration.ofHours(10));
    dispatch = dispatch(Optional.empty(), Optional.of(Duration.ofHours(4)), MUTE_BY_DAY);
    assertThat(nextRepeat(fired, atNight)).contains(EVENING.plus(Duration.ofHours(4)));
    Instant nextDay = EVENING.plus(Duration.ofHours(18));
    assertThat(nextRepeat(fired, nextDay)).contains(EVENING.plus(Duration.ofHours(24)));
  }

  @Test
  void aStormIsCountedInFullAndBounded() {
    for (int i = 0; i < 1_000; i++) {
      String user = "user-%04d".formatted(i);
      boolean bad = i % 10 == 0;
      tell(scene(user).with(s -> s.severity = bad ? Severity.CRITICAL : Severity.WARNING));
    }
    Notification told = flushed(AT.plusSeconds(30));
    Body body = Body.of(told);
    assertThat(told.body().getBytes(StandardCharsets.UTF_8).length).isLessThan(Payload.MAX_BYTES);
    Body group = body.object("group");
    int listed = group.number("listed").orElseThrow().intValue();
    assertThat(listed).isBetween(5, 100);
    assertThat(body.objects("alerts")).hasSize(listed);
    assertThat(body.objects("alerts"))
        .allMatch(a -> a.object("alert").text("severity").equals(Optional.of("critical")));
    assertThat(group.number("truncated").orElseThrow().intValue()).isEqualTo(1_000 - listed);
    assertThat(group.objects("counts"))
        .extracting(c -> c.text("severity").orElse("") + c.number("firing").orElseThrow())
        .containsExactly("warning900", "critical100");
    assertThat(outbox.groups().membersOf(told.id(), 5_000)).hasSize(1_000);
    assertThat(body.object("links").text("notification"))
        .contains("https://spend.example.org/api/v1/notifications/" + told.id());
  }

  /// A group's message with one critical and one resolved alert, for tests of formats.
  public static Notification example() {
    var test = new GroupingTest();
    test.tell(scene("u1"));
    test.tell(scene("u2"));
    var _ = test.flush(AT.plusSeconds(30));
    test.tell(scene("u1").escalated());
    test.tell(scene("u2").resolved());
    return test.flushed(AT.plusSeconds(7230));
  }
}
