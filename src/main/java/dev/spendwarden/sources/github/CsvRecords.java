package dev.spendwarden.sources.github;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The records of a CSV file (RFC 4180) as places in a byte array, one at a time, without an object
/// for a field. Memory is bounded by the longest record, whatever the length of the file.
///
/// A byte-order mark is skipped, lines end with LF or CRLF, empty lines are passed over, and the
/// last record may lack its line end: that the file came whole is for the transfer to prove. What
/// cannot be read in one way only is refused: a quote inside an unquoted field, text behind a
/// closing quote, a quote left open, a lone CR, a NUL.
///
/// Most bytes of a bill are neither separators nor quotes. Eight at a time are tested for being
/// below `-` in one go, which leaves the comma, the quote, the line ends and a few others (a space,
/// for one) to look at. Records that hold a quote take a slower, plainer way.
final class CsvRecords {

  /// A longer record is no usage row.
  static final int MAX_RECORD_BYTES = 1 << 20;

  static final int MAX_FIELDS = 256;

  /// Behind the data of [#data] so many bytes can be read harmlessly.
  static final int PADDING = 8;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BUFFER_BYTES = 1 << 17;

  /// Not one of the bytes that end anything.
  private static final byte FILLER = 'x';

  // Of each byte: its lower seven bits plus (0x80 - '-') have the top bit set unless the byte is
  // below '-'; no sum carries into its neighbour.
  private static final long LOWER_BITS = 0x7f7f7f7f7f7f7f7fL;
  private static final long TOP_BITS = 0x8080808080808080L;
  private static final long BELOW_DASH = 0x0101010101010101L * (0x80 - '-');

  private static final int MORE_NEEDED = -1;
  private static final int QUOTE_FOUND = -2;

  private final InputStream in;
  private byte[] buffer = new byte[BUFFER_BYTES + PADDING];
  private byte[] unquoted = {};
  private int position;
  private int limit;
  private boolean ended;
  private long nextLine = 1;

  private byte[] data = buffer;
  private final int[] starts = new int[MAX_FIELDS];
  private final int[] ends = new int[MAX_FIELDS];
  private int count;
  private long line;

  /// @param in read to its end, not closed
  CsvRecords(InputStream in) throws IOException {
    this.in = in;
    while (limit < 3 && !ended) {
      fill();
    }
    if (limit >= 3
        && buffer[0] == (byte) 0xef
        && buffer[1] == (byte) 0xbb
        && buffer[2] == (byte) 0xbf) {
      position = 3;
    }
  }

  /// Steps to the next record.
  ///
  /// @return whether there is one
  boolean next() throws IOException {
    do {
      if (!step()) {
        return false;
      }
    } while (count == 1 && starts[0] == ends[0] && data == buffer);
    return true;
  }

  /// The array that holds the present record's fields, until the next step.
  byte[] data() {
    return data;
  }

  int fieldCount() {
    return count;
  }

  int start(int field) {
    return starts[field];
  }

  int end(int field) {
    return ends[field];
  }

  /// The line on which the present record begins, from 1.
  long line() {
    return line;
  }

  MalformedCsv malformed(String what) {
    return new MalformedCsv(line, what);
  }

  private boolean step() throws IOException {
    line = nextLine;
    while (true) {
      if (position == limit && ended) {
        return false;
      }
      data = buffer;
      int after = scan();
      if (after == QUOTE_FOUND) {
        after = unquote();
      }
      if (after != MORE_NEEDED) {
        position = after;
        nextLine++;
        return true;
      }
      if (ended) {
        throw malformed("a quote is left open");
      }
      nextLine = line;
      fill();
    }
  }

