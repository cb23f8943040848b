package dev.tokamak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EncodingGateTest {
    private final CountDownLatch within = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);
    private final AtomicInteger entered = new AtomicInteger();
    private final EncodingGate gate = new EncodingGate(new SlowTokenizer());

    @Test
    void longTextsWaitForEachOtherAndShortOnesPass() throws InterruptedException {
        String half = "7".repeat(300_000);
        Thread first = new Thread(() -> gate.encode(half, false));
        Thread second = new Thread(() -> gate.encode(half, false));
        first.start();
        within.await();
        gate.encode("short", false);
        second.start();
        while (second.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(entered).hasValue(1);
        leave.countDown();
        first.join();
        second.join();
        assertThat(entered).hasValue(2);
    }

    @Test
    void aTextLongerThanTheGateIsWidePassesAlone() {
        leave.countDown();
        assertThat(gate.encode("7".repeat(3_000_000), false)).isEmpty();
        assertThat(gate.encode("7".repeat(3_000_000), false)).isEmpty();
    }

    @Test
    void aThreadThatIsInterruptedIsToldSoAndTakesNothing() {
        leave.countDown();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> gate.encode("text", false))
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(gate.encode("7".repeat(3_000_000), false)).isEmpty();
    }

    /** Long texts stay within until they may leave. */
    private final class SlowTokenizer implements Tokenizer {
        @Override
        public int[] encode(String text, boolean addSpecialTokens) {
            if (text.length() > 100) {
                entered.incrementAndGet();
                within.countDown();
                try {
                    leave.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return new int[0];
        }

        @Override
        public String decode(int[] tokenIds, boolean skipSpecialTokens) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Vocabulary vocabulary() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Detokenizer detokenizer(boolean skipSpecialTokens, int[] promptTail) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
