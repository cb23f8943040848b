package dev.tokamak.engine.step;

import dev.tokamak.engine.output.Completion;
import dev.tokamak.spi.executor.StepMasks;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fills a step's masks while its forward pass runs, once all tokens before it are known. Rows are shared out among the engine
 * thread, which has nothing else to do then, and a few workers: a step with few masked rows wakes nobody.
 *
 * <p><b>Implementation notes.</b> Whoever is free takes the next row, and the engine thread takes rows itself until none is left. It
 * then waits for the rows that others have begun, and not for the others: a worker that comes late finds nothing to do, or
 * helps with the step that is due by then. While a worker has not answered a call, no other call goes out for it, so that
 * workers that are held up elsewhere find no pile of old work.
 */
final class MaskFiller {
    /** How many rows are worth waking one more worker for. */
    private static final int ROWS_PER_WORKER = 4;

    private final StepMasks masks;
    private final Executor workers;
    private final int workerCount;
    private final Runnable helping = this::help;
    private final AtomicInteger called = new AtomicInteger();
    private Completion[] completions = new Completion[16];
    private int size;
    private volatile Work current = new Work(0);

    MaskFiller(int vocabularySize, Executor workers, int workerCount) {
        this.masks = new StepMasks(vocabularySize, 8);
        this.workers = workers;
        this.workerCount = workerCount;
    }

    void begin() {
        Arrays.fill(completions, 0, size, null);
        size = 0;
    }

    void add(Completion completion) {
        if (size == completions.length) {
            completions = Arrays.copyOf(completions, size * 2);
        }
        completions[size++] = completion;
    }

    int size() {
        return size;
    }

    Completion completion(int row) {
        return completions[row];
    }

    /** Engine thread: fills the masks of the rows added, with the help of workers if there are many. */
    StepMasks fill() throws InterruptedException {
        masks.resize(size);
        Work work = new Work(size);
        current = work;
        int wanted = Math.min(workerCount, (size - 1) / ROWS_PER_WORKER);
        for (int missing = wanted - called.get(); missing > 0; missing--) {
            called.incrementAndGet();
            workers.execute(helping);
        }
        work.fillRows();
        work.filled.await();
        return masks;
    }

    private void help() {
        try {
            current.fillRows();
        } finally {
            called.decrementAndGet();
        }
    }

    private void fill(int row) {
        Completion completion = completions[row];
        if (completion.sequence().ended()) {
            // It ended after the step was planned; what its row draws is dropped.
            int from = masks.offset(row);
            Arrays.fill(masks.words(), from, from + masks.wordsPerRow(), -1);
            return;
        }
        completion.constraint().fill(completion.sequence(), masks.words(), masks.offset(row), masks.wordsPerRow());
    }

    /** The rows of one step. */
    private final class Work {
        private final int rows;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch filled;

        Work(int rows) {
            this.rows = rows;
            this.filled = new CountDownLatch(rows);
        }

        void fillRows() {
            for (int row = next.getAndIncrement(); row < rows; row = next.getAndIncrement()) {
                try {
                    fill(row);
                } finally {
                    filled.countDown();
                }
            }
        }
    }
}
