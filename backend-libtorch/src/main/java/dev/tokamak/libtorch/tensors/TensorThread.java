package dev.tokamak.libtorch.tensors;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.InferenceMode;

/**
 * The one thread on which tensors are made and used. OpenMP gives each thread that computes a team of its own, and
 * inference mode and scopes belong to a thread, so there is only this one.
 */
public final class TensorThread implements AutoCloseable {
    private final ExecutorService executor;
    private InferenceMode inferenceMode;

    public TensorThread(String name) {
        executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Lets everything that follows run in inference mode. */
    public void enterInferenceMode() {
        call(() -> inferenceMode = new InferenceMode(true));
    }

    /**
     * Queues a task.
     *
     * @throws TokamakException if the thread has ended
     */
    public <T> Future<T> submit(Callable<T> task) {
        try {
            return executor.submit(task);
        } catch (RejectedExecutionException e) {
            throw new TokamakException(ErrorCode.ENGINE_DEAD, "the executor is closed", e);
        }
    }

    /** Runs a task and waits for it; what it throws is thrown here. */
    public <T> T call(Callable<T> task) {
        return result(submit(task), ErrorCode.CONFIGURATION);
    }

    /**
     * Waits for a task.
     *
     * @param future the task
     * @param code for failures that are no {@link TokamakException} themselves
     * @return its result
     */
    public static <T> T result(Future<T> future, ErrorCode code) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TokamakException known) {
                throw new TokamakException(
                        known.code(), known.getMessage(), known.param().orElse(null), known);
            }
            throw new TokamakException(code, firstLine(e.getCause()), e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** libtorch's messages carry a C++ backtrace, which the cause keeps. */
    private static String firstLine(Throwable failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return message.lines().findFirst().orElse(failure.toString());
    }

    public boolean isClosed() {
        return executor.isShutdown();
    }

    /** Waits for what is queued, then ends the thread. */
    @Override
    public void close() {
        executor.execute(() -> {
            if (inferenceMode != null) {
                inferenceMode.close();
            }
        });
        executor.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (executor.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
