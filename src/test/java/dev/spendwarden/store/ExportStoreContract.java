package dev.spendwarden.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.sources.github.DateRange;
import dev.spendwarden.sources.github.Export;
import dev.spendwarden.sources.github.ReportType;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the memory of exports does, whatever it is made of.
abstract class ExportStoreContract extends DatabaseContract {

  private static final Instant T0 = Instant.parse("2027-01-20T09:00:00.123456789Z");
  private static final DateRange DAYS =
      new DateRange(LocalDate.parse("2027-01-01"), LocalDate.parse("2027-01-20"));

  private static Export asked(String source, ReportType type, Instant at) {
    return new Export(
        source,
        "corvid|detailed|user",
        type,
        DAYS,
        at,
        Optional.empty(),
        Optional.empty(),
        Export.State.ASKED,
        at);
  }

  private static Export answered(Export export, Export.State state) {
    return new Export(
        export.source(),
        export.shape(),
        export.type(),
        export.range(),
        export.askedAt(),
        Optional.of("7f0c3c52"),
        Optional.of(T0.plusSeconds(1)),
        state,
        T0.plusSeconds(2));
  }

  private void put(Export export) {
    database.transact(ports -> {
      ports.exports().put(export);
      return export;
    });
  }

  private List<Export> exports(String source) {
    return database.read(ports -> ports.exports().exports(source));
  }

  @Test
  void whatWasPutIsThereOldestFirstAndBySource() {
    Export second = asked("github", ReportType.AI_CREDIT, T0.plusNanos(1));
    Export first = asked("github", ReportType.DETAILED, T0);
    put(second);
    put(first);
    put(asked("other", ReportType.DETAILED, T0));
    assertThat(exports("github")).containsExactly(first, second);
    assertThat(exports("nobody")).isEmpty();
  }

  @Test
  void everyStateComesBackAsItWas() {
    for (Export.State state : Export.State.values()) {
      Export export = answered(asked("github", ReportType.SUMMARIZED, T0), state);
      put(export);
      assertThat(exports("github")).containsExactly(export);
    }
  }

  @Test
  void theSameAskReplacesAndAnotherAddsToIt() {
    Export intent = asked("github", ReportType.PREMIUM_REQUEST, T0);
    put(intent);
    put(answered(intent, Export.State.PROCESSING));
    put(asked("github", ReportType.PREMIUM_REQUEST, T0.plusSeconds(1)));
    assertThat(exports("github"))
        .extracting(Export::state)
        .containsExactly(Export.State.PROCESSING, Export.State.ASKED);
  }

  @Test
  void forgettingIsBySourceAndAge() {
    put(asked("github", ReportType.DETAILED, T0));
    put(asked("github", ReportType.DETAILED, T0.plusSeconds(1)));
    put(asked("other", ReportType.DETAILED, T0));
    database.transact(ports -> {
      ports.exports().forget("github", T0.plusSeconds(1));
      return true;
    });
    assertThat(exports("github")).extracting(Export::askedAt).containsExactly(T0.plusSeconds(1));
    assertThat(exports("other")).hasSize(1);
  }
}
