package dev.tokamak.protocol.pooling;

import dev.tokamak.api.Prompt;
import dev.tokamak.api.TokamakException;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * How a text is cut ({@code truncate_prompt_tokens}, {@code truncation_side}). Unlike a prompt that is continued, a text keeps its
 * beginning unless asked otherwise, and the tokens that the tokenizer puts around it.
 *
 * @param field that says how many tokens are kept
 * @param sideField that says which end is kept
 * @param tokens how many are kept at most; -1 for as many as the model's context holds; empty for no cut
 * @param keepEnd whether the end is kept rather than the beginning
 */
record TextCut(String field, String sideField, OptionalInt tokens, boolean keepEnd) {
    static TextCut read(Fields fields) {
        String field = "truncate_prompt_tokens";
        OptionalInt tokens = fields.integer(field, -1, Integer.MAX_VALUE);
        if (tokens.isPresent() && tokens.getAsInt() == 0) {
            throw ProtocolException.invalidValue(field, field + " must be -1 or at least 1, got 0");
        }
        String side = fields.string("truncation_side").orElse("right");
        if (!side.equals("left") && !side.equals("right")) {
            throw ProtocolException.invalidValue(
                    "truncation_side", "truncation_side must be left or right, got " + Fields.describe(side));
        }
        return new TextCut(field, "truncation_side", tokens, side.equals("left"));
    }

    /** How many tokens are kept, or empty for all. */
    OptionalInt most(PooledModel model) {
        int context = model.card().maxModelLen();
        return tokens.isEmpty()
                ? tokens
                : OptionalInt.of(tokens.getAsInt() < 0 ? context : Math.min(tokens.getAsInt(), context));
    }

    /**
     * The tokens of a text.
     *
     * @param prompt as the client wrote it
     * @param path where it is
     * @param model whose tokens they are
     * @return as many as fit
     * @throws ProtocolException 400 if they are too many and are not to be cut
     */
    int[] tokens(Prompt prompt, String path, PooledModel model) {
        try {
            int[] ids = most(model).isEmpty()
                    ? whole(prompt, model)
                    : cut(prompt, model, most(model).getAsInt());
            model.encoding().checkLength(ids.length);
            if (ids.length == 0) {
                throw ProtocolException.invalidValue(path, path + " has no tokens");
            }
            return ids;
        } catch (TokamakException e) {
            throw ProtocolException.of(new TokamakException(e.code(), e.getMessage(), path, e));
        }
    }

    private static int[] whole(Prompt prompt, PooledModel model) {
        return prompt instanceof Prompt.Text text
                ? model.encoding().encode(text.text(), text.addSpecialTokens())
                : ((Prompt.Tokens) prompt).tokenIds();
    }

    private int[] cut(Prompt prompt, PooledModel model, int most) {
        if (prompt instanceof Prompt.Text text && text.addSpecialTokens()) {
            int room = most - model.around().length();
            if (room < 0) {
                throw ProtocolException.invalidValue(
                        field,
                        field + " must be at least " + model.around().length()
                                + ", which is how many tokens the tokenizer puts around a text; got " + most);
            }
            int[] ids = end(model.encoding().encode(text.text(), false, room + 1, keepEnd), room);
            return model.around().around(ids);
        }
        int[] ids = prompt instanceof Prompt.Text text
                ? model.encoding().encode(text.text(), false, most + 1, keepEnd)
                : ((Prompt.Tokens) prompt).tokenIds();
        return end(ids, most);
    }

    private int[] end(int[] ids, int most) {
        if (ids.length <= most) {
            return ids;
        }
        return keepEnd ? Arrays.copyOfRange(ids, ids.length - most, ids.length) : Arrays.copyOf(ids, most);
    }
}
