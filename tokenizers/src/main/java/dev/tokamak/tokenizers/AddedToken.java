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
 * @param inNormalized whether in normalised text, and by its own normalised content; null if nobody said: then special ones are not
 * @param special left out of text that people read
 */
record AddedToken(
        String content, boolean singleWord, boolean lstrip, boolean rstrip, Boolean inNormalized, boolean special) {

    /** One whose flags nobody has set, but that has a role. */
    static AddedToken special(String content) {
        return new AddedToken(content, false, false, false, false, true);
    }

    static AddedToken of(JsonObject entry) {
        return new AddedToken(
                entry.getString("content"),
                entry.getBoolean("single_word", false),
                entry.getBoolean("lstrip", false),
                entry.getBoolean("rstrip", false),
                entry.containsKey("normalized") ? Boolean.valueOf(entry.getBoolean("normalized", true)) : null,
                entry.getBoolean("special", false));
    }

    boolean normalized() {
        return inNormalized == null ? !special : inNormalized;
    }

    AddedToken asSpecial() {
        return new AddedToken(content, singleWord, lstrip, rstrip, inNormalized, true);
    }

    /** The same with all said. */
    AddedToken settled() {
        return new AddedToken(content, singleWord, lstrip, rstrip, normalized(), special);
    }

    /** As {@code tokenizer.json} lists it. */
    JsonObject json(int id) {
        return Json.createObjectBuilder()
                .add("id", id)
                .add("content", content)
                .add("single_word", singleWord)
                .add("lstrip", lstrip)
                .add("rstrip", rstrip)
                .add("normalized", normalized())
                .add("special", special)
                .build();
    }
}
