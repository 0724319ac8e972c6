package dev.spendwarden.app;

/// A deployed verticle and the configuration it was made from.
record Running<V, C>(V verticle, C config, String deployment) {}
