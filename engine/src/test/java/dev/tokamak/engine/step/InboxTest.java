package dev.tokamak.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InboxTest {
    private final Inbox inbox = new Inbox();
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsCommandsInTheirOrderAndOnce() {
        inbox.put(() -> ran.add("first"));
        inbox.put(() -> ran.add("second"));
        assertThat(inbox.size()).isEqualTo(2);
        inbox.drain();
        inbox.drain();

        assertThat(ran).containsExactly("first", "second");
        assertThat(inbox.size()).isZero();
    }

    @Test
    void keepsWhatACommandPutsInForTheNextTime() {
        inbox.put(() -> inbox.put(() -> ran.add("later")));
        inbox.drain();
        assertThat(ran).isEmpty();
        inbox.drain();

        assertThat(ran).containsExactly("later");
    }

    @Test
    void doesNotSleepWhileThereIsACommand() {
        inbox.put(() -> ran.add("command"));
        inbox.await();
        inbox.drain();

        assertThat(ran).containsExactly("command");
    }

    @Test
    void wakesTheEngineThreadThatSleeps() throws InterruptedException {
        Thread engine = new Thread(() -> {
            inbox.await();
            inbox.drain();
        });
        engine.start();
        while (engine.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        inbox.put(() -> ran.add(Thread.currentThread().getName()));
        engine.join();

        assertThat(ran).containsExactly(engine.getName());
    }

    @Test
    void losesNoCommandOfManyThreadsWhileTheEngineThreadSleepsInBetween() throws InterruptedException {
        int threads = 4;
        int each = 5000;
        AtomicInteger count = new AtomicInteger();
        Thread engine = new Thread(() -> {
            while (count.get() < threads * each) {
                inbox.await();
                inbox.drain();
            }
        });
        engine.start();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            callers.add(new Thread(() -> {
                for (int j = 0; j < each; j++) {
                    inbox.put(count::incrementAndGet);
                }
            }));
        }
        callers.forEach(Thread::start);
        engine.join();

        assertThat(count).hasValue(threads * each);
    }
}
