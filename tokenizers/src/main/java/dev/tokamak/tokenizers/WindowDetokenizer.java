package dev.tokamak.tokenizers;

import dev.tokamak.spi.tokenizer.Detokenizer;
import java.util.Arrays;

/**
 * Streams text of decoders in which a token's text depends on its neighbours, through the native library.
 *
 * <p>Implementation notes. A window of tokens is decoded with and without the newest ones, and the difference is new text. The
 * window begins at the tokens of the piece before, so that rules for the beginning of a text apply to both sides and cancel
 * out. A difference that ends in U+FFFD may be part of a character: it is held back until more tokens come.
 */
final class WindowDetokenizer implements Detokenizer {
    private static final int LONGEST_PROMPT_TAIL = 8;
    private static final char REPLACEMENT = '\uFFFD';

    private final TokenText decoder;
    private final boolean skipSpecialTokens;

    private int[] tokens;
    private int size;
    private int pieceStart;
    private int shown;

    WindowDetokenizer(TokenText decoder, boolean skipSpecialTokens, int[] promptTail) {
        this.decoder = decoder;
        this.skipSpecialTokens = skipSpecialTokens;
        int from = Math.max(0, promptTail.length - LONGEST_PROMPT_TAIL);
        size = promptTail.length - from;
        tokens = Arrays.copyOf(Arrays.copyOfRange(promptTail, from, promptTail.length), size + 16);
        shown = size;
    }

    @Override
    public void append(int tokenId, StringBuilder into) {
        if (size == tokens.length) {
            makeRoom();
        }
        tokens[size++] = tokenId;
        String before = decoder.decode(tokens, pieceStart, shown, skipSpecialTokens);
        String after = decoder.decode(tokens, pieceStart, size, skipSpecialTokens);
        if (after.length() > before.length() && after.charAt(after.length() - 1) != REPLACEMENT) {
            into.append(after, before.length(), after.length());
            pieceStart = shown;
            shown = size;
        }
    }

    @Override
    public void finish(StringBuilder into) {
        String before = decoder.decode(tokens, pieceStart, shown, skipSpecialTokens);
        String after = decoder.decode(tokens, pieceStart, size, skipSpecialTokens);
        if (after.length() > before.length()) {
            into.append(after, before.length(), after.length());
        }
        pieceStart = shown;
        shown = size;
    }

    /** Forgets tokens ahead of the window, or grows if the window itself fills the array. */
    private void makeRoom() {
        int live = size - pieceStart;
        int[] target = live > tokens.length / 2 ? new int[tokens.length * 2] : tokens;
        System.arraycopy(tokens, pieceStart, target, 0, live);
        tokens = target;
        size = live;
        shown -= pieceStart;
        pieceStart = 0;
    }
}
