package dev.tokamak.engine.step;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/**
 * Which tokens a request's own fields leave to be drawn. The executor applies the same fields to the logits; here they tell, before
 * the draw or after it has failed, whether they leave anything, and which of them are to blame if they do not. Immutable.
 */
public final class TokenLimits {
    private final SamplingParams params;
    private final int[] endTokens;
    private final int vocabulary;
    private final EnumSet<Field> inUse;

    /** The mask of the allowed tokens, or null if all are. */
    private final int[] allowed;

    /** A field of the request that forbids tokens. */
    private enum Field {
        ALLOWED("allowed_token_ids"),
        BAD_WORDS("bad_words"),
        BIAS("logit_bias"),
        MIN_TOKENS("min_tokens");

        private final String label;

        Field(String label) {
            this.label = label;
        }
    }

    /**
     * A request's limits.
     *
     * @param params the request's
     * @param endTokens held back until there are {@code min_tokens}
     * @param vocabulary token ids
     */
    public TokenLimits(SamplingParams params, int[] endTokens, int vocabulary) {
        this.params = params;
        this.endTokens = endTokens;
        this.vocabulary = vocabulary;
        this.inUse = EnumSet.noneOf(Field.class);
        use(Field.ALLOWED, !params.allowedTokenIds().isEmpty());
        use(Field.BAD_WORDS, !params.badWords().isEmpty());
        use(Field.BIAS, params.logitBias().containsValue(Float.NEGATIVE_INFINITY));
        use(Field.MIN_TOKENS, params.minTokens() > 0 && endTokens.length > 0);
        this.allowed = inUse.contains(Field.ALLOWED) ? maskOf(params.allowedTokenIds()) : null;
    }

    private int[] maskOf(List<Integer> tokens) {
        int[] mask = new int[words()];
        for (int token : tokens) {
            mask[token >>> 5] |= 1 << token;
        }
        return mask;
    }

    private void use(Field field, boolean used) {
        if (used) {
            inUse.add(field);
        }
    }

    /** How many ints a mask has. */
    int words() {
        return (vocabulary + 31) >>> 5;
    }

    /**
     * Why nothing can be drawn next, whatever the model says.
     *
     * @param sequence with its tokens so far
     * @return {@link dev.tokamak.api.ErrorCode#INVALID_REQUEST} with the names of the fields, or null if something can be drawn
     */
    public TokamakException nothingLeft(Sequence sequence) {
        int[] all = new int[words()];
        Arrays.fill(all, -1);
        return inUse.isEmpty() || leaves(sequence, inUse, all) ? null : contradiction(sequence, List.of(), all);
    }

    /**
     * Names what leaves nothing to be drawn: only those of the fields that it takes for that.
     *
     * @param others what made the mask
     * @param mask of which the fields leave nothing; unchanged
     */
    TokamakException contradiction(Sequence sequence, List<String> others, int[] mask) {
        List<String> names = new ArrayList<>(others);
        EnumSet<Field> needed = EnumSet.copyOf(inUse);
        for (Field field : inUse) {
            needed.remove(field);
            if (leaves(sequence, needed, mask)) {
                needed.add(field);
                names.add(field.label);
            }
        }
        String when = sequence.generatedTokens() == 0 ? "" : "at token " + (sequence.generatedTokens() + 1) + ", ";
        String last = names.remove(names.size() - 1);
        String list = names.isEmpty() ? last + " leaves" : String.join(", ", names) + " and " + last + " leave";
        return TokamakException.invalid(last, when + list + " no token that could be drawn");
    }

    private boolean leaves(Sequence sequence, EnumSet<Field> fields, int[] mask) {
        int[] left = mask.clone();
        apply(sequence, fields, left, 0);
        return !isEmpty(left, 0);
    }

    /** Clears the bits of tokens that the fields forbid next. */
    void apply(Sequence sequence, int[] mask, int offset) {
        apply(sequence, inUse, mask, offset);
    }

    private void apply(Sequence sequence, EnumSet<Field> fields, int[] mask, int offset) {
        if (fields.contains(Field.ALLOWED)) {
            for (int word = 0; word < allowed.length; word++) {
                mask[offset + word] &= allowed[word];
            }
        }
        if (fields.contains(Field.BAD_WORDS)) {
            params.badWords().stream()
                    .filter(word -> follows(word, sequence))
                    .forEach(word -> clear(mask, offset, word.get(word.size() - 1)));
        }
        if (fields.contains(Field.BIAS)) {
            params.logitBias().forEach((token, bias) -> {
                if (bias == Float.NEGATIVE_INFINITY) {
                    clear(mask, offset, token);
                }
            });
        }
        if (fields.contains(Field.MIN_TOKENS) && sequence.generatedTokens() < params.minTokens()) {
            for (int token : endTokens) {
                clear(mask, offset, token);
            }
        }
    }

    private void clear(int[] mask, int offset, int token) {
        if (token >= 0 && token < vocabulary) {
            mask[offset + (token >>> 5)] &= ~(1 << token);
        }
    }

    /** Whether the sequence ends with all of a word but its last token. */
    private static boolean follows(List<Integer> word, Sequence sequence) {
        int before = word.size() - 1;
        int from = sequence.length() - before;
        for (int i = 0; i < before; i++) {
            if (from < 0 || sequence.tokens()[from + i] != word.get(i)) {
                return false;
            }
        }
        return before >= 0;
    }

    /** Whether a mask allows no token of the vocabulary. */
    boolean isEmpty(int[] mask, int offset) {
        int whole = vocabulary >>> 5;
        for (int word = 0; word < whole; word++) {
            if (mask[offset + word] != 0) {
                return false;
            }
        }
        int rest = vocabulary & 31;
        return rest == 0 || (mask[offset + whole] & ((1 << rest) - 1)) == 0;
    }
}
