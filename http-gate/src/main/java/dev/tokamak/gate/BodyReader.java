package dev.tokamak.gate;

import dev.tokamak.protocol.ProtocolException;

/** Finds the end of a body in a connection's bytes. */
interface BodyReader {

    /**
     * Takes what belongs to the body.
     *
     * @return how many bytes were used; fewer than given if the body ended among them
     * @throws ProtocolException if they are malformed or too many
     */
    int read(byte[] bytes, int offset, int length);

    boolean ended();
}
