package dev.tokamak.grammars;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Works out masks by walking the vocabulary's tree with an automaton. Used by one thread; made for one mask.
 *
 * <p>Implementation notes. As in XGrammar (Dong et al., 2024), what a frame allows is split: tokens that stay within its rule
 * do not depend on the open calls, so they are found once for the frame and shared by all configurations that contain it. A
 * token that leaves the rule does depend on them; the walk notes where it left, and each configuration continues from there.
 */
final class MaskBuilder {
    private final TokenTrie trie;
    private final Automaton automaton;
    private final Configuration[] path;
    private int[] found = new int[256];
    private int foundCount;

    MaskBuilder(TokenTrie trie, Automaton automaton) {
        this.trie = trie;
        this.automaton = automaton;
        this.path = new Configuration[trie.maxDepth() + 1];
    }

    ConfigurationMask mask(Configuration configuration) {
        ConfigurationMask known = configuration.mask;
        if (known != null) {
            return known;
        }
        List<FrameMask> masks = new ArrayList<>();
        for (Frame frame : configuration.frames) {
            if (frame.takesBytes) {
                FrameMask mask = mask(frame);
                if (!masks.contains(mask)) {
                    masks.add(mask);
                }
            }
        }
        foundCount = 0;
        for (int i = 0; i < configuration.frames.length; i++) {
            Frame frame = configuration.frames[i];
            CallStack stack = configuration.stacks[i];
            if (frame.takesBytes && stack != CallStack.BOTTOM) {
                Configuration outside = automaton.returned(stack);
                for (int node : mask(frame).exits) {
                    walk(node + 1, trie.after(node), trie.depth(node), outside, null);
                }
            }
            for (int token : frame.tokens) {
                found(token);
            }
        }
        if (configuration.accepting || configuration.frames.length == 0) {
            for (int token : trie.endTokens()) {
                found(token);
            }
        }
        ConfigurationMask mask = merged(masks, Arrays.copyOf(found, foundCount));
        configuration.mask = mask;
        automaton.used(mask.bytes());
        return mask;
    }

    /** A row that would be OR-ed together from many frames is put together once. */
    private ConfigurationMask merged(List<FrameMask> masks, int[] others) {
        if (masks.size() <= 3) {
            return new ConfigurationMask(masks.toArray(new FrameMask[0]), others);
        }
        int[] row = new int[trie.maskWords()];
        for (FrameMask mask : masks) {
            mask.addTo(row, 0);
        }
        foundCount = 0;
        for (int token = 0; token < trie.maskSize(); token++) {
            if ((row[token >>> 5] >>> token & 1) != 0) {
                found(token);
            }
        }
        FrameMask whole = new FrameMask(Arrays.copyOf(found, foundCount), new int[0], trie.maskWords());
        automaton.used(whole.bytes());
        return new ConfigurationMask(new FrameMask[] {whole}, others);
    }

    private FrameMask mask(Frame frame) {
        FrameMask known = frame.mask;
        if (known == null) {
            foundCount = 0;
            Exits exits = new Exits();
            walk(0, trie.nodes(), 0, automaton.alone(frame), exits);
            known = new FrameMask(Arrays.copyOf(found, foundCount), exits.toArray(), trie.maskWords());
            frame.mask = known;
            automaton.used(known.bytes());
        }
        return known;
    }

    /** Nodes at which a rule ended although longer tokens follow. */
    private static final class Exits {
        private int[] nodes = new int[16];
        private int count;

        void add(int node) {
            if (count == nodes.length) {
                nodes = Arrays.copyOf(nodes, count * 2);
            }
            nodes[count++] = node;
        }

        int[] toArray() {
            return Arrays.copyOf(nodes, count);
        }
    }

    private void found(int token) {
        if (foundCount == found.length) {
            found = Arrays.copyOf(found, foundCount * 2);
        }
        found[foundCount++] = token;
    }

    private void walk(int from, int to, int baseDepth, Configuration root, Exits exits) {
        path[0] = root;
        int node = from;
        while (node < to) {
            int level = trie.depth(node) - baseDepth;
            Configuration here = automaton.step(path[level - 1], trie.label(node));
            if (here == Configuration.DEAD) {
                node = trie.after(node);
                continue;
            }
            path[level] = here;
            for (int i = trie.firstToken(node), end = trie.firstToken(node + 1); i < end; i++) {
                found(trie.token(i));
            }
            if (exits != null && here.accepting && trie.after(node) > node + 1) {
                exits.add(node);
            }
            node++;
        }
    }
}
