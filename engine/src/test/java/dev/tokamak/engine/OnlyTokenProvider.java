package dev.tokamak.engine;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.sampling.LogitsAdjuster;
import dev.tokamak.spi.sampling.LogitsAdjusterProvider;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.util.Optional;

/** {@code "only": 65} lets nothing but token 65 be drawn; {@code "only": "nothing"} makes null. */
public final class OnlyTokenProvider implements LogitsAdjusterProvider {
    @Override
    public String name() {
        return "only";
    }

    @Override
    public Optional<LogitsAdjuster> create(Object argument, Vocabulary vocabulary) {
        if ("nothing".equals(argument)) {
            return null;
        }
        if (!(argument instanceof Integer token)) {
            throw TokamakException.invalid("only", "only must be a token id, got " + argument);
        }
        return Optional.of((tokens, length, promptTokens, words, offset) -> {
            for (int id = 0; id < vocabulary.size(); id++) {
                if (id != token) {
                    words[offset + (id >>> 5)] &= ~(1 << id);
                }
            }
        });
    }
}
