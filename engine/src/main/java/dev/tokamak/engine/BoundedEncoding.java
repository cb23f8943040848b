package dev.tokamak.engine;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.util.Arrays;

/**
 * Encodes prompts in time and memory that the model's context bounds, not what a client sends. Thread-safe.
 *
 * <p><b>Implementation notes.</b> A tokenizer needs some hundred bytes and a microsecond for each token before anybody knows how many
 * there are. So a text of more characters than all the tokens of a context could spell is refused as it is; the longest token of
 * the vocabulary says how many that is, four times over, because composition (NFC) makes at most four characters one. A text
 * that is shorter than that and yet long is counted first, piece by piece: the tokens of the pieces are those of the
 * whole but for a few at each cut. Only when they may fit is the whole encoded, so that what comes out is always what the
 * tokenizer makes of the whole.
 */
public final class BoundedEncoding {
    /** How many characters are encoded at once while nobody knows how many tokens they are. */
    static final int PIECE = 1 << 15;

    /** How many tokens more than the whole two pieces may have at their cut: those of a word or a special token cut in two. */
    private static final int SLACK = 256;

    private static final int LONGEST_COMPOSITION = 4;

    private final Encoder encoder;
    private final int context;
    private final String reason;
    private final long mostCharacters;

    /** How many tokens of the context a prompt leaves free. */
    private final int answer;

    /** Text to tokens, as {@link dev.tokamak.spi.tokenizer.Tokenizer#encode} does it. */
    @FunctionalInterface
    public interface Encoder {
        /**
         * Encodes text.
         *
         * @param text any text
         * @param addSpecialTokens whether the tokenizer's own beginning and end tokens are added
         * @return token ids
         */
        int[] encode(String text, boolean addSpecialTokens);
    }

    /**
     * An encoding for one model.
     *
     * @param encoder does it
     * @param vocabulary of the tokenizer
     * @param context tokens of a prompt and its answer; a prompt leaves room for one token at least
     */
    public BoundedEncoding(Encoder encoder, Vocabulary vocabulary, int context) {
        this(encoder, vocabulary, context, "");
    }

    /** As above, where a context is shorter than the model's own for a reason that its refusals tell in a sentence. */
    BoundedEncoding(Encoder encoder, Vocabulary vocabulary, int context, String reason) {
        this.encoder = encoder;
        this.context = context;
        this.reason = reason;
        int longest = 1;
        for (int id = 0; id < vocabulary.size(); id++) {
            longest = Math.max(longest, vocabulary.bytes(id).length);
        }
        this.mostCharacters = (long) longest * context * LONGEST_COMPOSITION;
        this.answer = 1;
    }

    private BoundedEncoding(BoundedEncoding other, int answer) {
        this.encoder = other.encoder;
        this.context = other.context;
        this.reason = other.reason;
        this.mostCharacters = other.mostCharacters;
        this.answer = answer;
    }

    /**
     * The same for prompts that are not answered, and so may fill the context.
     *
     * @return another one
     */
    public BoundedEncoding withoutAnswer() {
        return new BoundedEncoding(this, 0);
    }

    /**
     * Encodes a prompt.
     *
     * @param text any text
     * @param addSpecialTokens whether the tokenizer's own beginning and end tokens are added
     * @return token ids that leave room for an answer
     * @throws TokamakException {@link ErrorCode#PROMPT_TOO_LONG} if there are more
     */
    public int[] encode(String text, boolean addSpecialTokens) {
        if (text.length() > mostCharacters) {
            throw tooLong(text.length() + " characters, more than so many tokens could spell");
        }
        if (isLong(text, context)) {
            long tokens = 0;
            for (int from = 0; from < text.length(); ) {
                int to = cut(text, from + PIECE);
                tokens += encoder.encode(text.substring(from, to), false).length - (from == 0 ? 0 : SLACK);
                if (tokens + answer > context) {
                    throw tooLong("at least " + tokens + " tokens");
                }
                from = to;
            }
        }
        int[] ids = encoder.encode(text, addSpecialTokens);
        checkLength(ids.length);
        return ids;
    }

    /**
     * Encodes a text of which only one end is wanted.
     *
     * @param text any text
     * @param addSpecialTokens whether the tokenizer's own beginning and end tokens are added
     * @param most how many tokens are wanted
     * @param fromEnd whether the last ones are, rather than the first
     * @return so many of the text's tokens, or all of them
     */
    public int[] encode(String text, boolean addSpecialTokens, int most, boolean fromEnd) {
        String part = isLong(text, most) ? part(text, most, fromEnd) : text;
        int[] ids = encoder.encode(part, addSpecialTokens);
        if (ids.length <= most) {
            return ids;
        }
        return fromEnd ? Arrays.copyOfRange(ids, ids.length - most, ids.length) : Arrays.copyOf(ids, most);
    }

    /** An end of the text that has surely so many tokens, and at its inner end some more, which are not as in the whole. */
    private String part(String text, int most, boolean fromEnd) {
        long missing = (long) most + SLACK;
        int length = 0;
        while (missing > 0 && length < text.length()) {
            int longer = Math.min(text.length(), length + PIECE);
            int from = fromEnd ? cut(text, text.length() - longer) : cut(text, length);
            int to = fromEnd ? cut(text, text.length() - length) : cut(text, longer);
            missing -= encoder.encode(text.substring(from, to), false).length - SLACK;
            length = longer;
        }
        return fromEnd ? text.substring(cut(text, text.length() - length)) : text.substring(0, cut(text, length));
    }

    /** Whether encoding it at once could cost much more than the tokens that are wanted: each has one character at least. */
    private static boolean isLong(String text, int tokens) {
        return text.length() > Math.max(PIECE, tokens);
    }

    /** A place at or just ahead of the given one that does not split a character. */
    private static int cut(String text, int at) {
        if (at >= text.length()) {
            return text.length();
        }
        boolean splits =
                at > 0 && Character.isLowSurrogate(text.charAt(at)) && Character.isHighSurrogate(text.charAt(at - 1));
        return splits ? at - 1 : at;
    }

    /**
     * Refuses a prompt that leaves too little room for an answer.
     *
     * @param promptTokens how many tokens it has
     * @throws TokamakException {@link ErrorCode#PROMPT_TOO_LONG}
     */
    public void checkLength(int promptTokens) {
        if (promptTokens + answer > context) {
            throw tooLong(promptTokens + " tokens");
        }
    }

    /** Clients choose what to do next by the beginning of this message and by the word at its end: both are OpenAI's. */
    private TokamakException tooLong(String found) {
        return new TokamakException(
                ErrorCode.PROMPT_TOO_LONG,
                "This model's maximum context length is " + context + " tokens. However, your prompt has " + found
                        + (answer == 0 ? ". " : ", and the answer needs at least one. ") + reason
                        + "Please reduce the length of the prompt"
                        + " (context_length_exceeded).",
                "prompt",
                null);
    }
}
