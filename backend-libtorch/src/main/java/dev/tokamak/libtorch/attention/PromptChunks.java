package dev.tokamak.libtorch.attention;

import java.util.ArrayList;
import java.util.List;

/**
 * The chunks of prompts in a step, in groups whose contexts together fit the memory in which they are gathered. A chunk joins the last
 * group if it fits there, else it begins another, so that a group's chunks stand side by side.
 */
public final class PromptChunks {
    private final int capacity;
    private final List<Group> groups = new ArrayList<>();

    /**
     * Chunks that stand side by side.
     *
     * @param firstRow how many chunks stand before them
     * @param rows how many they are
     * @param firstToken how many tokens the chunks before them have
     * @param tokens of the chunks
     * @param contextTokens of their contexts, the chunks included
     * @param longestChunk tokens
     * @param longestContext tokens
     */
    public record Group(
            int firstRow,
            int rows,
            int firstToken,
            int tokens,
            int contextTokens,
            int longestChunk,
            int longestContext) {
        private Group with(int chunk, int context) {
            return new Group(
                    firstRow,
                    rows + 1,
                    firstToken,
                    tokens + chunk,
                    contextTokens + context,
                    Math.max(longestChunk, chunk),
                    Math.max(longestContext, context));
        }

        private Group next() {
            return new Group(firstRow + rows, 0, firstToken + tokens, 0, 0, 0, 0);
        }
    }

    /**
     * No chunks yet.
     *
     * @param capacity context tokens of a group at most; a longer context is a group of its own
     */
    public PromptChunks(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Adds a chunk.
     *
     * @param chunk its tokens
     * @param context tokens of its sequence up to its last one
     * @return the group that it belongs to, as it is now
     */
    public Group add(int chunk, int context) {
        if (groups.isEmpty()) {
            groups.add(new Group(0, 1, 0, chunk, context, chunk, context));
        } else if (last().contextTokens() + (long) context <= capacity) {
            groups.set(groups.size() - 1, last().with(chunk, context));
        } else {
            groups.add(last().next().with(chunk, context));
        }
        return last();
    }

    private Group last() {
        return groups.get(groups.size() - 1);
    }

    /** In order. */
    public List<Group> groups() {
        return groups;
    }

    public boolean isEmpty() {
        return groups.isEmpty();
    }

    /**
     * Where a group's begins stand among those of all groups, each of which has one more than it has rows: they start at 0 anew.
     *
     * @param group its number
     */
    public int beginsAt(int group) {
        return groups.get(group).firstRow() + group;
    }
}
