package dev.spendwarden.enforce;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes and checks the audit chain: a changed, removed or inserted row shows at the first row
/// behind it. Rows cut off at the end do not show in the chain itself; keep the newest hash
/// elsewhere (it stands in the log at start) to notice that. Pure.
public final class AuditChain {

  /// What stands before the first row.
  public static final String START = "0".repeat(64);

  private AuditChain() {}

  /// The row that follows `last`.
  public static AuditRow next(
      Optional<AuditRow> last,
      Instant at,
      String who,
      String what,
      String actionId,
      Map<String, String> details) {
    long seq = last.map(AuditRow::seq).orElse(0L) + 1;
    var sorted = new TreeMap<>(details);
    String before = last.map(AuditRow::hash).orElse(START);
    return new AuditRow(
        seq,
        at,
        who,
        what,
        actionId,
        sorted,
        hash(before, canonical(seq, at, who, what, actionId, sorted)));
  }

  /// Checks rows in the order of their `seq`, from the first.
  ///
  /// @return the problems, for people; empty when the chain is whole
  public static List<String> verify(Iterable<AuditRow> rows) {
    var check = new Check();
    rows.forEach(check::add);
    return check.problems();
  }

  /// A check that takes the rows one after the other, for chains that do not fit into memory.
  public static final class Check {
    private static final int MOST_PROBLEMS = 20;

    private final List<String> problems = new ArrayList<>();
    private long seq;
    private String hash = START;

    public void add(AuditRow row) {
      if (row.seq() != seq + 1) {
        report("audit: row " + (seq + 1) + " is missing, row " + row.seq() + " follows " + seq);
      } else if (!row.hash().equals(hash(hash, canonical(row)))) {
        report("audit: row " + row.seq() + " or the one before it was changed");
      }
      seq = row.seq();
      hash = row.hash();
    }

    /// A row that is not as it was written, byte for byte: its content cannot be followed, the rows
    /// after it can.
    public void addDistorted(long itsSeq, String itsHash, String what) {
      if (itsSeq != seq + 1) {
        report("audit: row " + (seq + 1) + " is missing, row " + itsSeq + " follows " + seq);
      }
      report("audit: row " + itsSeq + " was changed: " + what);
      seq = itsSeq;
      hash = itsHash;
    }

    private void report(String problem) {
      if (problems.size() < MOST_PROBLEMS) {
        problems.add(problem);
      }
    }

    public List<String> problems() {
      return List.copyOf(problems);
    }
  }

  /// The text that is hashed: JSON with sorted keys and no spaces, every character outside
  /// printable ASCII escaped.
  public static String canonical(AuditRow row) {
    return canonical(row.seq(), row.at(), row.who(), row.what(), row.actionId(), row.details());
  }

  private static String canonical(
      long seq,
      Instant at,
      String who,
      String what,
      String actionId,
      SortedMap<String, String> details) {
    var json = new StringBuilder("{\"action_id\":");
    text(json, actionId);
    json.append(",\"at\":");
    text(json, at.toString());
    json.append(",\"details\":{");
    String comma = "";
    for (var detail : details.entrySet()) {
      json.append(comma);
      text(json, detail.getKey());
      json.append(':');
      text(json, detail.getValue());
      comma = ",";
    }
    json.append("},\"seq\":").append(seq).append(",\"what\":");
    text(json, what);
    json.append(",\"who\":");
    text(json, who);
    return json.append('}').toString();
  }

  private static void text(StringBuilder json, @Nullable String value) {
    json.append('"');
    for (char c : String.valueOf(value).toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  private static String hash(String before, String canonical) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(before.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest.digest(canonical.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
