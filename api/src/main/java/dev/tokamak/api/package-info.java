/**
 * What a caller of Tokamak sees: an {@link dev.tokamak.api.Engine} that takes {@link dev.tokamak.api.GenerationRequest}s
 * and answers with a {@link dev.tokamak.api.RequestStream} of {@link dev.tokamak.api.RequestOutput}s, and
 * {@link dev.tokamak.api.LLM}, which wraps it for offline use.
 *
 * <p>Nothing in this package depends on anything but the JDK. Arguments and results are never null unless a method says
 * so. Every public type is marked {@link dev.tokamak.api.Stable} or {@link dev.tokamak.api.Incubating}.
 */
package dev.tokamak.api;
