package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimension;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Goal: memory does not grow with the file. Method: 5 GB of rows from memory that is used again
/// and again; the heap in use after it is what it was after the first hundredth. Run with
/// `-Xmx256m`, so that growth of any kind shows.
@Tag("bench")
class GithubCsvMemoryTest {

  private static final long BYTES = 5_000_000_000L;

  @Test
  void fiveGigabytesTakeNoMoreMemoryThanFiftyMegabytes() throws Exception {
    var block = new ByteArrayOutputStream();
    UsageFile.write(block, 60_000, 11);
    byte[] rows = block.toByteArray();
    int header = UsageFile.HEADER.length();
    var endless = new Repeating(rows, header, BYTES);
    var sums =
        new ReportSums(
            ReportType.DETAILED,
            UsageFile.MONTH,
            List.of(Dimension.PRODUCT, Dimension.ORGANIZATION, Dimension.SKU),
            new Ledgers(List.of(ReportType.DETAILED)));
    sums.add(endless);
    assertThat(sums.rows()).isGreaterThan(BYTES / 200);
    long grown = usedAtEnd() - endless.usedEarly;
    System.out.printf(
        "%,d rows, heap grown by %,d KB of at most %,d MB%n",
        sums.rows(), grown / 1024, Runtime.getRuntime().maxMemory() >> 20);
    assertThat(grown).isLessThan(8L << 20);
  }

  private static long usedAtEnd() {
    Runtime runtime = Runtime.getRuntime();
    runtime.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// The header once, then the rows over and over, ending with a whole row.
  private static final class Repeating extends InputStream {
    private final byte[] rows;
    private final int header;
    private final long length;
    private int position;
    private long given;
    private long usedEarly;

    Repeating(byte[] rows, int header, long length) {
      this.rows = rows;
      this.header = header;
      this.length = length;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] target, int offset, int wanted) {
      if (position == rows.length) {
        if (given >= length) {
          return -1;
        }
        position = header;
      }
      int taken = Math.min(wanted, rows.length - position);
      System.arraycopy(rows, position, target, offset, taken);
      position += taken;
      given += taken;
      if (usedEarly == 0 && given > length / 100) {
        usedEarly = usedAtEnd();
      }
      return taken;
    }
  }
}
