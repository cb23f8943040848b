/**
 * What stands between the sockets of Payara and its servlets.
 *
 * <p>Payara gives a thread to every request as soon as its head is there, and reads nothing more from a connection until that
 * request is answered. So a client that sends its body slowly holds a thread, and one that leaves is not noticed. The gate takes
 * requests whole, without a thread for each, within limits of size, memory and time; refuses what is no proper HTTP/1.1 in the
 * words of every other refusal; and tells the application when a client is gone.
 *
 * <p>{@link dev.tokamak.gate.GateAddOn} puts it into each HTTP listener, {@link dev.tokamak.gate.ConnectionGate} is the state of
 * one connection.
 */
package dev.tokamak.gate;
