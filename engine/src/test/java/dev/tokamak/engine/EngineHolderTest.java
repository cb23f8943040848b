package dev.tokamak.engine;

import static dev.tokamak.engine.Engines.config;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineHolderTest {
    @TempDir
    Path folder;

    @AfterEach
    void forget() {
        EngineHolder.clear();
    }

    @Test
    void givesTheEngineToWhoWaitedForIt() {
        CompletableFuture<ServedModel> waiting = EngineHolder.engine();
        CompletableFuture<ServedModel> starting = new CompletableFuture<>();
        assertThat(EngineHolder.isSet()).isFalse();
        EngineHolder.set(starting);
        assertThat(EngineHolder.isSet()).isTrue();
        assertThat(waiting).isNotDone();
        try (TokamakEngine engine = TokamakEngine.open(config(folder).build())) {
            starting.complete(engine);

            assertThat(waiting).isCompletedWithValue(engine);
            assertThat(EngineHolder.engine()).isCompletedWithValue(engine);
        }
    }

    @Test
    void tellsWhoWaitedWhyItCouldNotStart() {
        CompletableFuture<ServedModel> waiting = EngineHolder.engine();
        EngineHolder.set(CompletableFuture.failedFuture(new IllegalStateException("no weights")));

        assertThatThrownBy(waiting::join)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("no weights");
    }

    @Test
    void whatComesBeforeTheStopIsDoneOnce() {
        AtomicInteger drained = new AtomicInteger();
        EngineHolder.beforeStop(() -> drained.addAndGet(10));
        EngineHolder.beforeStop(drained::incrementAndGet);
        EngineHolder.prepareStop();
        EngineHolder.prepareStop();
        assertThat(drained).hasValue(1);
    }
}
