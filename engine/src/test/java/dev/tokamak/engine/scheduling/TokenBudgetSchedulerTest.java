package dev.tokamak.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.FinishReason;
import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.Sequence;
import dev.tokamak.spi.scheduler.SequenceView;
import dev.tokamak.tck.DeterministicExecutor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TokenBudgetSchedulerTest {
    private static final SchedulingPolicy FCFS = new FcfsPolicyProvider().create(Map.of());
    private static final SchedulingPolicy PRIORITY = new PriorityPolicyProvider().create(Map.of());

    private static SteppedModel model(int blocks, int window, int stepsInFlight, int seqs, int budget) {
        return model(FCFS, blocks, window, stepsInFlight, seqs, budget);
    }

    private static SteppedModel model(
            SchedulingPolicy policy, int blocks, int window, int stepsInFlight, int seqs, int budget) {
        var settings = new DeterministicExecutor.Settings(256, 512, blocks, 4, window, stepsInFlight, seqs, -1, false);
        return new SteppedModel(settings, policy, seqs, budget);
    }

    private static SamplingParams params(int maxTokens) {
        return SamplingParams.builder().maxTokens(maxTokens).build();
    }

    private static int[] prompt(int length, int salt) {
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++) {
            prompt[i] = (i + salt) & 0xff;
        }
        return prompt;
    }

    private static int[] alone(int id, int[] prompt, int maxTokens, int window) {
        SteppedModel model = model(256, window, 1, 1, 512);
        Sequence sequence = model.add(id, prompt, params(maxTokens), 0, false);
        model.runToTheEnd();
        return SteppedModel.output(sequence);
    }

    @Test
    void computesAPromptInChunksOfTheBudget() {
        SteppedModel model = model(64, 0, 1, 4, 7);
        model.add(1, prompt(20, 0), params(3), 0, false);

        List<Integer> chunks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            chunks.add(model.launch().tokens());
            model.land();
        }
        assertThat(chunks).containsExactly(7, 7, 6);
    }

    @Test
    void plansRunningSequencesBeforeWaitingOnes() {
        SteppedModel model = model(64, 0, 1, 4, 8);
        model.add(1, prompt(4, 0), params(8), 0, false);
        model.step();
        model.add(2, prompt(20, 1), params(8), 0, false);

        StepPlan plan = model.launch();
        assertThat(plan.sequenceId(0)).isEqualTo(1);
        assertThat(plan.tokenCount(0)).isEqualTo(1);
        assertThat(plan.sequenceId(1)).isEqualTo(2);
        assertThat(plan.tokenCount(1)).isEqualTo(7);
    }

    @Test
    void feedsATokenInFlightOnTheDevice() {
        SteppedModel model = model(64, 0, 2, 4, 8);
        model.add(1, prompt(4, 0), params(8), 0, false);

        StepPlan second = model.launch();
        assertThat(second.tokenIds()[0]).isEqualTo(StepPlan.LAST_SAMPLED);
        assertThat(second.position(0)).isEqualTo(4);
        assertThat(second.outputIndex(0)).isEqualTo(1);
    }

    @Test
    void plansASequenceUnderAGrammarAheadOfItsTokenInFlight() {
        SteppedModel model = model(64, 0, 2, 4, 8);
        Sequence sequence = model.add(1, prompt(4, 0), params(8), 0, false);
        sequence.setMasked(true);
        StepPlan first = new StepPlan();
        StepPlan second = new StepPlan();

        assertThat(model.scheduler.schedule(first)).isTrue();
        assertThat(model.scheduler.schedule(second)).isTrue();
        assertThat(second.tokenIds()[0]).isEqualTo(StepPlan.LAST_SAMPLED);
        assertThat(second.has(0, StepPlan.FLAG_NEEDS_MASK)).isTrue();
    }

    @Test
    void plansNothingOnADrawThatIsVoid() {
        SteppedModel model = model(64, 0, 2, 4, 8);
        Sequence sequence = model.add(1, prompt(4, 0), params(8), 0, false);
        model.launch();
        sequence.setMasked(true);
        model.land(); // The prompt's draw, void as the one on which it is fed.

        StepPlan plan = new StepPlan();
        assertThat(model.scheduler.schedule(plan)).isFalse();
        model.land();
        assertThat(model.scheduler.schedule(plan)).isTrue();
        assertThat(plan.position(0)).isEqualTo(3);
        assertThat(plan.has(0, StepPlan.FLAG_NEEDS_MASK)).isTrue();
    }

    @Test
    void plansNoTokenBehindTheLastOne() {
        SteppedModel model = model(64, 0, 2, 4, 8);
        model.add(1, prompt(4, 0), params(1), 0, false);
        model.launch();
        model.land();

        assertThat(model.finished).containsEntry(1L, FinishReason.LENGTH);
        assertThat(model.launch()).isNull();
    }

    @Test
    void preemptsTheLatestArrivalWhenBlocksRunOut() {
        SteppedModel model = model(8, 0, 1, 4, 64);
        Sequence first = model.add(1, prompt(12, 0), params(16), 0, false);
        Sequence second = model.add(2, prompt(12, 1), params(16), 0, false);
        while (model.scheduler.preemptions() == 0) {
            model.step();
        }

        assertThat(first.slot()).isNotEqualTo(Sequence.NO_SLOT);
        assertThat(second.slot()).isEqualTo(Sequence.NO_SLOT);
    }

    @Test
    void preemptsTheLowestPriorityWhenBlocksRunOut() {
        SteppedModel model = model(PRIORITY, 8, 0, 1, 4, 64);
        Sequence unimportant = model.add(1, prompt(12, 0), params(16), 5, false);
        Sequence important = model.add(2, prompt(12, 1), params(16), 0, false);
        while (model.scheduler.preemptions() == 0) {
            model.step();
        }

        assertThat(important.slot()).isNotEqualTo(Sequence.NO_SLOT);
        assertThat(unimportant.slot()).isEqualTo(Sequence.NO_SLOT);
    }

    @Test
    void admitsTheMostImportantFirstUnderPriority() {
        SteppedModel model = model(PRIORITY, 64, 0, 1, 1, 64);
        model.add(1, prompt(4, 0), params(4), 5, false);
        model.add(2, prompt(4, 1), params(4), -1, false);

        assertThat(model.launch().sequenceId(0)).isEqualTo(2);
    }

    @Test
    void abortFreesBlocksBeforeTheNextStep() {
        SteppedModel model = model(8, 0, 2, 4, 64);
        Sequence first = model.add(1, prompt(28, 0), params(4), 0, false);
        model.launch();
        model.scheduler.abort(first);
        assertThat(model.kvCache.freeBlocks()).isEqualTo(8);

        model.add(2, prompt(28, 1), params(4), 0, false);
        model.land();
        assertThat(model.launch().sequenceId(0)).isEqualTo(2);
    }

    @Test
    void keepsASlotUntilNoPlanInFlightNamesIt() {
        SteppedModel model = model(64, 0, 2, 1, 64);
        Sequence first = model.add(1, prompt(4, 0), params(9), 0, false);
        model.launch();
        model.scheduler.abort(first);
        model.add(2, prompt(4, 1), params(9), 0, false);
        model.land();

        assertThat(model.launch())
                .as("the slot is still named by a plan in flight")
                .isNull();
        model.land();
        assertThat(model.launch().sequenceId(0)).isEqualTo(2);
    }

    @Test
    void passesOverASequenceThatItsPolicyHoldsBack() {
        SchedulingPolicy shortOnly = new SchedulingPolicy() {
            @Override
            public int compare(SequenceView a, SequenceView b) {
                return Long.compare(a.arrival(), b.arrival());
            }

            @Override
            public int tokens(SequenceView sequence, int wanted, int budget) {
                return sequence.promptTokens() > 10 ? 0 : wanted;
            }
        };
        SteppedModel model = model(shortOnly, 64, 0, 1, 4, 64);
        model.add(1, prompt(20, 0), params(4), 0, false);
        model.add(2, prompt(4, 1), params(4), 0, false);

        assertThat(model.launch().sequenceId(0)).isEqualTo(2);
        assertThat(model.scheduler.waiting()).isEqualTo(1);
    }

    @Test
    void runsASequenceLongerThanTheCacheThroughASlidingWindow() {
        int[] prompt = prompt(60, 3);
        // Full attention needs 19 blocks for 76 tokens, the window needs a few: not enough for a whole prompt in both.
        SteppedModel model = model(25, 8, 2, 4, 64);
        Sequence sequence = model.add(1, prompt, params(16), 0, false);
        model.runToTheEnd();

        assertThat(SteppedModel.output(sequence)).isEqualTo(alone(1, prompt, 16, 8));
    }

    @Test
    void recoversWithTheOthersWhenAStepIsLost() {
        boolean[] heldBack = {false};
        SchedulingPolicy policy = new SchedulingPolicy() {
            @Override
            public int compare(SequenceView a, SequenceView b) {
                return Long.compare(a.arrival(), b.arrival());
            }

            @Override
            public int tokens(SequenceView sequence, int wanted, int budget) {
                return heldBack[0] && sequence.id() == 2 ? 0 : wanted;
            }
        };
        SteppedModel model = model(policy, 64, 0, 1, 4, 64);
        Sequence lost = model.add(1, prompt(4, 0), params(8), 0, false);
        Sequence spared = model.add(2, prompt(4, 1), params(8), 0, false);
        model.step();
        heldBack[0] = true;
        model.launch();
        model.scheduler.recover(new StepPlan[0], model);

        assertThat(lost.ended()).isTrue();
        assertThat(model.finished).containsOnly(Map.entry(1L, FinishReason.ERROR));
        assertThat(spared.slot()).isEqualTo(Sequence.NO_SLOT);
        assertThat(model.scheduler.waiting()).isEqualTo(1);
        assertThat(model.kvCache.freeBlocks()).isEqualTo(64);
    }

    private static List<Integer> boxed(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }

    @Test
    void draftsThatAreRightSaveSteps() {
        int[] expected = alone(1, prompt(8, 0), 16, 0);
        SteppedModel model = model(64, 0, 2, 4, 32);
        model.prepare = sequence -> sequence.setDrafted(true);
        model.proposals.put(1L, expected);
        Sequence sequence = model.add(1, prompt(8, 0), params(16), 0, false);
        model.runToTheEnd();

        assertThat(SteppedModel.output(sequence)).isEqualTo(expected);
        assertThat(model.draftsTaken).isPositive();
    }

    @Test
    void plansNothingBehindDraftsNorAheadOfThem() {
        SteppedModel model = model(64, 0, 3, 4, 32);
        model.prepare = sequence -> sequence.setDrafted(true);
        Sequence sequence = model.add(1, prompt(8, 0), params(16), 0, false);
        model.launch();
        StepPlan ahead = new StepPlan();
        assertThat(model.scheduler.schedule(ahead)).isFalse();
        model.land();
        sequence.setDrafts(new int[] {5, 6, 7}, 3);
        StepPlan drafted = new StepPlan();
        assertThat(model.scheduler.schedule(drafted)).isTrue();

        assertThat(drafted.drafts(0)).isEqualTo(3);
        assertThat(drafted.tokenCount(0)).isEqualTo(4);
        assertThat(sequence.draftCount()).isZero();
        assertThat(model.scheduler.schedule(ahead)).isFalse();
    }

    @Test
    void draftsStayWithinBudgetLengthAndWhatTheExecutorTakes() {
        SteppedModel model = model(64, 0, 1, 4, 8);
        Sequence sequence = model.add(1, prompt(4, 0), params(40), 0, false);
        Sequence ending = model.add(2, prompt(4, 0), params(3), 0, false);
        model.step();
        sequence.setDrafts(new int[20], 20);
        ending.setDrafts(new int[20], 20);
        StepPlan plan = model.launch();

        assertThat(plan.tokens()).isLessThanOrEqualTo(8);
        assertThat(plan.drafts(0) + plan.drafts(1)).isPositive();
        for (int row = 0; row < plan.rows(); row++) {
            assertThat(plan.drafts(row)).isLessThanOrEqualTo(plan.sequenceId(row) == 2 ? 1 : 8);
        }
    }

    @Test
    void aPromptThatMayNotBeCutWaitsForAStepThatHasRoomForIt() {
        var settings = new DeterministicExecutor.Settings(256, 512, 0, 4, 0, 2, 8, -1, false, true);
        SteppedModel model = new SteppedModel(settings, FCFS, 8, 16);
        model.prepare = sequence -> sequence.setPooling(new Pooling(PoolingKind.MEAN, true, 0));
        int[] lengths = {10, 9, 3, 16, 1, 7};
        for (int i = 0; i < lengths.length; i++) {
            model.add(i, prompt(lengths[i], i), params(1), 0, false);
        }
        List<List<Integer>> steps = new ArrayList<>();
        while (model.scheduler.waiting() > 0) {
            StepPlan plan = model.launch();
            List<Integer> counts = new ArrayList<>();
            for (int row = 0; plan != null && row < plan.rows(); row++) {
                counts.add(plan.tokenCount(row));
            }
            steps.add(counts);
            model.land();
        }
        model.runToTheEnd();

        assertThat(model.vectors).hasSize(6);
        assertThat(steps).noneMatch(List::isEmpty);
        assertThat(model.finished.values()).containsOnly(FinishReason.STOP);
    }

    /** The law of the engine: whatever else runs, a prompt gets the tokens that it gets alone. */
    @Property(tries = 150)
    void givesEverySequenceTheTokensItGetsAlone(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3) int stepsInFlight,
            @ForAll @IntRange(min = 24, max = 60) int blocks,
            @ForAll @IntRange(min = 1, max = 40) int budget,
            @ForAll boolean windowed,
            @ForAll boolean sharing) {
        int window = windowed ? 6 : 0;
        Random random = new Random(seed);
        SchedulingPolicy policy = random.nextBoolean() ? FCFS : PRIORITY;
        boolean drafting = random.nextBoolean();
        boolean scoring = random.nextBoolean();
        SteppedModel model = model(policy, blocks, window, stepsInFlight, 1 + random.nextInt(6), budget);
        Map<Sequence, int[]> prompts = new java.util.LinkedHashMap<>();
        for (int id = 0; id < 12; id++) {
            int[] prompt = prompt(1 + random.nextInt(24), random.nextInt(3));
            int most = 1 + random.nextInt(16);
            if (drafting && random.nextBoolean()) {
                model.proposals.put((long) id, alone(id, prompt, most, window));
            }
            boolean scores = scoring && random.nextBoolean();
            model.prepare = sequence -> {
                sequence.setDrafted(model.proposals.containsKey(sequence.id()));
                sequence.setScoresPrompt(scores);
            };
            Sequence sequence = model.add(id, prompt, params(most), random.nextInt(3), sharing);
            prompts.put(sequence, prompt);
            for (int turns = random.nextInt(4); turns > 0; turns--) {
                model.step();
            }
            if (random.nextInt(6) == 0) {
                model.scheduler.abort(sequence);
                prompts.remove(sequence);
            }
        }
        model.runToTheEnd();

        prompts.forEach((sequence, prompt) -> assertThat(SteppedModel.output(sequence))
                .as("sequence %d after %d preemptions", sequence.id(), model.scheduler.preemptions())
                .isEqualTo(alone((int) sequence.id(), prompt, sequence.maxTokens(), window)));
        prompts.forEach((sequence, prompt) -> assertThat(model.scored.getOrDefault(sequence.id(), List.of()))
                .isEqualTo(sequence.scoresPrompt() ? boxed(prompt).subList(1, prompt.length) : List.of()));
        assertThat(model.kvCache.freeBlocks()).isEqualTo(blocks);
    }
}
