package dev.spendwarden.simulation;

/// What is watched in every step.
enum Guarantee {
  /// Reading, state, transitions and notifications are stored together or not at all.
  ATOMIC,
  /// Every notification is delivered while its receiver answers within the horizon.
  DELIVERED,
  /// The same id never has another body.
  SAME_ID_SAME_BODY,
  /// A notification arrives once, and once more for each attempt whose end nobody knows.
  FEW_DUPLICATES,
  /// Sequences count up by one and arrive in order.
  IN_ORDER,
  /// An alert is over only when fresh and complete data, the calendar or an operator says so.
  NO_FALSE_RESOLVE,
  /// What should fire fires.
  NOTHING_MISSED,
  /// Old data and receivers that cannot be reached are alerts themselves.
  NO_SILENCE,
  /// What people were last told is so.
  TOLD_THE_TRUTH,
  /// Nobody is told while the route is mute, nor alone and at once where it groups.
  HELD_BACK,
  /// What waits in a group, or for a route to be heard again, is told when its time has come.
  TOLD_IN_TIME,
  /// `for`, `keep_firing_for` and repeats run through crashes and reloads.
  TIMERS_SURVIVE,
  /// A budget has at most one live alert.
  ONE_ALERT,
  /// Nothing is sent that is not stored.
  DURABLE_BEFORE_SENT,
  /// What the owner holds in memory is what is stored: nothing was left out, nobody else wrote.
  MEMORY_IS_STORE
}
