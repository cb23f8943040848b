/**
 * What the protocols have in common: a call that was understood, its answer as one document or as a stream of events, and what
 * is said when a request is refused. Nothing here knows a transport.
 */
package dev.tokamak.protocol;
