/**
 * Scheduling: which sequences run in a step and with how many tokens. A
 * {@link dev.tokamak.spi.scheduler.SchedulingPolicy} orders them; a {@link dev.tokamak.spi.scheduler.Scheduler} replaces the
 * whole.
 */
package dev.tokamak.spi.scheduler;
