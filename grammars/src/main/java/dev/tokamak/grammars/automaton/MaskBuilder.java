package dev.tokamak.grammars.automaton;

import dev.tokamak.grammars.tokens.TokenIndex;
import dev.tokamak.grammars.tokens.TokenTrie;
import java.util.ArrayList;
import java.util.List;

/**
 * Works out masks by walking the vocabulary's tree with an automaton. Used by one thread; made for one mask.
 *
 * <p>Implementation notes. As in XGrammar (Dong et al., 2024), what a frame allows is split: tokens that stay within
 * its rule do not depend on the open calls, so they are found once for the frame and shared by all configurations that
 * contain it. A token that leaves the rule does depend on them; the walk notes where it left, and each configuration
 * continues from there. Inside a string nine tokens in ten are plain runs of characters: they are copied from {@link
 * TokenIndex} without a walk.
 */
final class MaskBuilder {
    /** More frames than this are put together once rather than at each use. */
    private static final int MAX_PARTS = 3;

    /**
     * Moves that one mask may look at, a few hundredths of a second. A grammar that needs more at some place still
     * goes on there, but only by tokens of one byte.
     */
    private static final long MAX_WORK = 20_000_000;

    private final TokenIndex vocabulary;
    private final Automaton automaton;
    private final Configuration[] path;
    private final IntList found = new IntList();
    private final long mostWork;

    MaskBuilder(TokenIndex vocabulary, Automaton automaton) {
        this.vocabulary = vocabulary;
        this.automaton = automaton;
        this.mostWork = automaton.work() + MAX_WORK;
        this.path = new Configuration[vocabulary.all().maxDepth() + 1];
    }

    ConfigurationMask mask(Configuration configuration) {
        List<FrameMask> masks = new ArrayList<>();
        FrameMask[] byFrame = new FrameMask[configuration.frames.length];
        for (int i = 0; i < byFrame.length; i++) {
            if (configuration.frames[i].takesBytes) {
                byFrame[i] = mask(configuration.frames[i]);
                if (!byFrame[i].isEmpty() && !masks.contains(byFrame[i])) {
                    masks.add(byFrame[i]);
                }
            }
        }
        found.clear();
        for (int i = 0; i < configuration.frames.length; i++) {
            Frame frame = configuration.frames[i];
            CallStack stack = configuration.stacks[i];
            if (byFrame[i] != null && stack != CallStack.BOTTOM) {
                continueOutside(byFrame[i], automaton.returned(stack));
            }
            for (int token : frame.tokens) {
                found.add(token);
            }
        }
        boolean stuck = masks.isEmpty() && found.isEmpty() && !configuration.accepting;
        if (configuration.accepting || stuck) {
            for (int token : vocabulary.endTokens()) {
                found.add(token);
            }
        }
        int[] others = found.toArray();
        if (others.length > vocabulary.maskWords() / 2) {
            masks.add(row(others));
            others = new int[0];
        }
        ConfigurationMask mask = new ConfigurationMask(merged(masks), others, stuck);
        automaton.used(mask.bytes());
        configuration.mask = mask;
        return mask;
    }

    private void continueOutside(FrameMask mask, Configuration outside) {
        for (int node : mask.exits) {
            walk(mask.trie, node + 1, mask.trie.after(node), mask.trie.depth(node), outside, null);
        }
    }

    private FrameMask[] merged(List<FrameMask> masks) {
        if (masks.size() <= MAX_PARTS) {
            return masks.toArray(new FrameMask[0]);
        }
        int[] words = new int[vocabulary.maskWords()];
        for (FrameMask mask : masks) {
            mask.addTo(words, 0);
        }
        IntList tokens = new IntList();
        for (int token = 0; token < vocabulary.maskSize(); token++) {
            if ((words[token >>> 5] >>> token & 1) != 0) {
                tokens.add(token);
            }
        }
        return new FrameMask[] {row(tokens.toArray())};
    }

    /** Tokens that belong to one configuration only. */
    private FrameMask row(int[] tokens) {
        FrameMask row = new FrameMask(null, tokens, vocabulary.all(), new int[0], vocabulary.maskWords());
        automaton.used(row.bytes());
        return row;
    }

    private FrameMask mask(Frame frame) {
        FrameMask known = frame.mask;
        if (known == null) {
            boolean plain = frame.plainRun > 0;
            TokenTrie trie = plain ? vocabulary.notPlain() : vocabulary.all();
            int[] shared = plain ? vocabulary.plainUpTo(frame.plainRun) : null;
            IntList exits = new IntList();
            found.clear();
            walk(trie, 0, trie.nodes(), 0, automaton.alone(frame), exits);
            known = new FrameMask(shared, found.toArray(), trie, exits.toArray(), vocabulary.maskWords());
            frame.mask = known;
            automaton.used(known.bytes());
        }
        return known;
    }

    private void walk(TokenTrie trie, int from, int to, int baseDepth, Configuration root, IntList exits) {
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
            boolean tooMuch = automaton.work() - mostWork > 0;
            for (int i = trie.firstToken(node), end = trie.firstToken(node + 1); i < end; i++) {
                found.add(trie.token(i));
            }
            if (exits != null && here.accepting && trie.after(node) > node + 1) {
                exits.add(node);
            }
            node = tooMuch ? trie.after(node) : node + 1;
        }
    }
}
