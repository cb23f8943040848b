/** The scheduler that comes with the engine, and its two policies. */
package dev.tokamak.engine.scheduling;
