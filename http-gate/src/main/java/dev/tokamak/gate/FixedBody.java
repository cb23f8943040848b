package dev.tokamak.gate;

/** A body whose length the head gave. */
final class FixedBody implements BodyReader {
    private final Body target;
    private long left;

    FixedBody(long length, Body target) {
        this.left = length;
        this.target = target;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        int count = (int) Math.min(left, length);
        target.add(bytes, offset, count);
        left -= count;
        return count;
    }

    @Override
    public boolean ended() {
        return left == 0;
    }
}
