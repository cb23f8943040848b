package dev.tokamak.libtorch;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Drives an executor as an engine would, with plans made by hand. */
final class Driver implements AutoCloseable {
    static final int BLOCK_SIZE = 8;
    static final int BLOCKS = 512;
    static final int SLOTS = 8;

    final Executor executor;
    final ModelInfo model;
    private final StepResult result = new StepResult();
    private final List<Integer> freeBlocks = new ArrayList<>();
    private final List<Integer> freeSlots = new ArrayList<>();
    private StepPlan plan;
    private List<Running> planned;
    private long nextStep = 1;

    Driver(Path checkpoint) {
        this(checkpoint, EngineConfig.builder(checkpoint).device("cpu").build());
    }

    Driver(Path checkpoint, EngineConfig config) {
        this(checkpoint, config, BLOCKS);
    }

    Driver(Path checkpoint, EngineConfig config, int blocks) {
        this(new LibtorchExecutorProvider().create(executorConfig(checkpoint, config)), blocks);
    }

    /** Takes over an executor of {@link #executorConfig}. */
    Driver(Executor executor) {
        this(executor, BLOCKS);
    }

    Driver(Executor executor, int blocks) {
        this.executor = executor;
        model = executor.load((what, fraction) -> {});
        executor.allocateKvCache(BLOCK_SIZE, blocks);
        for (int i = 0; i < blocks; i++) {
            freeBlocks.add(i);
        }
        for (int i = 0; i < SLOTS; i++) {
            freeSlots.add(i);
        }
    }

    static ExecutorConfig executorConfig(Path checkpoint, EngineConfig config) {
        return new ExecutorConfig(checkpoint, config, SLOTS, 1024);
    }

    /** Hands blocks out in an order that never follows memory. */
    void scatterBlocks(long seed) {
        Collections.shuffle(freeBlocks, new Random(seed));
    }

    /** Hands a released sequence's blocks out before all others. */
    void reuseBlocksFirst(Running released) {
        for (int[] blocks : released.blocks) {
            for (int block : blocks) {
                freeBlocks.remove((Integer) block);
                freeBlocks.add(0, block);
            }
        }
    }

    /** A sequence that has a slot. */
    final class Running {
        final SamplingParams params;
        final int prompt;
        final int slot = freeSlots.remove(0);
        int[] tokens;
        int computed;
        /** By KV group that takes blocks, then by position. */
        int[][] blocks = new int
                [(int) model.kvGroups().stream().filter(KvGroup::takesBlocks).count()][0];

        /** By KV group, how many of the first ones were given back. */
        final int[] forgotten = new int[blocks.length];

        boolean fresh = true;
        int failures;

        private Running(int[] prompt, SamplingParams params) {
            this.prompt = prompt.length;
            this.tokens = prompt.clone();
            this.params = params;
        }

        int[] output() {
            return Arrays.copyOfRange(tokens, prompt, tokens.length);
        }

        /** Gives blocks and slot back. */
        void release() {
            for (int group = 0; group < blocks.length; group++) {
                for (int i = forgotten[group]; i < blocks[group].length; i++) {
                    freeBlocks.add(blocks[group][i]);
                }
            }
            freeSlots.add(slot);
        }

        /** Takes over the first blocks of another sequence with the same beginning. */
        void attach(Running other, int count) {
            Arrays.setAll(blocks, group -> Arrays.copyOf(other.blocks[group], count));
            computed = count * BLOCK_SIZE;
        }

        /** Gives back the blocks that no later token sees. */
        void forgetWhatIsBehindTheWindows() {
            for (int group = 0; group < blocks.length; group++) {
                int window = model.kvGroups().get(group).window();
                int seen = window == 0 ? 0 : Math.max(0, computed - window + 1) / BLOCK_SIZE;
                for (; forgotten[group] < Math.min(seen, blocks[group].length); forgotten[group]++) {
                    freeBlocks.add(0, blocks[group][forgotten[group]]);
                }
            }
        }

