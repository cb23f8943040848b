package dev.tokamak.grammars.automaton;

import dev.tokamak.grammars.nfa.Nfa;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A pushdown automaton that is made deterministic while it is used.
 *
 * <p>Implementation notes. Within a rule, the subset construction turns sets of {@link Nfa} states into {@link
 * Frame}s, so that regular parts cost one table look-up for each byte. Calls keep a stack of return frames; where a
 * grammar is ambiguous across calls, several stacks are followed at once as one {@link Configuration}. Frames, stacks
 * and configurations are interned, and a configuration's moves are cached, so a text walks a graph that is built as
 * far as texts have gone. A call whose return frame only ends is not pushed, which makes right recursion take constant
 * space. Left recursion is refused before, so entering calls ends. An ambiguous configuration keeps {@link
 * #MAX_FRAMES} frames; each kept one can be finished, so dropping others loses texts but never allows a wrong one.
 *
 * <p>Memory. When what was interned exceeds the limit, the tables are dropped and grow again; states in use keep the
 * objects they hold, which stay valid but forget where they lead to, so that nothing old is kept alive beyond what is
 * in use.
 *
 * <p>Threads. Any number. A cached move is read without a lock: the objects are immutable but for caches, so a racing
 * reader sees null, and takes the lock, or a whole object. All building happens under the lock.
 *
 * <p>A long class, since all that is built is built under its one lock.
 */
public final class Automaton {
    static final int MAX_FRAMES = 128;

    private final Nfa nfa;
    private final long cacheBytes;
    private final byte[] classOf = new byte[256];
    private final int[] byteOf;
    private final int[] seen;
    private final Set<Integer> seenCounted = new HashSet<>();
    private int round;
    private int[] reached = new int[64];
    private int reachedCount;
    private int[] kept = new int[64];
    private int keptCount;
    private int nextId = 1;
    private long usedBytes;
    private volatile long work;
    private Map<Ints, Frame> frames = new HashMap<>();
    private Map<Long, CallStack> stacks = new HashMap<>();
    private Map<Ints, Configuration> configurations = new HashMap<>();
    private Frame[] starts;
    private final Configuration start;

    /** An array as a key. */
    private record Ints(int[] values) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Ints && Arrays.equals(values, ((Ints) other).values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }
    }

    public Automaton(Nfa nfa, long cacheBytes) {
        this.nfa = nfa;
        this.cacheBytes = cacheBytes;
        this.seen = new int[nfa.states()];
        this.starts = new Frame[nfa.rules()];
        this.byteOf = classes();
        synchronized (this) {
            Closing closing = new Closing();
            closing.enter(startOf(0), CallStack.BOTTOM);
            this.start = closing.configuration();
        }
    }

    /** Bytes that every move treats alike are one class. */
    private int[] classes() {
        BitSet cuts = new BitSet();
        cuts.set(0);
        nfa.cuts(cuts);
        cuts.clear(256);
        int[] representatives = cuts.stream().toArray();
        for (int b = 0, c = -1; b < 256; b++) {
            if (cuts.get(b)) {
                c++;
            }
            classOf[b] = (byte) c;
        }
        return representatives;
    }

    Configuration start() {
        return start;
    }

    /** The byte that must come next, or -1 if there are several, a special token is possible, or the text may end. */
    int onlyByte(Configuration from) {
        int known = from.onlyByte;
        if (known == Configuration.UNKNOWN) {
            known = findOnlyByte(from);
            from.onlyByte = known;
        }
        return known;
    }

    private int findOnlyByte(Configuration from) {
        if (from.accepting) {
            return -1;
        }
        for (Frame frame : from.frames) {
            if (frame.tokens.length > 0) {
                return -1;
            }
        }
        int only = -1;
        for (int c = 0; c < byteOf.length; c++) {
            int first = byteOf[c];
            if (step(from, (byte) first) != Configuration.DEAD) {
                int behind = c + 1 < byteOf.length ? byteOf[c + 1] : 256;
                if (only >= 0 || behind > first + 1) {
                    return -1;
                }
                only = first;
            }
        }
        return only;
    }

    /** The configuration after a byte, {@link Configuration#DEAD} if there is none. */
    Configuration step(Configuration from, byte b) {
        if (from.frames.length == 0) {
            return Configuration.DEAD;
        }
        int c = classOf[b & 0xFF] & 0xFF;
        Configuration to = from.next[c];
        return to != null ? to : stepSlowly(from, c);
    }

    private synchronized Configuration stepSlowly(Configuration from, int c) {
        if (from.frames.length == 1 && from.frames[0].takesBytes) {
            Frame only = next(from.frames[0], c);
            if (only == null
                    || only.calls.length == 0 && !only.accepting && (only.takesBytes || only.tokens.length > 0)) {
                Configuration to =
                        only == null ? Configuration.DEAD : intern(List.of(only), List.of(from.stacks[0]), false);
                from.next[c] = to;
                return to;
            }
        }
        Closing closing = new Closing();
        for (int i = 0; i < from.frames.length; i++) {
            Frame next = from.frames[i].takesBytes ? next(from.frames[i], c) : null;
            if (next != null) {
                closing.enter(next, from.stacks[i]);
            }
        }
        Configuration to = closing.configuration();
        from.next[c] = to;
        return to;
    }

    /** The configuration after a special token. */
    synchronized Configuration stepToken(Configuration from, int token) {
        Closing closing = new Closing();
        for (int i = 0; i < from.frames.length; i++) {
            Frame frame = from.frames[i];
            int at = Arrays.binarySearch(frame.tokens, token);
            if (at >= 0) {
                if (frame.tokenTargets[at] == null) {
                    frame.tokenTargets[at] = targets(frame, Nfa.TOKEN, token);
                }
                closing.enter(frame.tokenTargets[at], from.stacks[i]);
            }
        }
        return closing.configuration();
    }

    /** The configuration after a stack's innermost call has returned. */
    Configuration returned(CallStack stack) {
        Configuration known = stack.returned;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            Closing closing = new Closing();
            closing.enter(stack.returnTo, stack.outer);
            stack.returned = closing.configuration();
            return stack.returned;
        }
    }

    /** A frame alone, as if no call were open: it accepts where its rule ends. */
    synchronized Configuration alone(Frame frame) {
        return intern(List.of(frame), List.of(CallStack.BOTTOM), false);
    }

    /** Counts memory that was cached elsewhere, such as masks. */
    synchronized void used(long bytes) {
        usedBytes += bytes;
        if (usedBytes > cacheBytes) {
            usedBytes = 0;
            frames.values().forEach(Frame::forget);
            stacks.values().forEach(CallStack::forget);
            configurations.values().forEach(Configuration::forget);
            frames = new HashMap<>();
            stacks = new HashMap<>();
            configurations = new HashMap<>();
            starts = new Frame[nfa.rules()];
            start.forget();
        }
    }

    /** About how much memory the automaton takes, with what it has cached. */
    synchronized long bytes() {
        return usedBytes + nfa.bytes();
    }

    /** How many moves were looked at so far, a measure of time that does not depend on the machine. */
    long work() {
        return work;
    }

    /** Enters calls and leaves ended rules until every frame takes something. Used under the lock. */
    private final class Closing {
        private final Set<Long> entered = new HashSet<>();
        private final List<Frame> pendingFrames = new ArrayList<>();
        private final List<CallStack> pendingStacks = new ArrayList<>();
        private final List<Frame> taking = new ArrayList<>();
        private final List<CallStack> takingStacks = new ArrayList<>();
        private boolean accepting;

        void enter(Frame frame, CallStack stack) {
            if (entered.size() < 64 * MAX_FRAMES && entered.add((long) frame.id << 32 | stack.id)) {
                pendingFrames.add(frame);
                pendingStacks.add(stack);
            }
        }

        Configuration configuration() {
            while (!pendingFrames.isEmpty()) {
                Frame frame = pendingFrames.remove(pendingFrames.size() - 1);
                CallStack stack = pendingStacks.remove(pendingStacks.size() - 1);
                if ((frame.takesBytes || frame.tokens.length > 0) && taking.size() < MAX_FRAMES) {
                    taking.add(frame);
                    takingStacks.add(stack);
                }
                if (frame.accepting) {
                    if (stack == CallStack.BOTTOM) {
                        accepting = true;
                    } else {
                        enter(stack.returnTo, stack.outer);
                    }
                }
                for (int i = 0; i < frame.calls.length; i++) {
                    if (frame.returns[i] == null) {
                        frame.returns[i] = targets(frame, Nfa.CALL, frame.calls[i]);
                    }
                    Frame back = frame.returns[i];
                    enter(startOf(frame.calls[i]), back.onlyEnds() ? stack : push(back, stack));
                }
            }
            if (taking.isEmpty() && !accepting) {
                return Configuration.DEAD;
            }
            return intern(taking, takingStacks, accepting);
        }
    }

    private CallStack push(Frame returnTo, CallStack outer) {
        long key = (long) returnTo.id << 32 | outer.id;
        CallStack stack = stacks.get(key);
        if (stack == null) {
            stack = new CallStack(nextId++, returnTo, outer);
            stacks.put(key, stack);
            usedBytes += 96;
        }
        return stack;
    }

    private Configuration intern(List<Frame> taking, List<CallStack> takingStacks, boolean accepting) {
        int n = taking.size();
        int[] key = new int[2 * n + 1];
        long[] order = new long[n];
        for (int i = 0; i < n; i++) {
            order[i] = (long) taking.get(i).id << 32 | takingStacks.get(i).id;
        }
        Arrays.sort(order);
        for (int i = 0; i < n; i++) {
            key[2 * i] = (int) (order[i] >> 32);
            key[2 * i + 1] = (int) order[i];
        }
        key[2 * n] = accepting ? 1 : 0;
        Configuration known = configurations.get(new Ints(key));
        if (known == null) {
            known = new Configuration(
                    taking.toArray(new Frame[0]), takingStacks.toArray(new CallStack[0]), accepting, byteOf.length);
            configurations.put(new Ints(key), known);
            used(160 + 24L * n + 4L * byteOf.length);
        }
        return known;
    }

    private Frame startOf(int rule) {
        Frame known = starts[rule];
        if (known == null) {
            collect();
            reach(nfa.start(rule));
            known = collected();
            // Read again: what was collected may have filled the cache, and the table was replaced.
            starts[rule] = known;
        }
        return known;
    }

    /** The frame after a byte, or null. */
    private Frame next(Frame frame, int c) {
        Frame known = frame.next[c];
        if (known == null) {
            known = targets(frame, Nfa.BYTES, byteOf[c]);
            frame.next[c] = known;
        }
        return known.states.length == 0 ? null : known;
    }

    /** The frame after a byte, the return of a rule or a special token; one without states if there is none. */
    private Frame targets(Frame frame, int kind, int value) {
        collect();
        int looked = 0;
        for (int state : frame.states) {
            for (int edge = nfa.firstEdge(state); edge >= 0; edge = nfa.nextEdge(edge)) {
                looked++;
                if (nfa.kind(edge) != kind || !nfa.passable(edge)) {
                    continue;
                }
                boolean matches = kind == Nfa.BYTES
                        ? nfa.low(edge) <= value && value <= nfa.high(edge)
                        : nfa.value(edge) == value;
                if (matches) {
                    reach(nfa.target(edge));
                }
            }
        }
        addWork(looked);
        return collected();
    }

    /** Under the lock, so that no other thread writes. */
    private void addWork(int moves) {
        work = work + moves;
    }

    private void collect() {
        round++;
        seenCounted.clear();
        reachedCount = 0;
        keptCount = 0;
    }

    /** Adds a state and what empty moves lead to from it. */
    private void reach(int first) {
        mark(first);
        int looked = 0;
        while (reachedCount > 0) {
            int state = reached[--reachedCount];
            boolean keep = nfa.isEnd(state);
            for (int edge = nfa.firstEdge(state); edge >= 0; edge = nfa.nextEdge(edge)) {
                if (!nfa.passable(edge)) {
                    continue;
                }
                if (nfa.kind(edge) == Nfa.EMPTY) {
                    mark(nfa.target(edge));
                } else {
                    keep = true;
                }
            }
            looked++;
            if (keep) {
                if (keptCount == kept.length) {
                    kept = Arrays.copyOf(kept, keptCount * 2);
                }
                kept[keptCount++] = state;
            }
        }
        addWork(looked);
    }

    private void mark(int state) {
        boolean fresh = Nfa.written(state) ? seen[state] != round : !seenCounted.contains(state);
        if (fresh && nfa.alive(state)) {
            if (Nfa.written(state)) {
                seen[state] = round;
            } else {
                seenCounted.add(state);
            }
            if (reachedCount == reached.length) {
                reached = Arrays.copyOf(reached, reachedCount * 2);
            }
            reached[reachedCount++] = state;
        }
    }

    private Frame collected() {
        int[] states = Arrays.copyOf(kept, keptCount);
        Arrays.sort(states);
        Frame known = frames.get(new Ints(states));
        if (known != null) {
            return known;
        }
        boolean accepting = false;
        boolean takesBytes = false;
        int plainRun = 0;
        int runs = 0;
        int others = 0;
        BitSet calls = new BitSet();
        BitSet tokens = new BitSet();
        for (int state : states) {
            accepting |= nfa.isEnd(state);
            runs += nfa.plainRun(state) > 0 ? 1 : 0;
            plainRun = Math.max(plainRun, nfa.plainRun(state));
            for (int edge = nfa.firstEdge(state); edge >= 0; edge = nfa.nextEdge(edge)) {
                if (!nfa.passable(edge)) {
                    continue;
                }
                switch (nfa.kind(edge)) {
                    case Nfa.BYTES -> {
                        takesBytes = true;
                        others += nfa.plainRun(state) > 0 || nfa.low(edge) == '"' && nfa.high(edge) == '"' ? 0 : 1;
                    }
                    case Nfa.CALL -> calls.set(nfa.value(edge));
                    case Nfa.TOKEN -> tokens.set(nfa.value(edge));
                    default -> {}
                }
            }
        }
        boolean exact = runs == 1 && others == 0 && calls.isEmpty();
        if (plainRun < Integer.MAX_VALUE && !exact) {
            plainRun = 0;
        }
        int[] called = calls.stream().toArray();
        int[] allowed = tokens.stream().toArray();
        Frame frame = new Frame(nextId++, states, accepting, takesBytes, plainRun, called, allowed, byteOf.length);
        frames.put(new Ints(states), frame);
        used(160 + 8L * states.length + (takesBytes ? 4L * byteOf.length : 0));
        return frame;
    }
}
