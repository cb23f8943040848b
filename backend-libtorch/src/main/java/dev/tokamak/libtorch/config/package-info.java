/**
 * What a checkpoint's {@code config.json} says, with the meaning and the defaults that {@code transformers} gives it.
 *
 * <p>Nothing in it is ignored silently: a key is read ({@link ModelConfig} keeps account), known to be without effect
 * ({@link InertKeys}), or refused by name.
 */
package dev.tokamak.libtorch.config;
