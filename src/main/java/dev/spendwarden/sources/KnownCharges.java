package dev.spendwarden.sources;

import dev.spendwarden.charge.Charge;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/// What the ledger holds of a source's own charges, for a source whose provider shows less later
/// than it did before: after a restart it goes on from there.
public interface KnownCharges {

  /// An empty ledger.
  KnownCharges NOTHING = (_, _) -> List.of();

  /// The newest figures of the charges whose period starts at `from` or later.
  ///
  /// @throws IllegalStateException when the ledger cannot be asked now
  Collection<Charge> since(String source, Instant from);
}
