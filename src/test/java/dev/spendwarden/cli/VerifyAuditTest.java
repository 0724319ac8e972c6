package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.enforce.AuditChain;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.SqliteDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// `spendwarden verify` on an audit that somebody changed from outside, beside a daemon that has
/// the store open and after it has ended.
class VerifyAuditTest {

  private static final Instant NINE = Instant.parse("2027-01-20T09:00:00Z");

  @TempDir private Path folder;
  private Database daemon;
  private String url;

  private record Ran(int status, String out) {}

  @BeforeEach
  void fiveSteps() throws Exception {
    Files.writeString(folder.resolve("policies.yaml"), "version: 1\npolicies: []\n");
    url = "jdbc:sqlite:" + folder.resolve("store.db");
    Files.writeString(
        folder.resolve("spendwarden.yaml"),
        "storage: { url: \"" + url + "\" }\npolicies: [policies.yaml]\n");
    daemon = SqliteDatabase.open(url, InstantSource.fixed(NINE));
    for (int i = 1; i <= 5; i++) {
      String comment = "number " + i + " ü";
      daemon.transact(ports -> {
        ports
            .enforce()
            .append(
                AuditChain.next(
                    ports.enforce().lastAudit(),
                    NINE,
                    "ada",
                    "approved",
                    "act_1",
                    Map.of("comment", comment, "also", "x")));
        return comment;
      });
    }
  }

  @AfterEach
  void close() {
    daemon.close();
  }

  private Ran verify() {
    var out = new StringWriter();
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out, true));
    int status =
        command.execute("verify", "--config", folder.resolve("spendwarden.yaml").toString());
    return new Ran(status, out.toString());
  }

  private void change(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  @Test
  void aWholeChainIsWhole() {
    assertThat(verify()).isEqualTo(new Ran(0, "the store is whole\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "details = replace(details, 'number 3', 'number 8')|row 3 or the one before it was changed",
        "details = replace(details, '{', '[')              |row 3 was changed: it cannot be read",
        "details = replace(details, ',', ', ')             |row 3 was changed: its details",
        "details = details &#124;&#124; ' '                |row 3 was changed: its details",
        "at = replace(at, 'T', 't')                        |row 3 was changed: its time",
        "who = 'adb'                                       |row 3 or the one before it was changed",
        "hash = replace(hash, substr(hash, 1, 1), 'x')     |row 3 or the one before it was changed",
        "seq = 33                                          |row 3 is missing",
      })
  void aChangedByteIsFoundBesideTheDaemonAndWithoutIt(String change, String said) throws Exception {
    change("UPDATE audit SET " + change.replace("&#124;", "|") + " WHERE seq = 3");
    Ran beside = verify();
    assertThat(beside.status()).isEqualTo(1);
    assertThat(beside.out()).contains(said);
    daemon.close();
    assertThat(verify()).isEqualTo(beside);
  }

  @Test
  void aRowTakenOutOfTheMiddleIsFound() throws Exception {
    change("DELETE FROM audit WHERE seq = 3");
    assertThat(verify())
        .isEqualTo(new Ran(1, "audit: row 3 is missing, row 4 follows 2\n1 problems found\n"));
  }

  /// What a chain alone cannot show, as the documentation says.
  @Test
  void rowsCutOffAtTheEndDoNotShow() throws Exception {
    change("DELETE FROM audit WHERE seq = 5");
    assertThat(verify().status()).isZero();
  }
}
