package dev.spendwarden.enforce;

import dev.spendwarden.policy.Assessment;
import java.util.Optional;

/// How a budget stands now.
///
/// @param assessment the newest; empty when the budget is no longer known
/// @param ruleFires whether the rule that asked for the action fires and its condition holds
/// @param suspicious whether its figure jumped beyond `max_jump`
/// @param enabled whether enforcement is switched on
public record Situation(
    Optional<Assessment> assessment, boolean ruleFires, boolean suspicious, boolean enabled) {}
