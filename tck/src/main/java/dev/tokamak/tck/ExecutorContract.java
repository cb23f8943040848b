package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law of executors, as tests. An executor's test extends this class and says how to make the executor for some small model;
 * the tests check that the tokens of a prompt do not depend on how it is cut into chunks, on what else is in the step, on
 * whether a token is sent or fed on the device, on drafts, or on what a slot held before; and that masks, minimum lengths, log
 * probabilities, scores and resets do what {@link Executor} says. What the executor's {@link ModelInfo} does not offer is skipped. One
 * that makes vectors has a second test, which extends {@link PoolingContract}.
 *
 * <p>The model must have a context of at least 64 tokens, at least 32 blocks, and a KV group with full attention or a window of at
 * least 64. Rows are sampled greedily.
 *
 * <p>One file, so that who writes an executor reads its law in one place.
 *
 * @since 0.1
 */
public abstract class ExecutorContract {
    private static final int SLOT_BLOCKS = 8;
    private static final SamplingParams GREEDY =
            SamplingParams.builder().temperature(0).build();

    private Executor executor;
    private ModelInfo info;
    private int blockSize;
    private final StepResult result = new StepResult();
    private long steps;

    /** For subclasses. */
    protected ExecutorContract() {}

    /**
     * Makes the executor under test, with at least four slots.
     *
     * @return not loaded yet; closed by the test
     */
    protected abstract Executor newExecutor();

    @BeforeEach
    void open() {
        executor = newExecutor();
        info = executor.load((what, fraction) -> {});
        blockSize = info.blockSizes().get(0);
        executor.allocateKvCache(blockSize, Math.min(executor.kvCapacity(blockSize), 4 * SLOT_BLOCKS));
        executor.warmUp();
    }

    @AfterEach
    void close() {
        executor.close();
    }

