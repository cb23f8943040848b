package dev.tokamak.spi.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.SamplingParams;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StepPlanTest {
    private static final int[] TOKENS = {11, 12, 13, 14, 15, 16};

    /** A row of everything that rows can have. */
    private static StepPlan everything() {
        StepPlan plan = new StepPlan();
        plan.begin(0x1_0000_0002L);
        plan.endSlot(5);
        plan.addRow(0x2_0000_0003L, 4, StepPlan.FLAG_NEW_SLOT, 8, 0);
        plan.addTokens(TOKENS, 0, 4);
        plan.addBlocks(0, 2, new int[] {7, 8, 9}, 1, 2);
        plan.addBlocks(1, 0, new int[] {6}, 0, 1);
        plan.setSampling(sampling());
        plan.addScores(1, 2, TOKENS, 2, 3);
        plan.setPooling(new Pooling(PoolingKind.MEAN, true, 64));
        plan.setAdapter(3);
        plan.addSpan(9, 2, 77);
        plan.setSecondText(10);
        int flags = StepPlan.FLAG_SAMPLE | StepPlan.FLAG_NEEDS_MASK | StepPlan.FLAG_LOGPROBS;
        plan.addRow(9, 1, flags, 30, 12);
        plan.addToken(StepPlan.LAST_SAMPLED);
        plan.addDrafts(TOKENS, 3, 3);
        plan.setLogprobs(5);
        plan.addRow(10, 2, StepPlan.FLAG_POOL, 0, 0);
        plan.addTokens(TOKENS, 0, 2);
        plan.setPooling(new Pooling(PoolingKind.LAST, false, 0));
        return plan;
    }

    private static SamplingState sampling() {
        SamplingParams params =
                SamplingParams.builder().temperature(0.5).repetitionPenalty(1.5).build();
        return SamplingState.of(params, 1L << 40, new int[] {1}, TOKENS, 4, 6);
    }

    /** All that a reader sees. */
    private static String read(StepPlan plan) {
        StringBuilder text = new StringBuilder().append(plan.stepId());
        for (int i = 0; i < plan.endedSlots(); i++) {
            text.append(" ended ").append(plan.endedSlot(i));
        }
        for (int i = 0; i < plan.spans(); i++) {
            text.append(" span ").append(plan.spanRow(i)).append(' ').append(plan.spanPosition(i));
            text.append(' ').append(plan.spanLength(i)).append(' ').append(plan.spanEmbeddings(i));
        }
        for (int row = 0; row < plan.rows(); row++) {
            text.append("\nrow ").append(plan.sequenceId(row)).append(' ').append(plan.slot(row));
            text.append(' ').append(plan.flags(row)).append(' ').append(plan.position(row));
            text.append(' ').append(plan.outputIndex(row)).append(' ').append(plan.adapter(row));
            text.append(' ')
                    .append(plan.logprobs(row))
                    .append(' ')
                    .append(plan.pooling(row) + " " + plan.secondText(row));
            int from = plan.tokenOffset(row);
            text.append(Arrays.toString(Arrays.copyOfRange(plan.tokenIds(), from, from + plan.tokenCount(row))));
            text.append(" drafts ").append(plan.drafts(row)).append(" sampled ").append(plan.sampledCount(row));
            for (int i = 0; i < plan.scoredCount(row); i++) {
                text.append(" scored ")
                        .append(plan.scoredFrom(row) + i)
                        .append(' ')
                        .append(plan.scoredToken(row, i));
                text.append(" of ").append(plan.scoredTop(row));
            }
            plan.forEachBlockChange(row, (group, start, ids, at, count) -> text.append(" blocks ")
                    .append(group + " " + start + Arrays.toString(Arrays.copyOfRange(ids, at, at + count))));
            if (plan.changesSampling(row)) {
                text.append(" sampling ").append(plan.sampling(row).hashCode());
            }
        }
        return text + "\n"
                + List.of(
                        plan.tokens(),
                        plan.sampledRows(),
                        plan.sampledPositions(),
                        plan.maskedPositions(),
                        plan.scoredPositions(),
                        plan.pooledRows(),
                        plan.draftTokens());
    }

    private static ByteBuffer written(StepPlan plan) {
        ByteBuffer buffer = ByteBuffer.allocate(plan.byteSize());
        plan.writeTo(buffer);
        assertThat(buffer.hasRemaining()).isFalse();
        return buffer.flip();
    }

    @Test
    void aRowWithDraftsIsSampledBehindEachOfThemAndHasAMaskForEach() {
        StepPlan plan = everything();

        assertThat(plan.sampledCount(1)).isEqualTo(4);
        assertThat(plan.sampledRows()).isEqualTo(1);
        assertThat(plan.sampledPositions()).isEqualTo(4);
        assertThat(plan.maskedPositions()).isEqualTo(4);
        assertThat(plan.tokenCount(1)).isEqualTo(4);
        assertThat(plan.sampledCount(0)).isZero();
    }

    @Test
    void whatAPlanSaysIsReadFromItsBytes() {
        StepPlan plan = everything();
        StepPlan copy = new StepPlan();
        copy.addRow(1, 2, StepPlan.FLAG_SAMPLE, 3, 4);

        copy.readFrom(written(plan));

        assertThat(read(copy)).isEqualTo(read(plan)).contains("scored 3 15", "normalised=true", "span 0 9 2 77");
    }

    @Test
    void sectionsThatNobodyKnowsAreSkipped() {
        StepPlan plan = everything();
        ByteBuffer known = written(plan).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer buffer = ByteBuffer.allocate(known.limit() + 8 + 12).order(ByteOrder.LITTLE_ENDIAN);
        int sections = known.getInt(20);
        for (int i = 0; i < 5; i++) {
            buffer.putInt(known.getInt());
        }
        buffer.putInt(sections + 1);
        known.getInt();
        buffer.putInt(99).putInt(3);
        for (int i = 0; i < 2 * sections; i++) {
            buffer.putInt(known.getInt());
        }
        buffer.putInt(1).putInt(2).putInt(3).put(known).flip();
        StepPlan copy = new StepPlan();

        copy.readFrom(buffer);

        assertThat(read(copy)).isEqualTo(read(plan));
        assertThat(buffer.hasRemaining()).isFalse();
    }

    @Test
    void bytesOfAnotherVersionAreRefused() {
        ByteBuffer buffer = written(everything()).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(4, 1);

        assertThatThrownBy(() -> new StepPlan().readFrom(buffer)).hasMessageContaining("version 2");
    }

    @Test
    void aPlanIsEmptyWhenItIsBegunAgain() {
        StepPlan plan = everything();
        plan.begin(7);
        plan.addRow(1, 1, 0, 0, 0);

        assertThat(read(plan)).isEqualTo("7\nrow 1 1 0 0 0 -1 0 null -1[] drafts 0 sampled 0\n[0, 0, 0, 0, 0, 0, 0]");
    }

    @Test
    void samplingOutlivesThePlanThatCarriedIt() {
        StepPlan plan = everything();
        SamplingState state = plan.sampling(0);
        plan.begin(8);
        plan.addRow(1, 1, 0, 0, 0);
        plan.setSampling(SamplingState.of(SamplingParams.builder().build(), 3, new int[0], TOKENS, 1, 1));

        assertThat(state).isEqualTo(sampling());
        assertThat(plan.sampling(0)).isNotEqualTo(state);
    }

    @Test
    void aPlanGrowsWithItsRows() {
        StepPlan plan = new StepPlan();
        plan.begin(1);
        List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            plan.addRow(i, i, StepPlan.FLAG_SAMPLE, i, 0);
            plan.addTokens(TOKENS, 0, 6);
            plan.addBlocks(0, 0, TOKENS, 0, 6);
            slots.add(i);
        }

        assertThat(plan.tokens()).isEqualTo(1800);
        assertThat(slots).allSatisfy(i -> assertThat(plan.slot(i)).isEqualTo(i));
        assertThat(plan.tokenOffset(299)).isEqualTo(1794);
    }
}
