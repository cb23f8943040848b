package dev.tokamak.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PreparingThreadsTest {

    @Test
    void whoHandsOverARequestNeverWaitsForThoseBefore() throws InterruptedException {
        PreparingThreads threads = new PreparingThreads();
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(500);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 500; i++) {
            threads.execute(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                running.decrementAndGet();
                ended.countDown();
            });
        }
        release.countDown();
        ended.await();
        assertThat(most.get()).isBetween(1, PreparingThreads.THREADS);
    }
}
