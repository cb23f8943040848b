/**
 * The parts that models are composed of: how each is loaded, how it is divided among ranks, and how it runs. Begin with
 * {@code Transformer} and {@code Block}; what parts ask of a device is in {@link dev.tokamak.libtorch.operators}.
 */
package dev.tokamak.libtorch.model.parts;
