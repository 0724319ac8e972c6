package dev.spendwarden.alert;

import dev.spendwarden.charge.Dimensions;

/// Which budgets an [Evaluation] judges: all of them, or one of so many parts that are all of them
/// together. Budgets do not look at each other; only how late a source's days come is learned from
/// every charge of the source, and the ledger takes those in whosever they are. So a budget comes
/// out the same whichever part it is in.
///
/// @param number of this part, from 0
/// @param parts at least 1
public record Share(int number, int parts) {

  public static final Share ALL = new Share(0, 1);

  public Share {
    if (parts < 1 || number < 0 || number >= parts) {
      throw new IllegalArgumentException("there is no share " + number + " of " + parts);
    }
  }

  /// Whether the budget is in this part. Hashes spread the budgets evenly enough, and no part has
  /// to know of another's.
  boolean has(String policy, Dimensions labels) {
    return parts == 1
        || Math.floorMod(spread(31 * policy.hashCode() + labels.hashCode()), parts) == number;
  }

  /// Names that are counted up, as workspaces are, have hashes that go up with them, in steps that
  /// a number of parts may divide.
  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ mixed >>> 16;
  }
}
