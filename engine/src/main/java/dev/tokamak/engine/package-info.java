/**
 * The engine: opens a model, takes requests, and runs them through scheduler, executor and output thread. Other modules use the
 * types of this package and of {@code dev.tokamak.engine.plugin}; the other packages are the engine's own rooms.
 */
package dev.tokamak.engine;
