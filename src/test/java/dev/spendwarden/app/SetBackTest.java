package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SetBackTest {

  private static final Instant START = Instant.parse("2027-01-20T09:00:00Z");

  private Instant wall = START;
  private long nanos = -5;

  private void pass(Duration real) {
    wall = wall.plus(real);
    nanos += real.toNanos();
  }

  @Test
  void noticesEachTimeTheClockWasSetBackAndByHowMuch() {
    var setBack = new SetBack(DaemonClock.of(() -> wall), () -> nanos);
    pass(Duration.ofMinutes(3));
    assertThat(setBack.look()).isZero();
    pass(Duration.ofSeconds(20));
    wall = wall.minusSeconds(3_600);
    assertThat(setBack.look()).isEqualTo(Duration.ofHours(1));
    pass(Duration.ofSeconds(20));
    assertThat(setBack.look()).as("it stays there").isZero();
    wall = wall.minusSeconds(60);
    assertThat(setBack.look()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void noOtherClockIsOneThatWasSetBack() {
    var setBack = new SetBack(DaemonClock.of(() -> wall), () -> nanos);
    wall = wall.plusSeconds(3_600);
    assertThat(setBack.look()).as("set forward, or suspended").isZero();
    pass(Duration.ofSeconds(30));
    wall = wall.minusMillis(900);
    assertThat(setBack.look()).as("held up between the two clocks").isZero();
  }
}
