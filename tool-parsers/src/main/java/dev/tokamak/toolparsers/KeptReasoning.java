package dev.tokamak.toolparsers;

import dev.tokamak.spi.reasoning.ReasoningParser;

/** Leaves reasoning in the content, with its tags: the one that the prompt or the model's habit implies is put in. */
final class KeptReasoning implements ReasoningParser {
    private final String start;
    private final ReasoningWriter out = new ReasoningWriter();
    private final ReasoningParser end;
    private boolean begun;

    /**
     * A parser.
     *
     * @param start what is put before everything, or empty
     * @param end tells when the reasoning has ended
     */
    KeptReasoning(String start, ReasoningParser end) {
        this.start = start;
        this.end = end;
    }

    @Override
    public void accept(CharSequence text, Sink sink) {
        out.to(sink);
        if (!begun) {
            out.content(start);
            begun = true;
        }
        out.content(text);
        out.flush(false);
        end.accept(text, new Ignored());
    }

    @Override
    public void finish(Sink sink) {
        out.to(sink);
        out.flush(true);
    }

    @Override
    public boolean ended() {
        return end.ended();
    }

    private static final class Ignored implements Sink {
        @Override
        public void reasoning(String text) {
            // It is told as content.
        }

        @Override
        public void content(String text) {
            // It is told already.
        }
    }
}
