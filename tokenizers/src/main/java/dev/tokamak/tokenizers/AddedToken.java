package dev.tokamak.tokenizers;

import jakarta.json.Json;
import jakarta.json.JsonObject;

/**
 * A token that is looked for in text before the model sees it.
 *
 * @param content what is looked for
 * @param singleWord only where no word goes on at either side
 * @param lstrip together with the white space before it
 * @param rstrip together with the white space behind it
 * @param normalized in normalised text, and by its own normalised content
 * @param special left out of text that people read
 */
record AddedToken(
        String content, boolean singleWord, boolean lstrip, boolean rstrip, boolean normalized, boolean special) {

    /** One whose flags nobody has set, but that has a role. */
    static AddedToken special(String content) {
        return new AddedToken(content, false, false, false, false, true);
    }

    /** An entry with flags; where {@code normalized} is absent, special tokens are not. */
    static AddedToken of(JsonObject entry) {
        boolean special = entry.getBoolean("special", false);
        return new AddedToken(
                entry.getString("content"),
                entry.getBoolean("single_word", false),
                entry.getBoolean("lstrip", false),
                entry.getBoolean("rstrip", false),
                entry.getBoolean("normalized", !special),
                special);
    }

    AddedToken asSpecial() {
        return new AddedToken(content, singleWord, lstrip, rstrip, normalized, true);
    }

    /** As {@code tokenizer.json} lists it. */
    JsonObject json(int id) {
        return Json.createObjectBuilder()
                .add("id", id)
                .add("content", content)
                .add("single_word", singleWord)
                .add("lstrip", lstrip)
                .add("rstrip", rstrip)
                .add("normalized", normalized)
                .add("special", special)
                .build();
    }
}