        private void grow(int needed) {
            int had = fresh ? 0 : blocks[0].length;
            for (int group = 0; group < blocks.length; group++) {
                int before = blocks[group].length;
                if (needed > before) {
                    blocks[group] = Arrays.copyOf(blocks[group], needed);
                    for (int i = before; i < needed; i++) {
                        blocks[group][i] = freeBlocks.remove(0);
                    }
                }
                if (blocks[group].length > had) {
                    plan.addBlocks(group, had, blocks[group], had, blocks[group].length - had);
                }
            }
        }
    }

    Running start(int[] prompt, SamplingParams params) {
        return new Running(prompt, params);
    }

    Running start(int[] prompt) {
        return start(prompt, SamplingParams.builder().temperature(0).build());
    }

    void begin() {
        plan = new StepPlan();
        plan.begin(nextStep++);
        planned = new ArrayList<>();
    }

    /** Plans the next tokens of a sequence; it is sampled from if nothing remains to be computed. */
    void add(Running running, int most) {
        add(running, most, 0, 0);
    }

    void add(Running running, int most, int flags, int logprobs) {
        int count = Math.min(most, running.tokens.length - running.computed);
        boolean sample = running.computed + count == running.tokens.length;
        int all = (sample ? StepPlan.FLAG_SAMPLE | flags : 0) | (running.fresh ? StepPlan.FLAG_NEW_SLOT : 0);
        plan.addRow(running.slot, running.slot, all, running.computed, running.tokens.length - running.prompt);
        plan.addTokens(running.tokens, running.computed, count);
        running.grow((running.computed + count + BLOCK_SIZE - 1) / BLOCK_SIZE);
        if (running.fresh) {
            plan.setSampling(SamplingState.of(
                    running.params,
                    running.params.seed().orElse(0L),
                    new int[] {2},
                    running.tokens,
                    running.prompt,
                    running.tokens.length));
        }
        if ((flags & StepPlan.FLAG_LOGPROBS) != 0) {
            plan.setLogprobs(logprobs);
        }
        running.fresh = false;
        running.computed += count;
        planned.add(running);
    }

    StepPlan plan() {
        return plan;
    }

    /** Runs the planned step and appends what was sampled. */
    StepResult run() {
        executor.launch(plan);
        executor.await(result);
        for (int row = 0; row < planned.size(); row++) {
            Running running = planned.get(row);
            running.failures += result.failed(row) ? 1 : 0;
            if (result.tokenCount(row) == 1) {
                running.tokens = Arrays.copyOf(running.tokens, running.tokens.length + 1);
                running.tokens[running.tokens.length - 1] = result.token(row, 0);
            }
        }
        return result;
    }

    /** Runs sequences together, each step with at most {@code chunk} tokens of each, until all have enough output. */
    void generate(int outputTokens, int chunk, Running... sequences) {
        while (true) {
            begin();
            for (Running running : sequences) {
                if (running.output().length < outputTokens) {
                    add(running, chunk);
                }
            }
            if (planned.isEmpty()) {
                return;
            }
            run();
        }
    }

    /** Takes a sequence's slot and blocks away; the one returned begins again with all its tokens. */
    Running preempt(Running running) {
        running.release();
        Running again = new Running(Arrays.copyOf(running.tokens, running.prompt), running.params);
        again.tokens = running.tokens.clone();
        return again;
    }

    /** Decodes one sequence with two steps under way: each input is the token that the step before samples. */
    void generatePipelined(int outputTokens, Running running) {
        begin();
        add(running, running.tokens.length);
        executor.launch(plan);
        for (int i = 1; i <= outputTokens; i++) {
            if (i < outputTokens) {
                begin();
                running.tokens = Arrays.copyOf(running.tokens, running.tokens.length + 1);
                running.tokens[running.tokens.length - 1] = StepPlan.LAST_SAMPLED;
                add(running, 1);
                executor.launch(plan);
            } else {
                running.tokens = Arrays.copyOf(running.tokens, running.tokens.length + 1);
            }
            executor.await(result);
            running.tokens[running.prompt + i - 1] = result.token(0, 0);
        }
    }

    @Override
    public void close() {
        executor.close();
    }
}
