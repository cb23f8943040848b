package dev.tokamak.engine;

import static dev.tokamak.engine.Engines.config;
import static dev.tokamak.engine.Engines.greedy;
import static dev.tokamak.engine.Engines.last;
import static dev.tokamak.engine.Engines.metric;
import static dev.tokamak.engine.Engines.prompt;
import static dev.tokamak.engine.Engines.request;
import static dev.tokamak.engine.Engines.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.RequestStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokamakEngineTest {
    @TempDir
    Path folder;

    @Test
    void generatesAsManyTokensAsAskedFor() throws InterruptedException {
        try (TokamakEngine engine = TokamakEngine.open(config(folder).build())) {
            assertThat(tokens(engine, prompt(10, 1), greedy(20).build())).hasSize(20);
        }
    }

    @Test
    void givesTheSameTokensAloneAndAmongOthers() throws InterruptedException {
        try (TokamakEngine engine = TokamakEngine.open(config(folder).build())) {
            int[] alone = tokens(engine, prompt(30, 1), greedy(40).build());
            List<RequestStream> others = new ArrayList<>();
            for (int i = 2; i < 20; i++) {
                others.add(
                        engine.submit(request(prompt(10 + 3 * i, i), greedy(30).build())));
            }
            int[] among = tokens(engine, prompt(30, 1), greedy(40).build());
            for (RequestStream other : others) {
                last(other);
            }
            assertThat(among).isEqualTo(alone);
            assertThat(metric(engine, "kv_cache_usage_perc")).isZero();
        }
    }
}
