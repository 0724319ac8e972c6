package dev.spendwarden.cli;

import dev.spendwarden.fuzz.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DailyCsvFuzzTest {

  @TempDir Path folder;

  @Test
  void files() throws IOException {
    Path file = folder.resolve("days.csv");
    Fuzz.ofTexts(
            "daily-csv",
            List.of(
                "date,value\n2027-01-01,12.5\n2027-01-02,0\n",
                "\uFEFFdate,value\r\n2027-01-01,-1\r\n"))
        .run(input -> DailyCsv.read(Files.write(file, input)));
  }
}
