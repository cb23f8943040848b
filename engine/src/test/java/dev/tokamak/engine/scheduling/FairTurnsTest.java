package dev.tokamak.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.Sequence;
import dev.tokamak.tck.DeterministicExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One large submission and others that are small. */
class FairTurnsTest {
    private static final SchedulingPolicy FCFS = new FcfsPolicyProvider().create(Map.of());
    private static final SchedulingPolicy PRIORITY = new PriorityPolicyProvider().create(Map.of());
    private static final SchedulingPolicy SHORTEST_FIRST =
            (a, b) -> Integer.compare(a.promptTokens(), b.promptTokens());
    private static final int LARGE = 1000;

    private static SteppedModel model(SchedulingPolicy policy, int stepsInFlight, int slots) {
        var settings = new DeterministicExecutor.Settings(256, 512, 2048, 4, 0, stepsInFlight, slots, -1, false);
        return new SteppedModel(settings, policy, slots, 512);
    }

    private static int[] prompt(int length, int salt) {
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++) {
            prompt[i] = (i * 3 + salt) & 0xff;
        }
        return prompt;
    }

    private static SamplingParams params(int maxTokens) {
        return SamplingParams.builder().maxTokens(maxTokens).build();
    }

    /** The sequences 0 to {@code count} as one submission. */
    private static List<Sequence> addLarge(SteppedModel model, int count, int maxTokens, int priority) {
        List<Sequence> large = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            large.add(model.addTo(LARGE, i, prompt(6, i), params(maxTokens), priority));
        }
        return large;
    }

    private static long ended(List<Sequence> sequences) {
        return sequences.stream().filter(Sequence::ended).count();
    }

    private static void runUntilEnd(SteppedModel model, Sequence sequence) {
        while (!sequence.ended()) {
            model.step();
        }
    }

    @Test
    void aSingleSequenceWaitsForOneTurnOfALargeSubmission() {
        SteppedModel model = model(FCFS, 1, 1);
        List<Sequence> large = addLarge(model, 20, 3, 0);
        model.step();
        Sequence single = model.add(500, prompt(6, 50), params(3), 0, false);
        runUntilEnd(model, single);

        assertThat(ended(large)).isEqualTo(2);
    }

    @Test
    void singleSequencesAreServedInTheOrderInWhichTheyCame() {
        SteppedModel model = model(FCFS, 1, 1);
        List<Sequence> large = addLarge(model, 20, 2, 0);
        List<Sequence> singles = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            singles.add(model.add(500 + i, prompt(6, 50 + i), params(2), 0, false));
        }
        for (int i = 0; i < 5; i++) {
            runUntilEnd(model, singles.get(i));
            assertThat(ended(singles)).isEqualTo(i + 1);
        }
        assertThat(ended(large)).isEqualTo(1);
        model.runToTheEnd();
        assertThat(ended(large)).isEqualTo(20);
    }

    @Test
    void aLargeSubmissionIsNotKeptWaitingByThoseThatComeLater() {
        SteppedModel model = model(FCFS, 1, 1);
        List<Sequence> large = addLarge(model, 10, 2, 0);
        int next = 500;
        for (int round = 0; round < 10; round++) {
            Sequence single = model.add(next++, prompt(6, next), params(2), 0, false);
            model.add(next++, prompt(6, next), params(2), 0, false);
            runUntilEnd(model, single);
        }
        assertThat(ended(large)).isBetween(4L, 10L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aLargeSubmissionGivesUpASlotAndGoesOnWhereItWas(int stepsInFlight) {
        SteppedModel model = model(FCFS, stepsInFlight, 4);
        List<Sequence> large = addLarge(model, 8, 60, 0);
        for (int i = 0; i < 5; i++) {
            model.step();
        }
        Sequence single = model.add(500, prompt(6, 50), params(4), 0, false);
        runUntilEnd(model, single);

        assertThat(ended(large)).isZero();
        assertThat(model.scheduler.preemptions()).isEqualTo(1);
        model.runToTheEnd();
        for (int i = 0; i < large.size(); i++) {
            SteppedModel alone = model(FCFS, 1, 1);
            Sequence same = alone.addTo(LARGE, i, prompt(6, i), params(60), 0);
            alone.runToTheEnd();
            assertThat(SteppedModel.output(large.get(i))).isEqualTo(SteppedModel.output(same));
        }
        assertThat(model.kvCache.freeBlocks()).isEqualTo(model.kvCache.totalBlocks());
    }

    @Test
    void twoLargeSubmissionsComeToHalfOfTheSlotsEach() {
        SteppedModel model = model(FCFS, 1, 8);
        List<Sequence> first = addLarge(model, 20, 200, 0);
        model.step();
        List<Sequence> second = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            second.add(model.addTo(LARGE + 1, 100 + i, prompt(6, 90 + i), params(200), 0));
        }
        for (int i = 0; i < 12; i++) {
            model.step();
        }
        assertThat(first.stream().filter(s -> s.slot() != Sequence.NO_SLOT)).hasSize(4);
        assertThat(second.stream().filter(s -> s.slot() != Sequence.NO_SLOT)).hasSize(4);
        assertThat(model.scheduler.preemptions()).isEqualTo(4);
    }

    @Test
    void aSubmissionGivesNothingUpToOneOfLowerPriority() {
        SteppedModel model = model(PRIORITY, 1, 4);
        List<Sequence> large = addLarge(model, 8, 10, 0);
        model.step();
        Sequence low = model.add(500, prompt(6, 50), params(4), 5, false);
        runUntilEnd(model, low);

        assertThat(ended(large)).isGreaterThanOrEqualTo(5);
        assertThat(model.scheduler.preemptions()).isZero();
    }

    @Test
    void aPolicyThatLooksAtNoTurnsKeepsItsOrder() {
        SteppedModel model = model(SHORTEST_FIRST, 1, 1);
        Sequence running = model.addTo(LARGE, 0, prompt(4, 0), params(3), 0);
        model.step();
        Sequence middle = model.addTo(LARGE, 1, prompt(20, 1), params(3), 0);
        Sequence shortest = model.addTo(LARGE, 2, prompt(8, 2), params(3), 0);
        Sequence single = model.add(500, prompt(12, 3), params(3), 0, false);
        List<Sequence> order = List.of(running, shortest, single, middle);
        for (int i = 0; i < order.size(); i++) {
            runUntilEnd(model, order.get(i));
            assertThat(ended(order)).isEqualTo(i + 1);
        }
    }

    @Test
    void sequencesThatAreAbortedBehindOthersLeaveTheLine() {
        SteppedModel model = model(FCFS, 1, 1);
        List<Sequence> large = addLarge(model, 10, 2, 0);
        for (int i = 0; i < 9; i++) {
            model.scheduler.abort(large.get(i));
        }
        assertThat(model.scheduler.waiting()).isEqualTo(1);
        model.runToTheEnd();

        assertThat(model.finished.keySet()).containsExactly(9L);
    }
}
