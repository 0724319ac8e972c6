package dev.spendwarden.alert;

import dev.spendwarden.policy.Policy;

/// A waiver that was granted to a running daemon, not written in the policy file. It ends by itself
/// like those.
///
/// @param policy the name of the policy it is for; where there is none (yet) it waives nothing
public record GrantedWaiver(String id, String policy, Policy.Waiver waiver) {}
