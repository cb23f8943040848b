package dev.tokamak.toolparsers;

import dev.tokamak.spi.reasoning.ReasoningParser;

/** Leaves reasoning in the content, with its tags: the one that the prompt or the model's habit implies is put in. */
final class KeptReasoning implements ReasoningParser {
    private final String start;
    private final ReasoningWriter out;
    private final Tokens tokens;
    private final ReasoningParser end;
    private boolean begun;

    /**
     * A parser.
     *
     * @param start what is put before everything, or empty
     * @param end tells when the reasoning has ended
     * @param tokens in the text
     */
    KeptReasoning(String start, ReasoningParser end, Tokens tokens) {
        this.out = new ReasoningWriter(tokens);
        this.tokens = tokens;
        this.start = start;
        this.end = end;
    }

    @Override
    public void accept(CharSequence text, Sink sink) {
        tell(text, sink);
        end.accept(text, new Ignored());
    }

    private void tell(CharSequence text, Sink sink) {
        out.to(sink);
        if (!begun) {
            out.content(start);
            begun = true;
        }
        out.content(text);
        out.flush(false);
    }

    @Override
    public void acceptToken(CharSequence token, Sink sink) {
        tell(tokens.in(token.toString()), sink);
        end.acceptToken(token, new Ignored());
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