  /// Finds the fields of a record without quotes.
  ///
  /// @return where the next one begins
  private int scan() throws MalformedCsv {
    byte[] bytes = buffer;
    int fields = 0;
    int start = position;
    for (int at = start; at < limit; at += Long.BYTES) {
      long word = (long) WORDS.get(bytes, at);
      long hits = ~((word & LOWER_BITS) + BELOW_DASH | word) & TOP_BITS;
      while (hits != 0) {
        int hit = at + (Long.numberOfTrailingZeros(hits) >>> 3);
        hits &= hits - 1;
        byte found = bytes[hit];
        if (found == ',') {
          if (fields == MAX_FIELDS - 1) {
            throw malformed("more than " + MAX_FIELDS + " fields");
          }
          starts[fields] = start;
          ends[fields++] = hit;
          start = hit + 1;
        } else if (found == '\n') {
          starts[fields] = start;
          ends[fields++] = hit > start && bytes[hit - 1] == '\r' ? hit - 1 : hit;
          count = fields;
          return hit + 1;
        } else if (found == '"') {
          return QUOTE_FOUND;
        } else if (found == '\r' && hit + 1 < limit && bytes[hit + 1] != '\n') {
          throw malformed("a carriage return without a line feed");
        } else if (found == 0) {
          throw malformed("a NUL byte");
        }
      }
    }
    return MORE_NEEDED;
  }

  /// Finds the fields of any record and copies them, quotes taken off, to an array of their own.
  ///
  /// @return where the next record begins
  private int unquote() throws MalformedCsv {
    if (unquoted.length < buffer.length) {
      unquoted = new byte[buffer.length];
    }
    int to = 0;
    int at = position;
    for (int field = 0; field < MAX_FIELDS; field++) {
      starts[field] = to;
      boolean quoted = at < limit && buffer[at] == '"';
      at = quoted ? copyQuoted(at + 1, to) : copyPlain(at, to);
      if (at < 0) {
        return MORE_NEEDED;
      }
      to = copiedTo;
      ends[field] = to;
      if (at == limit) {
        return MORE_NEEDED;
      }
      switch (buffer[at]) {
        case ',' -> at++;
        case '\n' -> {
          return finished(field, at + 1);
        }
        case '\r' -> {
          if (at + 1 == limit) {
            return MORE_NEEDED;
          }
          if (buffer[at + 1] != '\n') {
            throw malformed("a carriage return without a line feed");
          }
          return finished(field, at + 2);
        }
        default -> throw malformed("text behind a closing quote");
      }
    }
    throw malformed("more than " + MAX_FIELDS + " fields");
  }

  private int finished(int lastField, int after) {
    data = unquoted;
    count = lastField + 1;
    return after;
  }

  // Where the last copy ended, in `unquoted`.
  private int copiedTo;

  private int copyPlain(int from, int to) throws MalformedCsv {
    int at = from;
    int end = to;
    for (; at < limit; at++) {
      byte found = buffer[at];
      if (found == ',' || found == '\n' || found == '\r') {
        break;
      }
      if (found == '"') {
        throw malformed("a quote inside a field that does not begin with one");
      }
      if (found == 0) {
        throw malformed("a NUL byte");
      }
      unquoted[end++] = found;
    }
    copiedTo = end;
    return at;
  }

  private int copyQuoted(int from, int to) throws MalformedCsv {
    int end = to;
    for (int at = from; at < limit; at++) {
      byte found = buffer[at];
      if (found == '"') {
        if (at + 1 == limit) {
          return MORE_NEEDED;
        }
        if (buffer[at + 1] != '"') {
          copiedTo = end;
          return at + 1;
        }
        at++;
      } else if (found == '\n') {
        nextLine++;
      } else if (found == 0) {
        throw malformed("a NUL byte");
      }
      unquoted[end++] = found;
    }
    return MORE_NEEDED;
  }

  /// Moves what is not yet read to the front and reads more behind it. At the end of the file the
  /// last record gets the line end it may lack.
  private void fill() throws IOException {
    int kept = limit - position;
    if (kept > MAX_RECORD_BYTES) {
      throw malformed("a record of more than " + MAX_RECORD_BYTES + " bytes");
    }
    byte[] target = kept > buffer.length / 2 ? new byte[buffer.length * 2] : buffer;
    System.arraycopy(buffer, position, target, 0, kept);
    buffer = target;
    position = 0;
    limit = kept;
    // One byte is held back for the line end.
    int read = in.read(buffer, limit, buffer.length - PADDING - 1 - limit);
    if (read > 0) {
      limit += read;
    } else if (read < 0) {
      ended = true;
      if (limit > 0 && buffer[limit - 1] != '\n') {
        buffer[limit++] = '\n';
      }
    }
    Arrays.fill(buffer, limit, limit + PADDING, FILLER);
  }
}
