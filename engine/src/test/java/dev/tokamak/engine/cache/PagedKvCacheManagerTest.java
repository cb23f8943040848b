package dev.tokamak.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PagedKvCacheManagerTest {
    private static final int BLOCK = 4;
    private static final List<KvGroup> FULL = List.of(KvGroup.full(8));
    private static final KvGroup WINDOW = KvGroup.window(6, 8);

    private final PrefixKeys keys = PrefixKeys.seeded(1, BLOCK);

    private static PagedKvCacheManager manager(int blocks) {
        return new PagedKvCacheManager(FULL, blocks, BLOCK, true);
    }

    private static int[] blocks(Sequence sequence, int group) {
        BlockTable table = (BlockTable) sequence.cacheState();
        int[] held = new int[table.length];
        System.arraycopy(table.blocks[group], 0, held, 0, table.length);
        return held;
    }

    private static void compute(PagedKvCacheManager manager, Sequence sequence, int tokens) {
        assertThat(manager.ensure(sequence, tokens)).isTrue();
        manager.commit(sequence, tokens);
    }

    @Test
    void sharesTheFullBlocksOfAnEqualPrefix() {
        PagedKvCacheManager manager = manager(16);
        Sequence first = Sequences.keyed(keys, 1, Sequences.counting(10));
        compute(manager, first, 10);
        Sequence second = Sequences.keyed(keys, 2, Sequences.counting(11));

        assertThat(manager.attachCachedPrefix(second)).isEqualTo(8);
        assertThat(blocks(second, 0)).isEqualTo(new int[] {blocks(first, 0)[0], blocks(first, 0)[1]});
        assertThat(manager.prefixHits()).isEqualTo(8);
    }

    @Test
    void leavesAtLeastOneTokenToCompute() {
        PagedKvCacheManager manager = manager(16);
        compute(manager, Sequences.keyed(keys, 1, Sequences.counting(8)), 8);

        assertThat(manager.attachCachedPrefix(Sequences.keyed(keys, 2, Sequences.counting(8))))
                .isEqualTo(4);
    }

    @Test
    void doesNotShareWhatIsNotCommitted() {
        PagedKvCacheManager manager = manager(16);
        Sequence first = Sequences.keyed(keys, 1, Sequences.counting(10));
        manager.ensure(first, 10);

        assertThat(manager.attachCachedPrefix(Sequences.keyed(keys, 2, Sequences.counting(10))))
                .isZero();
    }

    @Test
    void findsAPrefixAfterItsSequenceHasEnded() {
        PagedKvCacheManager manager = manager(16);
        Sequence first = Sequences.keyed(keys, 1, Sequences.counting(10));
        compute(manager, first, 10);
        manager.release(first);

        assertThat(manager.freeBlocks()).isEqualTo(16);
        assertThat(manager.attachCachedPrefix(Sequences.keyed(keys, 2, Sequences.counting(10))))
                .isEqualTo(8);
        assertThat(manager.freeBlocks()).isEqualTo(14);
    }

    @Test
    void evictsTheEndOfAnOldPrefixFirst() {
        PagedKvCacheManager manager = manager(4);
        Sequence first = Sequences.keyed(keys, 1, Sequences.counting(16));
        compute(manager, first, 16);
        manager.release(first);
        manager.ensure(Sequences.of(2, 99), 4);

        assertThat(manager.attachCachedPrefix(Sequences.keyed(keys, 3, Sequences.counting(17))))
                .isEqualTo(12);
    }

    @Test
    void changesNothingWhenTooFewBlocksAreFree() {
        PagedKvCacheManager manager = manager(3);
        Sequence sequence = Sequences.of(1, 5);
        manager.ensure(sequence, 4);

        assertThat(manager.ensure(sequence, 17)).isFalse();
        assertThat(manager.freeBlocks()).isEqualTo(2);
    }

    @Test
    void forgetsCachedPrefixesOnReset() {
        PagedKvCacheManager manager = manager(8);
        Sequence first = Sequences.keyed(keys, 1, Sequences.counting(8));
        compute(manager, first, 8);
        manager.release(first);
        manager.resetPrefixCache();

        assertThat(manager.attachCachedPrefix(Sequences.keyed(keys, 2, Sequences.counting(9))))
                .isZero();
    }

    @Test
    void writesOnlyNewBlocksUnlessTheSlotIsNew() {
        PagedKvCacheManager manager = manager(8);
        Sequence sequence = Sequences.of(1, Sequences.counting(4));
        StepPlan plan = new StepPlan();
        plan.begin(1);
        plan.addRow(1, 0, StepPlan.FLAG_NEW_SLOT, 0, 0);
        manager.ensure(sequence, 8);
        manager.writeBlocks(sequence, plan, true);
        plan.addRow(1, 0, 0, 8, 0);
        manager.ensure(sequence, 9);
        manager.writeBlocks(sequence, plan, false);
        List<String> changes = new ArrayList<>();
        for (int row = 0; row < 2; row++) {
            plan.forEachBlockChange(row, (group, start, ids, from, count) -> changes.add(start + "+" + count));
        }

        assertThat(changes).containsExactly("0+2", "2+1");
    }

    @Test
    void givesBackBlocksBehindASlidingWindow() {
        PagedKvCacheManager manager = new PagedKvCacheManager(List.of(WINDOW), 16, BLOCK, true);
        Sequence sequence = Sequences.of(1, Sequences.counting(20));
        compute(manager, sequence, 20);

        // The next token, at position 20, sees positions 15 to 20: blocks 3 and 4.
        assertThat(manager.freeBlocks()).isEqualTo(14);
        assertThat(blocks(sequence, 0)).startsWith(-1, -1, -1).hasSize(5);
    }

    @Test
    void findsAPrefixThatASlidingWindowStillCovers() {
        PagedKvCacheManager manager = new PagedKvCacheManager(List.of(FULL.get(0), WINDOW), 32, BLOCK, true);
        Sequence first = Sequences.keyed(keys, 1, Sequences.counting(20));
        compute(manager, first, 20);
        Sequence longer = Sequences.keyed(keys, 2, Sequences.counting(22));

        assertThat(manager.attachCachedPrefix(longer)).isEqualTo(20);
        assertThat(blocks(longer, 1)).startsWith(-1, -1, -1);
        assertThat(blocks(longer, 1)[4]).isEqualTo(blocks(first, 1)[4]);
    }

    @Test
    void neverSharesAPrefixWhoseWindowIsGone() {
        PagedKvCacheManager manager = new PagedKvCacheManager(List.of(FULL.get(0), WINDOW), 13, BLOCK, true);
        Sequence first = Sequences.keyed(keys, 1, Sequences.counting(20));
        compute(manager, first, 20);
        manager.release(first);
        Sequence other = Sequences.of(2, 7);
        compute(manager, other, 12);
        Sequence shorter = Sequences.keyed(keys, 3, Sequences.counting(13));

        int attached = manager.attachCachedPrefix(shorter);
        for (int position = Math.max(0, attached - 5); position < attached; position++) {
            assertThat(blocks(shorter, 1)[position / BLOCK]).isGreaterThanOrEqualTo(0);
        }
    }

    @Test
    void knowsWhatCouldNeverFit() {
        PagedKvCacheManager full = manager(4);
        PagedKvCacheManager windowed = new PagedKvCacheManager(List.of(WINDOW), 4, BLOCK, true);

        assertThat(full.couldFit(16)).isTrue();
        assertThat(full.couldFit(17)).isFalse();
        assertThat(windowed.couldFit(1000)).isTrue();
    }

    @Property(tries = 300)
    void neverOwnsABlockTwiceAndNeverLosesOne(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 40) int blocks, @ForAll boolean windowed) {
        List<KvGroup> groups = windowed ? List.of(FULL.get(0), WINDOW) : FULL;
        PagedKvCacheManager manager = new PagedKvCacheManager(groups, blocks, BLOCK, true);
        Random random = new Random(seed);
        Map<Sequence, Integer> computed = new HashMap<>();
        for (int step = 0; step < 120; step++) {
            if (computed.isEmpty() || random.nextInt(3) == 0) {
                begin(manager, random, step, computed);
            } else {
                List<Sequence> live = new ArrayList<>(computed.keySet());
                goOnOrEnd(manager, random, live.get(random.nextInt(live.size())), computed);
            }
            assertOwnership(manager, groups.size(), computed);
        }
        List.copyOf(computed.keySet()).forEach(manager::release);
        assertThat(manager.freeBlocks()).isEqualTo(blocks);
    }

    private void begin(PagedKvCacheManager manager, Random random, int id, Map<Sequence, Integer> computed) {
        int[] prompt = Sequences.counting(1 + random.nextInt(40));
        if (random.nextBoolean()) {
            prompt[random.nextInt(prompt.length)] = 99;
        }
        Sequence sequence = Sequences.keyed(keys, id, prompt);
        computed.put(sequence, manager.attachCachedPrefix(sequence));
    }

    private static void goOnOrEnd(
            PagedKvCacheManager manager, Random random, Sequence sequence, Map<Sequence, Integer> computed) {
        int next = Math.min(sequence.length(), computed.get(sequence) + 1 + random.nextInt(12));
        if (random.nextInt(4) == 0) {
            manager.release(sequence);
            computed.remove(sequence);
        } else if (manager.ensure(sequence, next)) {
            manager.commit(sequence, next);
            computed.put(sequence, next);
        }
    }

    /** Two sequences may hold a block only at the same place behind the same tokens. */
    private static void assertOwnership(PagedKvCacheManager manager, int groups, Map<Sequence, Integer> computed) {
        Map<Integer, String> contents = new HashMap<>();
        for (Sequence sequence : computed.keySet()) {
            BlockTable table = (BlockTable) sequence.cacheState();
            for (int g = 0; table != null && g < groups; g++) {
                for (int i = table.firstHeld[g]; i < table.length; i++) {
                    int block = table.blocks[g][i];
                    boolean whole = (i + 1) * BLOCK <= sequence.length();
                    String content = whole
                            ? g + ":" + i + ":" + prefix(sequence, (i + 1) * BLOCK)
                            : g + ":" + i + ":only " + sequence.id();
                    assertThat(contents.merge(block, content, (a, b) -> a.equals(b) ? a : a + " and " + b))
                            .as("block %d", block)
                            .isEqualTo(content);
                }
            }
        }
        assertThat(manager.freeBlocks()).isEqualTo(manager.totalBlocks() - contents.size());
    }

    private static String prefix(Sequence sequence, int tokens) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tokens; i++) {
            text.append(sequence.tokens()[i]).append(' ');
        }
        return text.toString();
    }
}
