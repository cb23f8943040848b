package dev.tokamak.libtorch.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WeightStreamTest {
    private static final int COUNT = 4;
    private static final int CAPACITY = 1000;

    private final HostBuffers buffers = new HostBuffers(COUNT, CAPACITY, false);
    private final WeightStream stream = new WeightStream(buffers);

    @AfterEach
    void close() {
        stream.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1000, 1001, 3999, 4000, 4001, 12345, 100_000})
    void allBytesArriveInTheirPlaces(int length) {
        byte[] bytes = random(length);
        byte[] arrived = copy(bytes);
        assertThat(arrived).isEqualTo(bytes);
    }

    @Test
    void copiesInARowDoNotDisturbEachOther() {
        byte[][] bytes = {random(1), random(5300), random(0), random(4000), random(17), random(2999)};
        BytePointer[] targets = new BytePointer[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            targets[i] = new BytePointer(Math.max(1, bytes[i].length));
            stream.copy(from(bytes[i]), bytes[i].length, targets[i]);
        }
        buffers.synchronize();
        for (int i = 0; i < bytes.length; i++) {
            assertThat(bytes(targets[i], bytes[i].length)).isEqualTo(bytes[i]);
        }
    }

    @Test
    void aFailureIsToldAfterAllReadersHaveLetGoOfTheBuffers() {
        AtomicInteger reading = new AtomicInteger();
        CountDownLatch failing = new CountDownLatch(1);
        WeightStream.Source source = (offset, into) -> {
            reading.incrementAndGet();
            try {
                if (offset == 1000) {
                    failing.countDown();
                    throw TokamakException.configuration("x.safetensors became shorter while it was read");
                }
                await(failing);
            } finally {
                reading.decrementAndGet();
            }
        };
        assertThatThrownBy(() -> stream.copy(source, 100_000, new BytePointer(100_000)))
                .isInstanceOf(TokamakException.class)
                .hasMessage("x.safetensors became shorter while it was read")
                .satisfies(e -> assertThat(((TokamakException) e).code()).isEqualTo(ErrorCode.CONFIGURATION));
        assertThat(reading).hasValue(0);
    }

    @Test
    void aStreamIsUsableAfterAFailure() {
        assertThatThrownBy(() -> stream.copy(
                        (offset, into) -> {
                            throw new IllegalStateException("disk on fire");
                        },
                        10_000,
                        new BytePointer(10_000)))
                .hasMessage("disk on fire");
        byte[] bytes = random(7500);
        assertThat(copy(bytes)).isEqualTo(bytes);
    }

    @Test
    void anInterruptEndsTheCopyAndIsKept() {
        byte[] bytes = random(50_000);
        try {
            assertThatThrownBy(() -> stream.copy(
                            (offset, into) -> into.put(bytes, (int) offset, into.remaining()),
                            interruptingAt(bytes.length),
                            new BytePointer(bytes.length)))
                    .isInstanceOf(TokamakException.class)
                    .hasMessage("loading the weights was interrupted")
                    .satisfies(e -> assertThat(((TokamakException) e).code()).isEqualTo(ErrorCode.CONFIGURATION));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(copy(bytes)).isEqualTo(bytes);
    }

    @Test
    void closingFreesTheBuffersWhenWhatWasSentHasArrived() {
        byte[] bytes = random(2500);
        BytePointer target = new BytePointer(bytes.length);
        stream.copy(from(bytes), bytes.length, target);
        stream.close();
        assertThat(buffers.closed).isTrue();
        assertThat(bytes(target, bytes.length)).isEqualTo(bytes);
    }

    private static int interruptingAt(int length) {
        Thread.currentThread().interrupt();
        return length;
    }

    private byte[] copy(byte[] bytes) {
        BytePointer target = new BytePointer(Math.max(1, bytes.length));
        stream.copy(from(bytes), bytes.length, target);
        buffers.synchronize();
        return bytes(target, bytes.length);
    }

    private static byte[] bytes(BytePointer from, int length) {
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private static WeightStream.Source from(byte[] bytes) {
        return (long offset, ByteBuffer into) -> into.put(bytes, (int) offset, into.remaining());
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
