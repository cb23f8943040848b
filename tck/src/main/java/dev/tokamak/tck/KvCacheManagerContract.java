package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.kvcache.KvCacheManagerProvider;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The law of KV cache managers, as tests. A manager's test extends this class and says how to make its provider; the tests look at
 * the manager as an executor does, through the block changes that it writes into step plans, and check that no block
 * is ever in two places unless both hold the same prefix, that none is lost, and that nothing unconfirmed is shared.
 *
 * <p>Random workloads are the same each time; the system property {@code tokamak.tck.seed} sets others.
 *
 * @since 0.1
 */
public abstract class KvCacheManagerContract {
    private static final long SEED = Long.getLong("tokamak.tck.seed", 20261122L);
    private static final int BLOCK = 4;
    private static final List<KvGroup> FULL = List.of(KvGroup.full(8));
    private static final SamplingParams PARAMS = SamplingParams.builder().build();

    private long nextId;

    /** For subclasses. */
    protected KvCacheManagerContract() {}

    /**
     * Makes the provider under test.
     *
     * @return by its public constructor, as a service loader would
     */
    protected abstract KvCacheManagerProvider provider();

    private KvCacheManager manager(int blocks) {
        return manager(blocks, FULL);
    }

    private KvCacheManager manager(int blocks, List<KvGroup> groups) {
        return provider().create(groups, blocks, BLOCK, true);
    }

    /** A sequence whose keys are the prefixes themselves, folded: equal prefixes have equal keys. */
    private Sequence sequence(int... prompt) {
        Sequence sequence = new Sequence(++nextId, nextId, 0, 0, PARAMS, 0, prompt, new int[0], 64, null);
        long[] keys = new long[2 * (prompt.length / BLOCK + 1)];
        long first = 17;
        long second = 31;
        sequence.setPrefixKeys(keys, 0);
        for (int i = 0; i < prompt.length; i++) {
            first = (first ^ prompt[i]) * 0x9e3779b97f4a7c15L + 1;
            second = (second + prompt[i]) * 0xc2b2ae3d27d4eb4fL + 1;
            if ((i + 1) % BLOCK == 0) {
                sequence.appendPrefixKey(first ^ (first >>> 29), second);
            }
        }
        return sequence;
    }

