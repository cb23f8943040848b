/**
 * Executors: what runs a model's forward pass and samples from it. The engine plans steps, an executor carries them
 * out, on one device or many.
 */
package dev.tokamak.spi.executor;
