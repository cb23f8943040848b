package dev.tokamak.protocol;

import dev.tokamak.api.Prompt;
import dev.tokamak.protocol.json.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * A field that has prompts: a text, a list of texts, a list of token ids, or a list of lists of token ids.
 *
 * @param name of the field
 * @param prompts at least one
 * @param alone whether the field is no list of prompts, but the one prompt itself
 * @since 0.2
 */
public record PromptField(String name, List<Prompt> prompts, boolean alone) {
    /**
     * Reads the field.
     *
     * @param fields of the whole body; {@code add_special_tokens} says whether the tokenizer's own tokens are added to texts, true unless it is there
     * @param name of the field, which has to be there
     * @param maxPrompts how many it may have
     * @param vocabulary token ids
     * @return what it says
     * @throws ProtocolException 400 if it is absent, something else, or empty
     */
    public static PromptField read(Fields fields, String name, int maxPrompts, int vocabulary) {
        boolean addSpecialTokens = fields.bool("add_special_tokens", true);
        Object value = fields.any(name).orElseThrow(() -> ProtocolException.missing(name));
        if (value instanceof String text) {
            return new PromptField(name, List.of(new Prompt.Text(text, addSpecialTokens)), true);
        }
        if (!(value instanceof List<?> list)) {
            throw Fields.wrongType(name, "a string, a list of strings, or token ids", value);
        }
        if (list.isEmpty()) {
            throw ProtocolException.invalidValue(name, name + " must not be an empty list");
        }
        if (list.get(0) instanceof Number) {
            return new PromptField(name, List.of(tokens(name, list, vocabulary)), true);
        }
        if (list.size() > maxPrompts) {
            throw ProtocolException.invalidValue(
                    name, name + " has " + list.size() + " items, at most " + maxPrompts + " are allowed");
        }
        List<Prompt> prompts = new ArrayList<>();
        for (Object item : list) {
            String path = name + "[" + prompts.size() + "]";
            if (item instanceof String text) {
                prompts.add(new Prompt.Text(text, addSpecialTokens));
            } else if (item instanceof List<?> ids) {
                prompts.add(tokens(path, ids, vocabulary));
            } else {
                throw Fields.wrongType(path, "a string or a list of token ids", item);
            }
        }
        return new PromptField(name, prompts, false);
    }

    private static Prompt tokens(String path, List<?> list, int vocabulary) {
        if (list.isEmpty()) {
            throw ProtocolException.invalidValue(path, path + " must not be an empty list");
        }
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) Fields.whole(path + "[" + i + "]", list.get(i), 0, vocabulary - 1);
        }
        return Prompt.tokens(ids);
    }

    /**
     * Where a prompt is.
     *
     * @param index of the prompt
     * @return such as {@code input[3]}
     */
    public String path(int index) {
        return alone ? name : name + "[" + index + "]";
    }
}
