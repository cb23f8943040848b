package dev.tokamak.spi.executor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A plan as bytes, for a process that has no part in the engine's memory. */
final class StepPlanFormat {
    static final int VERSION = 2;
    static final int HEADER_INTS = 6;

    private static final int MAGIC = 0x504b4f54;

    /** The kind of the section that has the rows. */
    private static final int ROWS = 1;

    private StepPlanFormat() {}

    /** The sections beside the rows, by kind: the first is of the next one. */
    private static IntSection[] sections(StepRows plan) {
        return new IntSection[] {plan.rare, plan.token, plan.block, plan.sampling, plan.score, plan.span, plan.ended};
    }

    static int byteSize(StepPlan plan) {
        int ints = HEADER_INTS + 2 + rowInts(plan);
        for (IntSection section : sections(plan)) {
            ints += 2 + section.size;
        }
        return Integer.BYTES * ints;
    }

    private static int rowInts(StepRows plan) {
        return plan.rows * StepRows.ROW_INTS;
    }

    static void write(StepPlan plan, ByteBuffer buffer) {
        IntSection[] sections = sections(plan);
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(MAGIC).putInt(VERSION).putInt((int) plan.stepId).putInt((int) (plan.stepId >>> 32));
        buffer.putInt(plan.rows).putInt(1 + sections.length);
        buffer.putInt(ROWS).putInt(rowInts(plan));
        for (int i = 0; i < sections.length; i++) {
            buffer.putInt(ROWS + 1 + i).putInt(sections[i].size);
        }
        put(buffer, plan.row, rowInts(plan));
        for (IntSection section : sections) {
            put(buffer, section.ints, section.size);
        }
    }

    private static void put(ByteBuffer buffer, int[] ints, int count) {
        buffer.asIntBuffer().put(ints, 0, count);
        skip(buffer, count);
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
            int section = kinds[i] - ROWS - 1;
            if (kinds[i] == ROWS) {
                readRows(plan, rows, lengths[i], buffer);
            } else if (section >= 0 && section < sections.length) {
                int at = sections[section].addZeros(lengths[i]);
                buffer.asIntBuffer().get(sections[section].ints, at, lengths[i]);
            }
            skip(buffer, lengths[i]);
        }
        plan.rows = rows;
        plan.count();
    }

    private static void readRows(StepPlan plan, int rows, int length, ByteBuffer buffer) {
        if (length != rows * StepRows.ROW_INTS) {
            throw new IllegalArgumentException(
                    "a step plan of " + rows + " rows came with " + length + " ints for them");
        }
        if (length > plan.row.length) {
            plan.row = new int[length];
        }
        buffer.asIntBuffer().get(plan.row, 0, length);
    }

    private static void skip(ByteBuffer buffer, int ints) {
        buffer.position(buffer.position() + Integer.BYTES * ints);
    }
}
