package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.spendwarden.store.StoreException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepeatedTroubleTest {

  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private RepeatedTrouble trouble;

  @BeforeEach
  void listen() {
    var context = new LoggerContext();
    Logger log = context.getLogger("trouble");
    log.setLevel(Level.DEBUG);
    log.addAppender(written);
    written.start();
    trouble = new RepeatedTrouble(log, "works_again");
  }

  @Test
  void theSameIsSaidOnceAndThatItIsOverOnce() {
    trouble.over();
    trouble.met("not_done", new StoreException("no answer after 20001 ms; nothing changed"));
    trouble.met("not_done", new StoreException("no answer after 20014 ms; nothing changed"));
    trouble.met("not_done", new StoreException("no answer after 5 ms; nothing changed"));
    trouble.over();
    trouble.over();
    assertThat(lines(Level.ERROR))
        .containsExactly("not_done: no answer after 20001 ms; nothing changed");
    assertThat(lines(Level.INFO)).containsExactly("works_again after_failures=3");
  }

  @Test
  void anotherTroubleIsSaidToo() {
    trouble.met("not_done", new StoreException("no answer"));
    trouble.met("not_done", new StoreException("the disk is full"));
    trouble.met("not_restored", new StoreException("the disk is full"));
    assertThat(lines(Level.ERROR))
        .containsExactly(
            "not_done: no answer", "not_done: the disk is full", "not_restored: the disk is full");
  }

  @Test
  void whatIsNoTroubleOfTheStoreShowsItsPlace() {
    trouble.met("not_done", new IllegalStateException("odd"));
    assertThat(written.list.getFirst().getThrowableProxy().getMessage()).isEqualTo("odd");
  }

  private List<String> lines(Level level) {
    return written.list.stream()
        .filter(line -> line.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }
}
