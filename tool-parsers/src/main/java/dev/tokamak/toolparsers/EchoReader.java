package dev.tokamak.toolparsers;

import java.util.List;

/** Drops text up to an end mark; if none comes, it is no echo. */
final class EchoReader extends CallReader {
    private final Marks end;
    private final StringBuilder text = new StringBuilder();

    EchoReader(String end, Feed feed, CallWriter out) {
        super(feed, out);
        this.end = new Marks(feed.tokens().in(List.of(end)));
    }

    @Override
    Step read(char c) {
        boolean ended = end.feed(c, feed, text) != Marks.NONE;
        text.setLength(0);
        return ended ? Step.DROP : Step.MORE;
    }

    @Override
    String completion() {
        return null;
    }

    @Override
    void cut() {
        // An echo is no call, so there is nothing to tell.
    }
}
