package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NotificationIdsTest {

  @Test
  void theSameTransitionForTheSameReceiverHasTheSameIdForEver() {
    // Fixed text: an id that changes with a release breaks what receivers remember.
    assertThat(NotificationIds.of(NotifyFixtures.scene().build(), "hooks"))
        .isEqualTo(NotificationIds.of(NotifyFixtures.scene().build(), "hooks"))
        .isEqualTo("swn_96ca890c7f02f3ec2e59791a48eec897")
        .matches("swn_[0-9a-f]{32}");
  }

  @Test
  void everyPartOfTheIdentityCounts() {
    Transition base = NotifyFixtures.scene().build();
    List<String> ids =
        Stream.of(
                NotificationIds.of(base, "hooks"),
                NotificationIds.of(base, "slack"),
                NotificationIds.of(
                    NotifyFixtures.scene().with(s -> s.ordinal = 2).build(), "hooks"),
                NotificationIds.of(
                    NotifyFixtures.scene().with(s -> s.kind = Transition.Kind.LATE).build(),
                    "hooks"),
                NotificationIds.of(
                    NotifyFixtures.scene()
                        .with(s -> s.labels = Dimensions.of(Dimension.USER, "u1,team"))
                        .build(),
                    "hooks"),
                NotificationIds.ofDrill("hooks", NotifyFixtures.AT),
                NotificationIds.ofDrill("hooks", NotifyFixtures.AT.plusSeconds(1)))
            .toList();
    assertThat(ids).doesNotHaveDuplicates();
  }

  @Test
  void labelsThatReadAlikeWhenJoinedAreToldApart() {
    Dimensions one = Dimensions.of(Dimension.USER, "a,workspace=b");
    Dimensions two = Dimensions.of(Dimension.USER, "a").with(Dimension.WORKSPACE, "b");
    assertThat(one.toString()).isEqualTo(two.toString());
    assertThat(NotificationIds.of(NotifyFixtures.scene().with(s -> s.labels = one).build(), "h"))
        .isNotEqualTo(
            NotificationIds.of(NotifyFixtures.scene().with(s -> s.labels = two).build(), "h"));
  }
}
