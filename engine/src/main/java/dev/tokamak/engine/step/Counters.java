package dev.tokamak.engine.step;

import dev.tokamak.api.EngineMetric;
import java.util.ArrayList;
import java.util.List;

/** What the engine counts. Written by the engine thread only, read by any. */
public final class Counters {
    volatile int running;
    volatile int waiting;
    volatile int freeBlocks;
    volatile int totalBlocks;
    volatile long steps;
    volatile long stepTokens;
    volatile long failedSteps;
    volatile long promptTokens;
    volatile long generationTokens;
    volatile long preemptions;
    volatile long prefixQueries;
    volatile long prefixHits;
    volatile long requestsFinished;
    volatile long requestsAborted;

    Counters() {}

    /** A snapshot, always in the same order. */
    public List<EngineMetric> snapshot() {
        List<EngineMetric> metrics = new ArrayList<>();
        gauge(metrics, "requests_running", "Sequences that have a slot.", running);
        gauge(metrics, "requests_waiting", "Sequences that wait for a slot or for blocks.", waiting);
        double usage = totalBlocks == 0 ? 0 : 1.0 - (double) freeBlocks / totalBlocks;
        gauge(metrics, "kv_cache_usage_perc", "The fraction of KV blocks that running sequences hold.", usage);
        gauge(metrics, "kv_cache_blocks", "KV blocks in all.", totalBlocks);
        gauge(metrics, "kv_cache_free_blocks", "KV blocks that no running sequence holds.", freeBlocks);
        counter(metrics, "prompt_tokens_total", "Prompt tokens of the requests that began to run.", promptTokens);
        counter(metrics, "generation_tokens_total", "Tokens generated.", generationTokens);
        counter(metrics, "num_preemptions_total", "How often a sequence gave up its blocks.", preemptions);
        counter(metrics, "prefix_cache_queries_total", "Tokens looked up in the prefix cache.", prefixQueries);
        counter(metrics, "prefix_cache_hits_total", "Tokens found in the prefix cache.", prefixHits);
        counter(metrics, "steps_total", "Steps that succeeded.", steps);
        counter(metrics, "step_tokens_total", "Tokens that steps computed.", stepTokens);
        counter(metrics, "failed_steps_total", "Steps that failed as a whole.", failedSteps);
        counter(metrics, "requests_finished_total", "Completions that ended by themselves.", requestsFinished);
        counter(metrics, "requests_aborted_total", "Completions that were aborted.", requestsAborted);
        return metrics;
    }

    private static void gauge(List<EngineMetric> metrics, String name, String help, double value) {
        metrics.add(new EngineMetric(name, help, false, value));
    }

    private static void counter(List<EngineMetric> metrics, String name, String help, double value) {
        metrics.add(new EngineMetric(name, help, true, value));
    }
}
