package dev.tokamak.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The engine of this process, for code that a server starts by itself, such as a web application: it is redeployed while the
 * engine and its native memory stay. The one static state of Tokamak.
 *
 * <p>Whoever starts the process {@linkplain #set sets} a future before or while the server boots, and completes it when the
 * engine is ready, so that engine and server start side by side. Thread-safe.
 */
public final class EngineHolder {
    private static final AtomicReference<CompletableFuture<ServedModel>> ENGINE = new AtomicReference<>(new Unset());

    private static final AtomicReference<Runnable> BEFORE_STOP = new AtomicReference<>();

    /** The wait for an engine that nobody has promised. */
    private static final class Unset extends CompletableFuture<ServedModel> {}

    private EngineHolder() {}

    /**
     * The engine, or the wait for it.
     *
     * @return completes when the engine is ready, exceptionally if it could not start
     */
    public static CompletableFuture<ServedModel> engine() {
        return ENGINE.get();
    }

    /**
     * Whether somebody has set an engine, be it ready or not.
     *
     * @return false where nobody is going to start one
     */
    public static boolean isSet() {
        return !(ENGINE.get() instanceof Unset);
    }

    /**
     * Sets the engine of this process. Who already waits for one gets this one.
     *
     * @param engine completed when it is ready; the setter owns the engine and closes it
     */
    public static void set(CompletableFuture<ServedModel> engine) {
        CompletableFuture<ServedModel> before = ENGINE.getAndSet(engine);
        engine.whenComplete((ready, failure) -> {
            if (failure != null) {
                before.completeExceptionally(failure);
            } else {
                before.complete(ready);
            }
        });
    }

    /**
     * Sets what has to be done before the server of this process stops: whoever answers requests with the engine lets them end.
     *
     * @param drain returns when it is done; replaces the one before; null for nothing
     */
    public static void beforeStop(Runnable drain) {
        BEFORE_STOP.set(drain);
    }

    /** Does, once, what has to be done {@linkplain #beforeStop before the server stops}, and returns when it is done. */
    public static void prepareStop() {
        Runnable drain = BEFORE_STOP.getAndSet(null);
        if (drain != null) {
            drain.run();
        }
    }

    /** Forgets the engine; later callers wait for the next one that is set. */
    public static void clear() {
        ENGINE.set(new Unset());
    }
}