    private int[] prompt(int length, int salt) {
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++) {
            prompt[i] = (i * 7 + salt * 13) % Math.min(200, info.vocabularySize());
        }
        return prompt;
    }

    private StepPlan plan() {
        StepPlan plan = new StepPlan();
        plan.begin(++steps);
        return plan;
    }

    /** A row that begins a slot with all of its blocks; slot <i>s</i> has blocks of its own. */
    private void begin(StepPlan plan, int slot, int[] tokens, int from, int to, int flags, SamplingParams params) {
        plan.addRow(slot, slot, flags | StepPlan.FLAG_NEW_SLOT, from, 0);
        plan.addTokens(tokens, from, to - from);
        int[] blocks = new int[SLOT_BLOCKS];
        Arrays.setAll(blocks, i -> slot * SLOT_BLOCKS + i);
        for (int group = 0; group < info.kvGroups().size(); group++) {
            plan.addBlocks(group, 0, blocks, 0, blocks.length);
        }
        plan.setSampling(SamplingState.of(params, 1, new int[] {0, 1}, tokens, tokens.length, tokens.length));
    }

    private void goOn(StepPlan plan, int slot, int token, int position, int outputIndex) {
        plan.addRow(slot, slot, StepPlan.FLAG_SAMPLE, position, outputIndex);
        plan.addToken(token);
    }

    private StepResult run(StepPlan plan) {
        executor.launch(plan);
        executor.await(result);
        assertThat(result.rows()).isEqualTo(plan.rows());
        return result;
    }

    /** Runs a prompt whole in a slot, then decodes; every token is sent. */
    private int[] generate(int slot, int[] prompt, int count) {
        return generate(slot, prompt, count, GREEDY);
    }

    private int[] generate(int slot, int[] prompt, int count, SamplingParams params) {
        StepPlan first = plan();
        begin(first, slot, prompt, 0, prompt.length, StepPlan.FLAG_SAMPLE, params);
        int[] output = new int[count];
        output[0] = run(first).token(0, 0);
        for (int i = 1; i < count; i++) {
            StepPlan next = plan();
            goOn(next, slot, output[i - 1], prompt.length + i - 1, i);
            output[i] = run(next).token(0, 0);
        }
        return output;
    }

    @Test
    void describesItsModel() {
        assertThat(info.maxModelLen()).isGreaterThanOrEqualTo(64);
        assertThat(info.vocabularySize()).isPositive();
        assertThat(info.kvGroups()).isNotEmpty();
        assertThat(executor.maxInFlight()).isPositive();
        assertThat(executor.health()).isEmpty();
    }

    @Test
    void drawsTokensOfTheVocabulary() {
        for (int token : generate(0, prompt(9, 1), 8)) {
            assertThat(token).isBetween(0, info.vocabularySize() - 1);
        }
    }

    @Test
    void givesTheSameTokensInAnySlot() {
        assertThat(generate(3, prompt(9, 1), 8)).isEqualTo(generate(0, prompt(9, 1), 8));
    }

    @Test
    void givesTheSameTokensForAPromptInChunks() {
        int[] prompt = prompt(13, 1);
        int whole = generate(0, prompt, 1)[0];
        StepPlan first = plan();
        begin(first, 1, prompt, 0, 7, 0, GREEDY);
        assertThat(run(first).tokenCount(0)).isZero();
        StepPlan second = plan();
        second.addRow(1, 1, StepPlan.FLAG_SAMPLE, 7, 0);
        second.addTokens(prompt, 7, 6);

        assertThat(run(second).token(0, 0)).isEqualTo(whole);
    }

    @Test
    void givesTheSameTokensAmongOtherRows() {
        int[] alone = generate(0, prompt(9, 1), 2);
        StepPlan first = plan();
        begin(first, 1, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
        run(first);
        StepPlan mixed = plan();
        begin(mixed, 2, prompt(20, 2), 0, 20, StepPlan.FLAG_SAMPLE, GREEDY);
        goOn(mixed, 1, alone[0], 9, 1);
        begin(mixed, 3, prompt(5, 3), 0, 5, 0, GREEDY);

        assertThat(run(mixed).token(1, 0)).isEqualTo(alone[1]);
    }

    @Test
    void feedsTheTokenSampledLastOnTheDevice() {
        int[] sent = generate(0, prompt(9, 1), 5);
        StepPlan first = plan();
        begin(first, 1, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
        assertThat(run(first).token(0, 0)).isEqualTo(sent[0]);
        for (int i = 1; i < 5; i++) {
            StepPlan next = plan();
            goOn(next, 1, StepPlan.LAST_SAMPLED, 9 + i - 1, i);
            assertThat(run(next).token(0, 0)).isEqualTo(sent[i]);
        }
    }

    @Test
    void endsStepsInTheOrderOfTheirLaunch() {
        int[] sent = generate(0, prompt(9, 1), 2);
        StepPlan first = plan();
        begin(first, 1, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
        StepPlan second = plan();
        goOn(second, 1, StepPlan.LAST_SAMPLED, 9, 1);
        executor.launch(first);
        if (executor.maxInFlight() == 1) {
            executor.await(result);
            assertThat(result.token(0, 0)).isEqualTo(sent[0]);
            executor.launch(second);
        } else {
            executor.launch(second);
            executor.await(result);
            assertThat(result.token(0, 0)).isEqualTo(sent[0]);
        }
        executor.await(result);
        assertThat(result.token(0, 0)).isEqualTo(sent[1]);
    }

    @Test
    void drawsUnderAMask() {
        StepPlan plan = plan();
        begin(plan, 0, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE | StepPlan.FLAG_NEEDS_MASK, GREEDY);
        begin(plan, 1, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
        StepMasks masks = new StepMasks(info.vocabularySize(), 1);
        masks.resize(1);
        Arrays.fill(masks.words(), 0, masks.wordsPerRow(), 0);
        int only = info.vocabularySize() - 3;
        masks.words()[only >>> 5] |= 1 << only;
        executor.launch(plan);
        executor.sample(masks);
        executor.await(result);
        int free = result.token(1, 0);

        assertThat(result.token(0, 0)).isEqualTo(only);
        assertThat(free).isEqualTo(generate(2, prompt(9, 1), 1)[0]);
    }

    @Test
    void takesMasksAfterTheStepBeforeWasAwaited() {
        assumeTrue(executor.maxInFlight() > 1, "one step at a time");
        int[] free = generate(0, prompt(9, 1), 1);
        int only = info.vocabularySize() - 3;
        int[] sent = new int[2];
        for (int ahead = 0; ahead < 2; ahead++) {
            int slot = 1 + ahead;
            StepPlan first = plan();
            begin(first, slot, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
            StepPlan second = plan();
            second.addRow(slot, slot, StepPlan.FLAG_SAMPLE | StepPlan.FLAG_NEEDS_MASK, 9, 1);
            second.addToken(ahead == 1 ? StepPlan.LAST_SAMPLED : free[0]);
            executor.launch(first);
            if (ahead == 1) {
                executor.launch(second);
                executor.await(result);
            } else {
                executor.await(result);
                executor.launch(second);
            }
            assertThat(result.token(0, 0)).isEqualTo(free[0]);
            executor.sample(allBut(only));
            executor.await(result);
            sent[ahead] = result.token(0, 0);
        }

        assertThat(sent[1]).isEqualTo(sent[0]).isNotEqualTo(only);
    }

    private StepMasks allBut(int refused) {
        StepMasks masks = new StepMasks(info.vocabularySize(), 1);
        masks.resize(1);
        Arrays.fill(masks.words(), 0, masks.wordsPerRow(), -1);
        masks.words()[refused >>> 5] &= ~(1 << refused);
        return masks;
    }

    @Test
    void holdsBackEndTokensUntilTheMinimum() {
        SamplingParams params = SamplingParams.builder()
                .temperature(0)
                .minTokens(1)
                .allowedTokenIds(java.util.List.of(0, 1, 5))
                .build();
        StepPlan plan = plan();
        begin(plan, 0, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, params);

        assertThat(run(plan).token(0, 0)).isEqualTo(5);
    }

    @Test
    void returnsLogProbabilitiesWhereTheyAreAskedFor() {
        StepPlan plan = plan();
        begin(plan, 0, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE | StepPlan.FLAG_LOGPROBS, GREEDY);
        plan.setLogprobs(3);
        begin(plan, 1, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
        run(plan);

        assertThat(result.logprob(0, 0)).isLessThanOrEqualTo(0f);
        assertThat(result.rank(0, 0)).isEqualTo(1);
        assertThat(result.topTokens(0, 0)).hasSize(3).startsWith(result.token(0, 0));
        assertThat(result.topLogprobs(0, 0)).hasSize(3);
        assertThat(result.logprob(1, 0)).isNaN();
    }

    @Test
    void scoresTokensThatAreKnownInChunksAsInTheWhole() {
        assumeTrue(info.scoresPrompts(), "it does not score prompts");
        int[] prompt = prompt(13, 1);
        StepPlan whole = plan();
        begin(whole, 0, prompt, 0, 13, StepPlan.FLAG_SAMPLE, GREEDY);
        whole.addScores(0, 3, prompt, 1, 12);
        begin(whole, 3, prompt(5, 3), 0, 5, StepPlan.FLAG_SAMPLE, GREEDY);
        Scores expected = new Scores();
        expected.add(run(whole));
        assertThat(result.tokenCount(0)).isEqualTo(1);
        assertThat(result.scoreCount(1)).isZero();

        StepPlan first = plan();
        begin(first, 1, prompt, 0, 7, 0, GREEDY);
        first.addScores(0, 3, prompt, 1, 7);
        Scores found = new Scores();
        found.add(run(first));
        StepPlan second = plan();
        second.addRow(1, 1, StepPlan.FLAG_SAMPLE, 7, 0);
        second.addTokens(prompt, 7, 6);
        second.addScores(0, 3, prompt, 8, 5);
        found.add(run(second));

        assertThat(found.tokens).isEqualTo(expected.tokens).containsExactly(Arrays.copyOfRange(prompt, 1, 13));
        for (int i = 0; i < 12; i++) {
            assertThat(found.logprobs[i]).isCloseTo(expected.logprobs[i], within(1e-4f));
            assertThat(found.logprobs[i]).isLessThanOrEqualTo(0f);
            assertThat(found.ranks[i]).isEqualTo(expected.ranks[i]).isPositive();
            assertThat(found.tops[i]).hasSize(3).isEqualTo(expected.tops[i]);
        }
    }

    /** What was scored of row 0, step by step. */
    private static final class Scores {
        int[] tokens = {};
        float[] logprobs = {};
        int[] ranks = {};
        int[][] tops = {};

        void add(StepResult result) {
            int from = tokens.length;
            int count = result.scoreCount(0);
            tokens = Arrays.copyOf(tokens, from + count);
            logprobs = Arrays.copyOf(logprobs, from + count);
            ranks = Arrays.copyOf(ranks, from + count);
            tops = Arrays.copyOf(tops, from + count);
            for (int i = 0; i < count; i++) {
                tokens[from + i] = result.scoredToken(0, i);
                logprobs[from + i] = result.score(0, i);
                ranks[from + i] = result.scoreRank(0, i);
                tops[from + i] = result.scoreTopTokens(0, i);
            }
        }
    }

    @Test
    void theLikeliestTokenBehindAScoredPositionIsTheOneThatIsDrawnThere() {
        assumeTrue(info.scoresPrompts(), "it does not score prompts");
        int[] prompt = prompt(9, 1);
        int drawn = generate(0, prompt, 1)[0];
        int[] longer = Arrays.copyOf(prompt, 11);
        longer[9] = drawn;
        StepPlan plan = plan();
        begin(plan, 1, longer, 0, 11, 0, GREEDY);
        plan.addScores(8, 1, longer, 9, 1);
        run(plan);

        assertThat(result.scoreCount(0)).isEqualTo(1);
        assertThat(result.scoreRank(0, 0)).isEqualTo(1);
        assertThat(result.scoreTopTokens(0, 0)).containsExactly(drawn);
        assertThat(result.scoreTopLogprobs(0, 0)[0]).isEqualTo(result.score(0, 0));
    }

    static Stream<SamplingParams> waysToDraw() {
        SamplingParams seeded = SamplingParams.builder().temperature(1).build();
        return Stream.of(
                GREEDY,
                seeded,
                seeded.toBuilder().topP(0.9).topK(20).build(),
                seeded.toBuilder().repetitionPenalty(1.3).frequencyPenalty(0.2).build(),
                GREEDY.toBuilder().presencePenalty(1.5).minTokens(4).build());
    }

    /** Drafts that are right, and a wrong one at each place. */
    @ParameterizedTest
    @MethodSource("waysToDraw")
    void draftsChangeHowManyTokensAStepYieldsAndNotWhich(SamplingParams params) {
        assumeTrue(info.maxDrafts() >= 3, "it verifies no drafts");
        int[] prompt = prompt(9, 1);
        int[] expected = generate(0, prompt, 10, params);
        for (int wrong = 0; wrong <= 3; wrong++) {
            int[] known = generate(1, prompt, 2, params);
            int[] found = Arrays.copyOf(known, 10);
            int count = 2;
            while (count < 10) {
                int drafts = Math.min(3, 9 - count);
                StepPlan plan = plan();
                goOn(plan, 1, found[count - 1], 9 + count - 1, count);
                int[] proposed = Arrays.copyOfRange(expected, count, count + drafts);
                if (wrong < drafts) {
                    proposed[wrong] = (proposed[wrong] + 1) % info.vocabularySize();
                }
                plan.addDrafts(proposed, 0, drafts);
                begin(plan, 2, prompt(5, 3), 0, 5, StepPlan.FLAG_SAMPLE, GREEDY);
                run(plan);
                assertThat(result.tokenCount(0)).isEqualTo(Math.min(wrong, drafts) + 1);
                assertThat(result.tokenCount(1)).isEqualTo(1);
                for (int i = 0; i < result.tokenCount(0); i++) {
                    found[count++] = result.token(0, i);
                }
            }
            assertThat(found).as("draft %d wrong", wrong).isEqualTo(expected);
        }
    }

    @Test
    void drawsBehindEachDraftUnderAMaskOfItsOwn() {
        assumeTrue(info.maxDrafts() >= 2, "it verifies no drafts");
        int[] free = generate(0, prompt(9, 1), 3);
        StepPlan first = plan();
        begin(first, 1, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
        run(first);
        StepPlan plan = plan();
        plan.addRow(1, 1, StepPlan.FLAG_SAMPLE | StepPlan.FLAG_NEEDS_MASK, 9, 1);
        plan.addToken(StepPlan.LAST_SAMPLED);
        plan.addDrafts(free, 1, 2);
        begin(plan, 2, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE | StepPlan.FLAG_NEEDS_MASK, GREEDY);
        StepMasks masks = new StepMasks(info.vocabularySize(), 4);
        masks.resize(plan.maskedPositions());
        Arrays.fill(masks.words(), 0, 4 * masks.wordsPerRow(), -1);
        masks.words()[masks.offset(1) + (free[2] >>> 5)] &= ~(1 << free[2]);
        masks.words()[masks.offset(3) + (free[0] >>> 5)] &= ~(1 << free[0]);
        executor.launch(plan);
        executor.sample(masks);
        executor.await(result);

        assertThat(result.tokenCount(0)).isEqualTo(2);
        assertThat(result.token(0, 0)).isEqualTo(free[1]);
        assertThat(result.token(0, 1)).isNotEqualTo(free[2]);
        assertThat(result.token(1, 0)).isNotEqualTo(free[0]);
    }

    @Test
    void returnsALogProbabilityForEachTokenThatARowYields() {
        assumeTrue(info.maxDrafts() >= 2, "it verifies no drafts");
        int[] expected = generate(0, prompt(9, 1), 4);
        StepPlan first = plan();
        begin(first, 1, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
        run(first);
        StepPlan plan = plan();
        plan.addRow(1, 1, StepPlan.FLAG_SAMPLE | StepPlan.FLAG_LOGPROBS, 9, 1);
        plan.addToken(expected[0]);
        plan.addDrafts(expected, 1, 2);
        plan.setLogprobs(2);
        run(plan);

        assertThat(result.tokenCount(0)).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(result.token(0, i)).isEqualTo(expected[i + 1]);
            assertThat(result.logprob(0, i)).isLessThanOrEqualTo(0f);
            assertThat(result.topTokens(0, i)).hasSize(2).startsWith(expected[i + 1]);
        }
    }

    @Test
    void forgetsItsSlotsOnReset() {
        int[] before = generate(0, prompt(9, 1), 4);
        StepPlan lost = plan();
        begin(lost, 1, prompt(9, 2), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
        executor.launch(lost);
        executor.reset();

        assertThat(generate(1, prompt(9, 1), 4)).isEqualTo(before);
    }

    @Test
    void beginsASlotAnewInThePlanThatSaysThatItHasEnded() {
        int[] before = generate(0, prompt(9, 1), 2);
        generate(1, prompt(9, 2), 2);
        StepPlan plan = plan();
        plan.endSlot(0);
        plan.endSlot(1);
        begin(plan, 1, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);

        assertThat(run(plan).token(0, 0)).isEqualTo(before[0]);
    }

    @Test
    void refusesASectionThatItDoesNotOffer() {
        assumeFalse(info.sideSections().contains(ModelInfo.SideSection.EMBEDDING_SPANS), "it reads embedding spans");
        StepPlan plan = plan();
        begin(plan, 0, prompt(9, 1), 0, 9, StepPlan.FLAG_SAMPLE, GREEDY);
        plan.addSpan(2, 3, 0);

        assertThatThrownBy(() -> run(plan)).isInstanceOf(TokamakException.class);
    }

    @Test
    void closesTwice() {
        executor.close();
        executor.close();
    }
}
