/// The outside world on loopback: stand-ins ("twins") of the providers, of Slack and of webhook
/// receivers, with faults on demand and an inbox of what was delivered. The commands `demo` and
/// `sandbox` and the project's own tests all use these. Every figure follows from the seed and the
/// clock. Knows nothing of the daemon: what it imitates is written down from the providers' own
/// documents, so that a misreading in a client cannot repeat itself here. A new twin is one class
/// behind [dev.spendwarden.sandbox.Twin] and a line in [dev.spendwarden.sandbox.Sandbox].
///
/// Answers are made on an event loop; every setter may be called from any thread.
@NullMarked
package dev.spendwarden.sandbox;

import org.jspecify.annotations.NullMarked;
