/**
 * Abstract JUnit tests that a plugin extends to prove itself: one {@code XxxContract} for each extension point, and a
 * {@link dev.tokamak.tck.DeterministicExecutor} with its tokenizer to run an engine without a model.
 *
 * <p>Random cases print their seed; {@code -Dtokamak.tck.seed} repeats them.
 */
package dev.tokamak.tck;
