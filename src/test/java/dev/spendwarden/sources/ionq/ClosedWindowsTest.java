package dev.spendwarden.sources.ionq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClosedWindowsTest {

  private static final Instant END = Instant.parse("2027-02-01T00:00:00Z");

  @Test
  void aMonthIsLookedAtAtItsEndAndEverMoreSeldomForSevenDays() {
    var windows = new ClosedWindows(IonqWindow.CALENDAR_MONTH);
    List<String> looks = new ArrayList<>();
    for (Instant now = END.minus(Duration.ofDays(3));
        now.isBefore(END.plus(Duration.ofDays(20)));
        now = now.plus(Duration.ofMinutes(5))) {
      Optional<IonqWindow.Dates> due = windows.due(now);
      if (due.isPresent()) {
        assertThat(due.get().first()).hasToString("2027-01-01");
        looks.add(Duration.between(END, now).toString());
        windows.read(due.get(), now);
      }
    }
    assertThat(looks)
        .containsExactly(
            "PT0S", "PT1H", "PT6H", "PT24H", "PT48H", "PT72H", "PT96H", "PT120H", "PT144H",
            "PT167H");
  }

  @Test
  void eachClosedDayIsLookedAtAsOftenThoughOneAtATime() {
    var windows = new ClosedWindows(new IonqWindow(IonqWindow.Every.DAY, 1));
    int looks = 0;
    Instant from = END;
    for (Instant now = from;
        now.isBefore(from.plus(Duration.ofDays(30)));
        now = now.plus(Duration.ofMinutes(5))) {
      Optional<IonqWindow.Dates> due = windows.due(now);
      if (due.isPresent()) {
        looks++;
        windows.read(due.get(), now);
      }
    }
    // Thirty days of ten looks, those of the first and the last week in part.
    assertThat(looks).isBetween(230, 300);
  }

  @Test
  void aFailedLookIsTriedAgainAnHourLaterAndIsNewsOnce() {
    var windows = new ClosedWindows(IonqWindow.CALENDAR_MONTH);
    IonqWindow.Dates january = windows.due(END).orElseThrow();
    assertThat(windows.failed(january, END)).isTrue();
    assertThat(windows.due(END.plus(Duration.ofMinutes(59)))).isEmpty();
    Instant again = END.plus(Duration.ofMinutes(60));
    assertThat(windows.due(again)).contains(january);
    assertThat(windows.failed(january, again)).isFalse();
    Instant third = again.plus(Duration.ofMinutes(60));
    assertThat(windows.due(third)).contains(january);
    windows.read(january, third);
    assertThat(windows.due(third.plus(Duration.ofMinutes(5)))).isEmpty();
  }
}
