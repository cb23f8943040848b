package dev.tokamak.tokenizers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two tokens that become one.
 *
 * @param whole the id of what they become
 * @param cut how long the left one is
 * @param left text of the left one
 * @param right text of the right one
 * @param leftId id of the left one
 * @param rightId id of the right one
 */
record Merge(int whole, int cut, String left, String right, int leftId, int rightId) {
    /** Trying all ways to cut a token takes the square of its length. */
    private static final int LONGEST = 1024;

    /**
     * All pairs of tokens that make a token, for files that have the tokens only.
     *
     * @param ids of the tokens that take part
     * @param file where they come from
     */
    static List<Merge> all(Map<String, Integer> ids, Path file) {
        List<Merge> all = new ArrayList<>();
        ids.forEach((token, id) -> {
            if (token.length() > LONGEST) {
                throw TokenizerFile.broken(
                        file, "has a token of " + token.length() + " characters, expected at most " + LONGEST, null);
            }
            for (int cut = 1; cut < token.length(); cut++) {
                String left = token.substring(0, cut);
                Integer leftId = ids.get(left);
                Integer rightId = leftId == null ? null : ids.get(token.substring(cut));
                if (rightId != null) {
                    all.add(new Merge(id, cut, left, token.substring(cut), leftId, rightId));
                }
            }
        });
        return all;
    }
}
