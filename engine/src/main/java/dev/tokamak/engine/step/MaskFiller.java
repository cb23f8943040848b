package dev.tokamak.engine.step;

import dev.tokamak.engine.output.Completion;
import dev.tokamak.spi.executor.StepMasks;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fills a step's masks while its forward pass runs, once all tokens before it are known. Rows are shared out among the engine thread, which has nothing else to do
 * then, and a few workers: a step with a single masked row wakes nobody.
 */
final class MaskFiller {
    /** How many rows are worth waking one more worker for. */
    private static final int ROWS_PER_WORKER = 4;

    private final StepMasks masks;
    private final ExecutorService workers;
    private final int workerCount;
    private Completion[] completions = new Completion[16];
    private int size;

    MaskFiller(int vocabularySize, ExecutorService workers, int workerCount) {
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

    /** Begins to fill the masks of the rows added, on workers if there are many. The returned work is to be joined. */
    Work start() {
        masks.resize(size);
        int helpers = Math.min(workerCount, (size - 1) / ROWS_PER_WORKER);
        Work work = new Work(size, helpers);
        for (int i = 0; i < helpers; i++) {
            workers.execute(work);
        }
        return work;
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

    /** The masks of one step. */
    final class Work implements Runnable {
        private final int rows;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch helpers;

        private Work(int rows, int helpers) {
            this.rows = rows;
            this.helpers = new CountDownLatch(helpers);
        }

        @Override
        public void run() {
            try {
                fillRows();
            } finally {
                helpers.countDown();
            }
        }

        private void fillRows() {
            for (int row = next.getAndIncrement(); row < rows; row = next.getAndIncrement()) {
                fill(row);
            }
        }

        /** Engine thread: helps, then waits for the others. */
        StepMasks join() throws InterruptedException {
            fillRows();
            helpers.await();
            return masks;
        }
    }
}
