package dev.spendwarden.policy.yaml;

/// What every value of one document shares while it is read.
record YamlReading(String file, Problems problems, Interpolation interpolation) {}
