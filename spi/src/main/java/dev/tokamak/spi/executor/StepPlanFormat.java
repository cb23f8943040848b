package dev.tokamak.spi.executor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A plan as bytes, for a process that has no part in the engine's memory. */
final class StepPlanFormat {
    static final int VERSION = 2;
    static final int HEADER_INTS = 6;

    private static final int MAGIC = 0x504b4f54;

    private StepPlanFormat() {}

    /** By kind: a section's number is its place here, from 1. */
    private static IntSection[] sections(StepRows plan) {
        return new IntSection[] {plan.row, plan.token, plan.block, plan.sampling, plan.score, plan.span, plan.ended};
    }

    static int byteSize(StepPlan plan) {
        int ints = HEADER_INTS;
        for (IntSection section : sections(plan)) {
            ints += 2 + section.size;
        }
        return Integer.BYTES * ints;
    }

    static void write(StepPlan plan, ByteBuffer buffer) {
        IntSection[] sections = sections(plan);
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(MAGIC).putInt(VERSION).putInt((int) plan.stepId).putInt((int) (plan.stepId >>> 32));
        buffer.putInt(plan.rows).putInt(sections.length);
        for (int i = 0; i < sections.length; i++) {
            buffer.putInt(i + 1).putInt(sections[i].size);
        }
        for (IntSection section : sections) {
            buffer.asIntBuffer().put(section.ints, 0, section.size);
            skip(buffer, section.size);
        }
    }

    static void read(StepPlan plan, ByteBuffer buffer) {
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        int magic = buffer.getInt();
        int version = buffer.getInt();
        if (magic != MAGIC || version != VERSION) {
            throw new IllegalArgumentException("not a step plan of version " + VERSION + ": magic "
                    + Integer.toHexString(magic) + ", version " + version);
        }
        plan.begin((buffer.getInt() & 0xffffffffL) | ((long) buffer.getInt() << 32));
        int rows = buffer.getInt();
        int[] kinds = new int[buffer.getInt()];
        int[] lengths = new int[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = buffer.getInt();
            lengths[i] = buffer.getInt();
        }
        IntSection[] sections = sections(plan);
        for (int i = 0; i < kinds.length; i++) {
            if (kinds[i] >= 1 && kinds[i] <= sections.length) {
                IntSection section = sections[kinds[i] - 1];
                int at = section.addZeros(lengths[i]);
                buffer.asIntBuffer().get(section.ints, at, lengths[i]);
            }
            skip(buffer, lengths[i]);
        }
        if (plan.row.size != rows * StepRows.ROW_INTS) {
            throw new IllegalArgumentException(
                    "a step plan of " + rows + " rows came with " + plan.row.size + " ints for them");
        }
        plan.rows = rows;
        plan.count();
    }

    private static void skip(ByteBuffer buffer, int ints) {
        buffer.position(buffer.position() + Integer.BYTES * ints);
    }
}
