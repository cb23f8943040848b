package dev.tokamak.engine.model;

import dev.tokamak.api.TokamakException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a checkpoint says of the labels that its head tells apart: {@code config.json}.
 *
 * @param names by index, for those that have one
 * @param activation what makes probabilities or scores of the head's logits
 */
public record Labels(Map<Integer, String> names, Activation activation) {
    /** Of a model that tells no labels apart. */
    public static final Labels NONE = new Labels(Map.of(), Activation.PROBABILITIES);

    private static final String FILE = "config.json";
    private static final String MODULES = "torch.nn.modules.";

    /** What becomes of logits. */
    public enum Activation {
        /** Softmax of several, the logistic function of a single one. */
        PROBABILITIES,
        /** The logistic function of each. */
        SIGMOID,
        /** They stay as they are. */
        NONE;

        /**
         * Computes it.
         *
         * @param logits of all labels; not changed
         * @return as many numbers
         */
        public float[] of(float[] logits) {
            if (this == NONE) {
                return logits.clone();
            }
            boolean softmax = this == PROBABILITIES && logits.length > 1;
            double most = Double.NEGATIVE_INFINITY;
            for (float logit : logits) {
                most = Math.max(most, logit);
            }
            double[] values = new double[logits.length];
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                values[i] = softmax ? Math.exp(logits[i] - most) : 1 / (1 + Math.exp(-logits[i]));
                sum += values[i];
            }
            float[] made = new float[logits.length];
            for (int i = 0; i < made.length; i++) {
                made[i] = (float) (softmax ? values[i] / sum : values[i]);
            }
            return made;
        }
    }

    /**
     * Reads a checkpoint's labels.
     *
     * @param folder of the checkpoint
     * @return without names if it has none
     * @throws TokamakException if it names an activation or a kind of problem that is none of those that are known
     */
    public static Labels read(Path folder) {
        Map<String, Object> file = JsonFile.readIfPresent(folder.resolve(FILE));
        Map<Integer, String> names = new LinkedHashMap<>();
        if (file.get("id2label") instanceof Map<?, ?> byId) {
            byId.forEach((id, name) -> {
                if (id instanceof String text && text.matches("\\d{1,9}") && name instanceof String label) {
                    names.put(Integer.parseInt(text), label);
                }
            });
        }
        return new Labels(Map.copyOf(names), activation(folder, file));
    }

    /** What {@code sentence-transformers} wrote wins over what {@code transformers} did. */
    private static Activation activation(Path folder, Map<String, Object> file) {
        Object named = file.get("sbert_ce_default_activation_function");
        String field = "sbert_ce_default_activation_function";
        if (file.get("sentence_transformers") instanceof Map<?, ?> own && own.get("activation_fn") != null) {
            named = own.get("activation_fn");
            field = "sentence_transformers.activation_fn";
        }
        if (named instanceof String name && name.startsWith(MODULES)) {
            switch (name.substring(MODULES.length())) {
                case "linear.Identity":
                    return Activation.NONE;
                case "activation.Sigmoid":
                    return Activation.SIGMOID;
                default:
                    break;
            }
        }
        if (named != null) {
            throw fault(folder, field, named, "torch's Identity or Sigmoid");
        }
        Object problem = file.get("problem_type");
        if (problem == null || problem.equals("single_label_classification")) {
            return Activation.PROBABILITIES;
        }
        if (problem.equals("multi_label_classification")) {
            return Activation.SIGMOID;
        }
        if (problem.equals("regression")) {
            return Activation.NONE;
        }
        throw fault(
                folder,
                "problem_type",
                problem,
                "regression, single_label_classification or multi_label_classification");
    }

    private static TokamakException fault(Path folder, String field, Object value, String expected) {
        return TokamakException.configuration(
                folder.resolve(FILE) + " has " + field + " = " + value + " where " + expected + " is expected");
    }

    /**
     * A label's name.
     *
     * @param index of its logit
     * @return {@code LABEL_0} and so on where the checkpoint has none, as in {@code transformers}
     */
    public String name(int index) {
        return names.getOrDefault(index, "LABEL_" + index);
    }
}
