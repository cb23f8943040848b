package dev.tokamak.engine;

import dev.tokamak.api.EngineHealth;
import dev.tokamak.engine.step.StepLoop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells the log when the engine stalls and when it goes on. Looks four times within the time that a step may take. */
final class Watchdog implements Runnable {
    private static final System.Logger LOG = System.getLogger(Watchdog.class.getName());

    private final StepLoop loop;
    private final long periodMillis;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this, "tokamak-watchdog");

    Watchdog(StepLoop loop, long watchdogMillis) {
        this.loop = loop;
        this.periodMillis = Math.max(1, watchdogMillis / 4);
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    void stop() {
        stopped.countDown();
    }

    @Override
    public void run() {
        boolean stalled = false;
        try {
            while (!stopped.await(periodMillis, TimeUnit.MILLISECONDS)) {
                EngineHealth health = loop.health();
                boolean stallsNow = health.state() == EngineHealth.State.STALLED;
                if (stallsNow != stalled) {
                    stalled = stallsNow;
                    LOG.log(
                            System.Logger.Level.WARNING,
                            stalled ? "the engine is stalled: " + health.detail() : "the engine goes on");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
