package dev.tokamak.engine;

import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;

/** Hands every call to another executor; tests override the calls that they watch or break. */
public abstract class DelegatingExecutor implements Executor {
    private final Executor sound;

    /** Takes over an executor. */
    protected DelegatingExecutor(Executor sound) {
        this.sound = sound;
    }

    @Override
    public ModelInfo load(LoadProgress progress) {
        return sound.load(progress);
    }

    @Override
    public int kvCapacity(int blockSize) {
        return sound.kvCapacity(blockSize);
    }

    @Override
    public void allocateKvCache(int blockSize, int blocks) {
        sound.allocateKvCache(blockSize, blocks);
    }

    @Override
    public void warmUp() {
        sound.warmUp();
    }

    @Override
    public int maxInFlight() {
        return sound.maxInFlight();
    }

    @Override
    public void launch(StepPlan plan) {
        sound.launch(plan);
    }

    @Override
    public void sample(StepMasks masks) {
        sound.sample(masks);
    }

    @Override
    public void await(StepResult into) {
        sound.await(into);
    }

    @Override
    public void reset() {
        sound.reset();
    }

    @Override
    public void close() {
        sound.close();
    }
}
