package dev.tokamak.libtorch.model;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.config.SentenceModules;
import dev.tokamak.libtorch.model.parts.Pooler;
import dev.tokamak.libtorch.model.parts.Projection;
import dev.tokamak.libtorch.operators.PoolingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a checkpoint's model gives at its end.
 *
 * @param kind what it gives
 * @param modules that the checkpoint has behind its transformer
 */
public record Ending(Kind kind, SentenceModules modules) {
    /** What models give. */
    public enum Kind {
        /** Scores of tokens, from which text is sampled. */
        LOGITS,
        /** A vector of a text. */
        VECTORS,
        /** Scores of labels, or one score of a pair. */
        LABELS
    }

    /**
     * Makes vectors as the modules say.
     *
     * @param config of the model
     * @param hidden elements of a token's vector
     * @param otherwise how tokens are put together where there are no modules
     */
    public Pooler vectors(ModelConfig config, int hidden, PoolingMode otherwise) {
        if (modules.width().orElse(hidden) != hidden) {
            throw config.unsupported("has vectors of " + hidden + " elements, its Pooling module asks for "
                    + modules.width().getAsInt());
        }
        List<PoolingMode> modes = modules.pooling().isEmpty() ? List.of(otherwise) : modules.pooling();
        List<Projection> projections = new ArrayList<>();
        int width = modes.size() * hidden;
        for (SentenceModules.Dense dense : modules.dense()) {
            if (dense.in() != width) {
                throw config.unsupported("has vectors of " + width + " elements where its module " + dense.folder()
                        + " takes " + dense.in());
            }
            String folder = dense.folder() + "/";
            Projection projection =
                    new Projection(folder + "linear", width, dense.out(), dense.biased(), dense.activation());
            projections.add(dense.residual() ? projection.beside(folder + "residual") : projection);
            width = dense.out();
        }
        Pooler pooler = new Pooler(hidden, modes, projections);
        return modules.unitLength() ? pooler.unitLength() : pooler;
    }
}
