package dev.tokamak.libtorch;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.cuda.CudaOperators;
import dev.tokamak.libtorch.model.Ending;
import dev.tokamak.libtorch.model.families.ModelFamily;
import dev.tokamak.libtorch.model.families.Wrapper;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The table of the models that can be run, made of the families themselves: what is not in them cannot be in it. */
final class ModelTable {
    /** The least device for which kernels may be built into graphs, of those that the page on CUDA names. */
    private static final int HOPPER = 90;

    private ModelTable() {}

    /** All of it, and how to read it. */
    static String markdown() {
        StringBuilder table = new StringBuilder();
        row(table, "family", "published as", "architecture", "`model_type`", "gives", "like `transformers`", "runs on");
        row(table, "---", "---", "---", "---", "---", "---", "---");
        for (ModelFamily family : ModelFamily.ALL) {
            row(
                    table,
                    family.name(),
                    family.publishedAs(),
                    code(family.architecture()),
                    code(family.modelType()),
                    gives(family),
                    generates(family) ? "logits, 64 greedy tokens" : "vectors, scores",
                    devices(family));
        }
        table.append('\n')
                .append(ModelFamily.ALL.size())
                .append(" families. Weights are read in safetensors, of type ")
                .append(TensorType.names())
                .append(". What ends in `Model` gives vectors, what ends in `ForSequenceClassification` labels.\n\n");
        row(table, "around a language model", "that is usually");
        row(table, "---", "---");
        for (Wrapper wrapper : Wrapper.ALL) {
            row(table, code(wrapper.architecture()), code(wrapper.languageType()));
        }
        return table.toString();
    }

    private static boolean generates(ModelFamily family) {
        return family.gives(family.architecture())
                .filter(Ending.Kind.LOGITS::equals)
                .isPresent();
    }

    private static String gives(ModelFamily family) {
        List<String> all = new ArrayList<>(generates(family) ? List.of("text") : List.of());
        all.add("vectors");
        all.add("labels");
        return String.join(", ", all);
    }

    private static String devices(ModelFamily family) {
        Transformer model = family.compose(ModelConfig.of(family.sizesOfOne()));
        boolean graphs = CudaOperators.support(model, TensorType.BF16, HOPPER);
        return graphs ? "CPU, CUDA, CUDA graphs" : "CPU, CUDA";
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static void row(StringBuilder table, String... cells) {
        table.append(List.of(cells).stream().collect(Collectors.joining(" | ", "| ", " |\n")));
    }
}
