package dev.tokamak.protocol.openai;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.StopCondition;
import dev.tokamak.engine.output.Marks;
import dev.tokamak.engine.output.StopStrings;
import dev.tokamak.spi.reasoning.ReasoningParser;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.util.Optional;

/**
 * Stop strings that count in the answer and not in the reasoning ahead of it: a reasoning parser of its own tells one from the other
 * while the engine generates. White space between the two counts as neither: models write line breaks there. It ends the completion, and says where the answer ends. The engine's output thread asks it for each
 * token; whoever writes the answer reads the place.
 */
final class AnswerStop implements StopCondition {
    private final ReasoningParser parser;
    private final Vocabulary vocabulary;
    private final StopStrings.Scanner scanner;
    private final boolean includeStop;
    private final int minTokens;
    private final ReasoningParser.Sink parts = new Parts();
    private int tokens;
    private int answered;
    private boolean begun;
    private String found;
    private volatile int end = Integer.MAX_VALUE;

    AnswerStop(SamplingParams params, StopStrings stopStrings, ReasoningParser parser, Vocabulary vocabulary) {
        this.parser = parser;
        this.vocabulary = vocabulary;
        this.begun = parser.ended();
        this.scanner = stopStrings.scanner();
        this.includeStop = params.includeStopInOutput();
        this.minTokens = params.minTokens();
    }

    @Override
    public Optional<String> accept(int tokenId, String text) {
        tokens++;
        String mark = Marks.of(vocabulary, tokenId);
        boolean marked = mark != null && text.endsWith(mark);
        String before = marked ? text.substring(0, text.length() - mark.length()) : text;
        if (!before.isEmpty()) {
            parser.accept(before, parts);
        }
        if (marked) {
            parser.acceptToken(mark, parts);
        }
        return Optional.ofNullable(found);
    }

    /** How many characters of the answer there are until it is stopped: known, at the latest, when its last output is. */
    int end() {
        return end;
    }

    private final class Parts implements ReasoningParser.Sink {
        @Override
        public void reasoning(String text) {
            // Nothing that is thought ends the answer.
        }

        @Override
        public void content(String text) {
            for (int i = 0; i < text.length() && found == null; i++) {
                answered++;
                begun |= !Character.isWhitespace(text.charAt(i));
                String stop = begun ? scanner.feed(text.charAt(i)) : null;
                if (stop != null && tokens > minTokens) {
                    found = stop;
                    end = includeStop ? answered : answered - stop.length();
                }
            }
        }
    }
}
