package dev.tokamak.libtorch.cuda;

import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.TokenList;
import java.util.Arrays;
import java.util.List;

/**
 * What a slot's sampling looks up on the device, as one array of ints: biased tokens and their biases, end tokens, bad words, the mask of
 * allowed tokens, the newest tokens for bad words, and last the tokens to be counted for penalties.
 */
final class SlotLists {
    /** An allowed-tokens mask that is not there. */
    static final int NONE = -1;

    final int biases;
    final int endsAt;
    final int ends;
    final int badWordsAt;
    final int badWords;
    final int allowedAt;
    final int historyAt;
    final int historyMask;
    final int promptAt;
    final int prompt;
    final int outputAt;
    final int output;

    private int[] ints;
    private int size;

    /**
     * @param state how the slot samples
     * @param vocabulary tokens outside of it are left out where they would be looked up
     */
    SlotLists(SamplingState state, int vocabulary) {
        TokenList biased = state.biasTokens();
        ints = new int[64];
        for (int i = 0; i < biased.length(); i++) {
            if (biased.get(i) >= 0 && biased.get(i) < vocabulary) {
                add(biased.get(i));
            }
        }
        biases = size;
        for (int i = 0; i < biased.length(); i++) {
            if (biased.get(i) >= 0 && biased.get(i) < vocabulary) {
                add(Float.floatToRawIntBits(state.bias(i)));
            }
        }
        endsAt = size;
        ends = state.endTokens().length();
        addAll(state.endTokens());
        List<TokenList> words =
                state.badWords().stream().filter(word -> !word.isEmpty()).toList();
        badWordsAt = size;
        badWords = words.size();
        int start = 0;
        for (TokenList word : words) {
            add(start);
            start += word.length();
        }
        add(start);
        words.forEach(this::addAll);
        allowedAt = state.allowedTokens().isEmpty() ? NONE : size;
        if (allowedAt != NONE) {
            allow(state.allowedTokens(), vocabulary);
        }
        int longest = words.stream().mapToInt(TokenList::length).max().orElse(0);
        historyAt = size;
        historyMask = longest == 0 ? 0 : Integer.highestOneBit(longest) * 2 - 1;
        if (longest > 0) {
            remember(state.promptTokens(), state.outputTokens());
        }
        promptAt = size;
        prompt = state.penalised() ? state.promptTokens().length() : 0;
        outputAt = promptAt + prompt;
        output = state.penalised() ? state.outputTokens().length() : 0;
        if (state.penalised()) {
            addAll(state.promptTokens());
            addAll(state.outputTokens());
        }
    }

    private void room(int more) {
        if (size + more > ints.length) {
            ints = Arrays.copyOf(ints, Math.max(size + more, 2 * ints.length));
        }
    }

    private void add(int value) {
        room(1);
        ints[size++] = value;
    }

    private void addAll(TokenList tokens) {
        room(tokens.length());
        tokens.copyTo(ints, size);
        size += tokens.length();
    }

    private void allow(TokenList tokens, int vocabulary) {
        int words = (vocabulary + 31) >>> 5;
        room(words);
        for (int i = 0; i < tokens.length(); i++) {
            int token = tokens.get(i);
            if (token >= 0 && token < vocabulary) {
                ints[size + (token >>> 5)] |= 1 << token;
            }
        }
        size += words;
    }

    /** Token number {@code i} of the sequence goes to place {@code i & historyMask}. */
    private void remember(TokenList first, TokenList then) {
        int length = first.length() + then.length();
        room(historyMask + 1);
        for (int i = Math.max(0, length - historyMask - 1); i < length; i++) {
            ints[size + (i & historyMask)] = i < first.length() ? first.get(i) : then.get(i - first.length());
        }
        size += historyMask + 1;
    }

    /** Whether there is a history to be kept up. */
    boolean remembers() {
        return badWords > 0;
    }

    /** The ints; shared, only the first {@link #size} count. */
    int[] ints() {
        return ints;
    }

    int size() {
        return size;
    }
}
