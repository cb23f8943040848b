package dev.tokamak.protocol;

/**
 * Takes bytes of an answer.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ByteSink {
    /**
     * Takes bytes. They are copied or sent before this returns: the array is used again.
     *
     * @param bytes holds them
     * @param offset of the first one
     * @param length how many
     */
    void write(byte[] bytes, int offset, int length);
}
