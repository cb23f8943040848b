package dev.tokamak.protocol.openai;

import dev.tokamak.api.Prompt;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * How a prompt is cut ({@code truncate_prompt_tokens}, {@code truncation_side}).
 *
 * @param tokens how many are kept at most; -1 for as many as the model's context holds; empty for no cut
 * @param keepEnd whether the end is kept rather than the beginning
 */
record PromptLimit(OptionalInt tokens, boolean keepEnd) {
    static PromptLimit read(Fields fields) {
        OptionalInt tokens = fields.integer("truncate_prompt_tokens", -1, Integer.MAX_VALUE);
        if (tokens.isPresent() && tokens.getAsInt() == 0) {
            throw ProtocolException.invalidValue(
                    "truncate_prompt_tokens", "truncate_prompt_tokens must be -1 or at least 1, got 0");
        }
        String side = fields.string("truncation_side").orElse("left");
        if (!side.equals("left") && !side.equals("right")) {
            throw ProtocolException.invalidValue(
                    "truncation_side", "truncation_side must be left or right, got " + Fields.describe(side));
        }
        return new PromptLimit(tokens, side.equals("left"));
    }

    /**
     * The prompt as the engine gets it. Text stays text unless its tokens are needed here.
     *
     * @param prompt as the client or the template wrote it
     * @param tokensNeeded whether the answer tells the prompt's tokens
     * @param serving the engine's
     * @return the same prompt, or its tokens
     */
    Prompt apply(Prompt prompt, boolean tokensNeeded, Serving serving) {
        if (tokens.isEmpty() && !tokensNeeded) {
            return prompt;
        }
        if (tokens.isEmpty()) {
            return prompt instanceof Prompt.Text text
                    ? Prompt.tokens(withoutSecondBeginning(
                            serving.encoding().encode(text.text(), text.addSpecialTokens()), text, serving))
                    : prompt;
        }
        int context = serving.card().maxModelLen();
        // What is longer than the context is refused by the engine, and its exact length does not matter.
        int most = tokens.getAsInt() < 0 ? context - 1 : Math.min(tokens.getAsInt(), context);
        // One more, of which the second beginning token may be.
        int[] ids = prompt instanceof Prompt.Text text
                ? withoutSecondBeginning(
                        serving.encoding().encode(text.text(), text.addSpecialTokens(), most + 1, keepEnd),
                        text,
                        serving)
                : ((Prompt.Tokens) prompt).tokenIds();
        if (ids.length <= most) {
            return Prompt.tokens(ids);
        }
        return Prompt.tokens(
                keepEnd ? Arrays.copyOfRange(ids, ids.length - most, ids.length) : Arrays.copyOf(ids, most));
    }

    /** As in the engine: a beginning token that the text has already is not added again. */
    static int[] withoutSecondBeginning(int[] ids, Prompt.Text text, Serving serving) {
        boolean doubled = text.addSpecialTokens()
                && ids.length >= 2
                && ids[0] == ids[1]
                && serving.vocabulary().special(ids[0]);
        return doubled ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
    }
}
