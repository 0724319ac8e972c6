package dev.spendwarden.ledger;

import dev.spendwarden.charge.Names;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// Where revisions are kept for good. Implemented by `store`; every method runs inside the caller's
/// transaction, may block, and fails with an unchecked exception when the database does. Nothing is
/// ever overwritten: a figure that changes is a further revision.
public interface LedgerStore {

  /// Appends the posting's revisions. Appending the same posting again changes nothing.
  void append(Posting posting);

  /// Replaces the source's status row.
  void putStatus(SourceStatus status);

  List<SourceStatus> statuses();

  /// Hands every posting known at or before `knownUntil` to `sink`, oldest first; revisions with
  /// one source and one `knownAt` come as one posting. Streams: memory does not grow with the
  /// history.
  void replay(Instant knownUntil, Consumer<Posting> sink);

  /// The same of some sources only.
  default void replay(Instant knownUntil, Names sources, Consumer<Posting> sink) {
    replay(
        knownUntil,
        posting -> {
          if (sources.has(posting.source())) {
            sink.accept(posting);
          }
        });
  }
}