    private static int[] counting(int length) {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = i;
        }
        return tokens;
    }

    /** The sequence's whole block table, as a new slot would get it. */
    private static int[] table(KvCacheManager manager, Sequence sequence) {
        StepPlan plan = new StepPlan();
        plan.begin(1);
        plan.addRow(sequence.id(), 0, StepPlan.FLAG_NEW_SLOT, 0, 0);
        manager.writeBlocks(sequence, plan, true);
        List<Integer> table = new ArrayList<>();
        plan.forEachBlockChange(0, (group, start, ids, from, count) -> {
            assertThat(start).isEqualTo(table.size());
            for (int i = 0; i < count; i++) {
                table.add(ids[from + i]);
            }
        });
        return table.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void providerHasAValidName() {
        ProviderNames.assertValid(provider().name());
    }

    @Test
    void providerIsDeclaredAsAService() {
        ProviderNames.assertDeclared(KvCacheManagerProvider.class, provider());
    }

    @Test
    void beginsWithAllBlocksFree() {
        KvCacheManager manager = manager(12);

        assertThat(manager.totalBlocks()).isEqualTo(12);
        assertThat(manager.freeBlocks()).isEqualTo(12);
    }

    @Test
    void givesASequenceEnoughDistinctBlocks() {
        KvCacheManager manager = manager(12);
        Sequence sequence = sequence(counting(10));
        assertThat(manager.ensure(sequence, 10)).isTrue();

        assertThat(table(manager, sequence)).hasSizeGreaterThanOrEqualTo(3).doesNotHaveDuplicates();
        for (int block : table(manager, sequence)) {
            assertThat(block).isBetween(0, 11);
        }
    }

    @Test
    void changesNothingWhenItRefuses() {
        KvCacheManager manager = manager(3);
        Sequence sequence = sequence(counting(30));
        manager.ensure(sequence, 4);
        int free = manager.freeBlocks();

        assertThat(manager.ensure(sequence, 30)).isFalse();
        assertThat(manager.freeBlocks()).isEqualTo(free);
    }

    @Test
    void takesBackAllBlocksOfASequence() {
        KvCacheManager manager = manager(8);
        Sequence sequence = sequence(counting(20));
        manager.ensure(sequence, 20);
        manager.commit(sequence, 20);
        manager.release(sequence);
        manager.release(sequence);

        assertThat(manager.freeBlocks()).isEqualTo(8);
    }

    @Test
    void sharesNothingThatIsNotConfirmed() {
        KvCacheManager manager = manager(16);
        Sequence first = sequence(counting(12));
        manager.ensure(first, 12);

        assertThat(manager.attachCachedPrefix(sequence(counting(12)))).isZero();
    }

    @Test
    void leavesATokenToCompute() {
        KvCacheManager manager = manager(16);
        Sequence first = sequence(counting(8));
        manager.ensure(first, 8);
        manager.commit(first, 8);

        assertThat(manager.attachCachedPrefix(sequence(counting(8)))).isLessThan(8);
    }

    @Test
    void sharesNothingBetweenDifferentPrefixes() {
        KvCacheManager manager = manager(16);
        Sequence first = sequence(counting(12));
        manager.ensure(first, 12);
        manager.commit(first, 12);
        int[] other = counting(12);
        other[0] = 99;

        assertThat(manager.attachCachedPrefix(sequence(other))).isZero();
    }

    @Test
    void knowsWhatCouldNeverFit() {
        KvCacheManager manager = manager(4);

        assertThat(manager.couldFit(4 * BLOCK)).isTrue();
        assertThat(manager.couldFit(4 * BLOCK + 1)).isFalse();
    }

    @Test
    void aModelWithoutACacheFitsWhateverItsLength() {
        KvCacheManager manager = manager(0, List.of());
        Sequence sequence = sequence(counting(30));

        assertThat(manager.couldFit(1_000_000)).isTrue();
        assertThat(manager.attachCachedPrefix(sequence)).isZero();
        assertThat(manager.ensure(sequence, 30)).isTrue();
        assertThat(table(manager, sequence)).isEmpty();
        manager.commit(sequence, 30);
        manager.release(sequence);
        assertThat(manager.totalBlocks()).isZero();
        assertThat(manager.freeBlocks()).isZero();
    }

    @Test
    void aGroupWithAStateTakesNoBlocks() {
        KvCacheManager manager = manager(0, List.of(KvGroup.state(1024)));
        Sequence sequence = sequence(counting(30));

        assertThat(manager.couldFit(1_000_000)).isTrue();
        assertThat(manager.ensure(sequence, 30)).isTrue();
        assertThat(table(manager, sequence)).isEmpty();
    }

    @Test
    void sharesNoPrefixWhereAGroupHasAState() {
        KvCacheManager manager = manager(16, List.of(KvGroup.state(1024), KvGroup.full(8)));
        Sequence first = sequence(counting(12));
        manager.ensure(first, 12);
        manager.commit(first, 12);
        Sequence second = sequence(counting(12));

        assertThat(manager.attachCachedPrefix(second)).isZero();
        assertThat(manager.ensure(second, 12)).isTrue();
        assertThat(table(manager, second)).hasSize(3).doesNotContain(table(manager, first));
    }

    @Test
    void writesBlocksUnderTheNumberOfTheirGroup() {
        KvCacheManager manager = manager(16, List.of(KvGroup.state(1024), KvGroup.latent(8)));
        Sequence sequence = sequence(counting(12));
        manager.ensure(sequence, 12);
        StepPlan plan = new StepPlan();
        plan.begin(1);
        plan.addRow(sequence.id(), 0, StepPlan.FLAG_NEW_SLOT, 0, 0);
        manager.writeBlocks(sequence, plan, true);
        List<Integer> groups = new ArrayList<>();
        plan.forEachBlockChange(0, (group, start, ids, from, count) -> groups.add(group));

        assertThat(groups).containsOnly(1);
    }

    @Test
    void givesBlocksBackThatNoTokenOfAWindowSeesAnyMore() {
        KvCacheManager manager = manager(32, List.of(KvGroup.window(2 * BLOCK, 8)));
        Sequence sequence = sequence(counting(40));
        manager.ensure(sequence, 40);
        manager.commit(sequence, 40);

        assertThat(manager.totalBlocks() - manager.freeBlocks()).isBetween(2, 3);
        assertThat(manager.couldFit(1_000_000)).isTrue();
        manager.release(sequence);
        assertThat(manager.freeBlocks()).isEqualTo(32);
    }

    @Test
    void neverHandsOutABlockTwiceAndNeverLosesOne() {
        for (int run = 0; run < 40; run++) {
            Random random = new Random(SEED + run);
            KvCacheManager manager = manager(4 + random.nextInt(30));
            Map<Sequence, Integer> computed = new HashMap<>();
            for (int step = 0; step < 80; step++) {
                change(manager, random, computed);
                assertOwnership(manager, computed);
            }
            computed.keySet().forEach(manager::release);
            assertThat(manager.freeBlocks()).as("seed %d", SEED + run).isEqualTo(manager.totalBlocks());
        }
    }

    private void change(KvCacheManager manager, Random random, Map<Sequence, Integer> computed) {
        List<Sequence> live = new ArrayList<>(computed.keySet());
        if (live.isEmpty() || random.nextInt(3) == 0) {
            int[] prompt = counting(1 + random.nextInt(30));
            prompt[random.nextInt(prompt.length)] += random.nextInt(2) * 50;
            Sequence sequence = sequence(prompt);
            computed.put(sequence, manager.attachCachedPrefix(sequence));
            return;
        }
        Sequence sequence = live.get(random.nextInt(live.size()));
        int next = Math.min(sequence.length(), computed.get(sequence) + 1 + random.nextInt(9));
        if (random.nextInt(4) == 0) {
            manager.release(sequence);
            computed.remove(sequence);
        } else if (manager.ensure(sequence, next)) {
            manager.commit(sequence, next);
            computed.put(sequence, next);
        }
    }

    private static void assertOwnership(KvCacheManager manager, Map<Sequence, Integer> computed) {
        Map<Integer, List<Integer>> contents = new HashMap<>();
        for (Sequence sequence : computed.keySet()) {
            int[] table = table(manager, sequence);
            for (int i = 0; i < table.length; i++) {
                List<Integer> content = new ArrayList<>();
                boolean whole = (i + 1) * BLOCK <= sequence.length();
                content.add(whole ? -1 : (int) sequence.id());
                for (int t = 0; t < Math.min((i + 1) * BLOCK, sequence.length()); t++) {
                    content.add(sequence.tokens()[t]);
                }
                assertThat(contents.getOrDefault(table[i], content))
                        .as("what block %d holds", table[i])
                        .isEqualTo(content);
                contents.put(table[i], content);
            }
        }
        assertThat(manager.freeBlocks()).isEqualTo(manager.totalBlocks() - contents.size());
    }
}
