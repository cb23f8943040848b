package dev.tokamak.libtorch.config;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.operators.Activation;
import dev.tokamak.libtorch.operators.PoolingMode;
import dev.tokamak.libtorch.weights.JsonFiles;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands behind a transformer in a checkpoint of {@code sentence-transformers}: its {@code modules.json} and the folders that it
 * names. Without that file nothing does.
 *
 * @param pooling how tokens' vectors are put together; empty if they are not
 * @param width elements of a token's vector as the pooling's configuration has them; empty if it does not say
 * @param dense projections behind it, in order
 * @param unitLength whether vectors are divided by their length at last
 * @param score the tokens whose logits are a pair's score, if that is what the model gives
 * @param mostTokens of a text, if the files say
 */
public record SentenceModules(
        List<PoolingMode> pooling,
        OptionalInt width,
        List<Dense> dense,
        boolean unitLength,
        Optional<TokenScore> score,
        OptionalInt mostTokens) {
    private static final Logger log = LoggerFactory.getLogger(SentenceModules.class);

    /** No modules. */
    public static final SentenceModules NONE = new SentenceModules(
            List.of(), OptionalInt.empty(), List.of(), false, Optional.empty(), OptionalInt.empty());

    private static final String PACKAGE = "sentence_transformers.";

    /** The modes by their names, and the flags that older files have in their place, in the order in which several are concatenated. */
    private static final Map<String, PoolingMode> MODES = Map.of(
            "cls", PoolingMode.FIRST,
            "max", PoolingMode.MAX,
            "mean", PoolingMode.MEAN,
            "mean_sqrt_len_tokens", PoolingMode.MEAN_SQRT_LENGTH,
            "weightedmean", PoolingMode.WEIGHTED_MEAN,
            "lasttoken", PoolingMode.LAST);

    private static final Map<String, String> FLAGS = flags();

    private static final List<String> KINDS =
            List.of("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet");

    /**
     * A projection.
     *
     * @param folder of its weights, within the checkpoint's
     * @param in elements
     * @param out elements
     * @param biased whether it has a bias
     * @param activation behind it; null for none
     * @param residual whether what goes in is added to what comes out
     */
    public record Dense(String folder, int in, int out, boolean biased, Activation activation, boolean residual) {}

    /**
     * The score of a decoder: the logit of one token behind the prompt, less that of another.
     *
     * @param yes the token for it
     * @param no the token against it; empty if only the first counts
     */
    public record TokenScore(int yes, OptionalInt no) {}

    private static Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("pooling_mode_cls_token", "cls");
        flags.put("pooling_mode_max_tokens", "max");
        flags.put("pooling_mode_mean_tokens", "mean");
        flags.put("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens");
        flags.put("pooling_mode_weightedmean_tokens", "weightedmean");
        flags.put("pooling_mode_lasttoken", "lasttoken");
        return flags;
    }

    /**
     * Reads a checkpoint's modules.
     *
     * @param folder of the checkpoint
     * @return {@link #NONE} if it has no {@code modules.json}
     * @throws TokamakException if a file is broken, or asks for what is not supported
     */
    public static SentenceModules read(Path folder) {
        Path file = folder.resolve("modules.json");
        if (!Files.exists(file)) {
            return NONE;
        }
        Reading reading = new Reading(folder, file);
        for (JsonValue each : JsonFiles.readList(file)) {
            reading.module(each);
        }
        return reading.modules();
    }

    /** Whether they make one vector of a sequence. */
    public boolean makeVectors() {
        return !pooling.isEmpty();
    }

    /** The state of reading. */
    private static final class Reading {
        private final Path folder;
        private final Path file;
        private final List<PoolingMode> pooling = new ArrayList<>();
        private final List<Dense> dense = new ArrayList<>();
        private OptionalInt width = OptionalInt.empty();
        private boolean unitLength;
        private TokenScore score;
        private boolean transformer;

        Reading(Path folder, Path file) {
            this.folder = folder;
            this.file = file;
        }

        void module(JsonValue value) {
            if (!(value instanceof JsonObject module
                    && module.get("type") instanceof JsonString type
                    && module.get("path") instanceof JsonString path)) {
                throw TokamakException.configuration(
                        file + " lists " + value + " where an object with type and path" + " is expected");
            }
            String kind = type.getString().substring(type.getString().lastIndexOf('.') + 1);
            boolean known = type.getString().startsWith(PACKAGE)
                    && switch (kind) {
                        case "Transformer" -> transformer(path.getString());
                        case "Pooling" -> pooling(config(path.getString()));
                        case "Dense" -> dense(path.getString(), config(path.getString()));
                        case "Normalize" -> normalize(path.getString());
                        case "LogitScore" -> score(config(path.getString()));
                        default -> false;
                    };
            if (!known) {
                throw TokamakException.configuration(file + " asks for " + type.getString() + " (" + path.getString()
                        + ") in a place where it is not supported; supported are Transformer in the folder itself, then"
                        + " Pooling, Dense and Normalize, or LogitScore");
            }
        }

        private boolean transformer(String path) {
            boolean first = !transformer && path.isEmpty();
            transformer = true;
            return first;
        }

        private ModelConfig config(String path) {
            Path inner = folder.resolve(path).normalize();
            if (path.isEmpty() || !inner.startsWith(folder.normalize())) {
                throw TokamakException.configuration(
                        file + " names the folder \"" + path + "\", which is not within " + folder);
            }
            return ModelConfig.read(inner);
        }

        private boolean pooling(ModelConfig config) {
            List<String> modes = modes(config);
            for (String mode : modes) {
                if (!MODES.containsKey(mode)) {
                    throw config.unsupported(
                            "pools by " + mode + "; supported are " + String.join(", ", FLAGS.values()));
                }
                pooling.add(MODES.get(mode));
            }
            for (String key : new String[] {"word_embedding_dimension", "embedding_dimension"}) {
                if (config.has(key)) {
                    width = OptionalInt.of(config.size(key));
                }
            }
            if (config.says("include_prompt", false)) {
                throw config.unsupported("leaves prompts out of the vector (include_prompt), which is not built");
            }
            config.ignore("include_prompt");
            config.refuseUnread("Pooling");
            return transformer && pooling.size() == modes.size() && dense.isEmpty() && !unitLength;
        }

        private static List<String> modes(ModelConfig config) {
            List<String> flagged = FLAGS.keySet().stream()
                    .filter(flag -> config.has(flag) && config.flag(flag))
                    .map(FLAGS::get)
                    .toList();
            if (config.has("pooling_mode")) {
                return config.textOrTexts("pooling_mode");
            }
            return flagged.isEmpty() ? List.of("mean") : flagged;
        }

        private boolean dense(String path, ModelConfig config) {
            ModelConfig whole = config.withDefaults("{\"bias\": true, \"activation_function\":"
                    + " \"torch.nn.modules.activation.Tanh\", \"use_residual\": false}");
            for (String key : new String[] {"module_input_name", "module_output_name"}) {
                if (config.has(key) && !config.text(key).equals("sentence_embedding")) {
                    throw config.fault(key, "\"sentence_embedding\"");
                }
            }
            dense.add(new Dense(
                    path,
                    whole.size("in_features"),
                    whole.size("out_features"),
                    whole.flag("bias"),
                    activation(whole),
                    whole.flag("use_residual")));
            whole.refuseUnread("Dense");
            return !pooling.isEmpty() && !unitLength;
        }

        private static Activation activation(ModelConfig config) {
            return switch (config.text("activation_function")) {
                case "torch.nn.modules.linear.Identity" -> null;
                case "torch.nn.modules.activation.Tanh" -> Activation.TANH;
                case "torch.nn.modules.activation.ReLU" -> Activation.RELU;
                case "torch.nn.modules.activation.GELU" -> Activation.GELU;
                case "torch.nn.modules.activation.SiLU" -> Activation.SILU;
                case "torch.nn.modules.activation.Sigmoid" -> Activation.SIGMOID;
                default ->
                    throw config.fault("activation_function", "torch's Identity, Tanh, ReLU, GELU, SiLU or Sigmoid");
            };
        }

        /** Its folder may be missing, for it has nothing to say. */
        private boolean normalize(String path) {
            if (Files.exists(folder.resolve(path).resolve("config.json")) && !path.isEmpty()) {
                ModelConfig config = config(path);
                for (String key : new String[] {"module_input_name", "module_output_name"}) {
                    if (config.has(key) && !config.text(key).equals("sentence_embedding")) {
                        throw config.fault(key, "\"sentence_embedding\"");
                    }
                }
                config.refuseUnread("Normalize");
            }
            boolean first = !unitLength;
            unitLength = true;
            return first && !pooling.isEmpty();
        }

        private boolean score(ModelConfig config) {
            boolean two = config.has("false_token_id") && !config.isNull("false_token_id");
            score = new TokenScore(
                    config.count("true_token_id"),
                    two ? OptionalInt.of(config.count("false_token_id")) : OptionalInt.empty());
            config.ignore("module_input_name");
            config.refuseUnread("LogitScore");
            return transformer && pooling.isEmpty();
        }

        SentenceModules modules() {
            return new SentenceModules(
                    List.copyOf(pooling), width, List.copyOf(dense), unitLength, Optional.ofNullable(score), most());
        }

        /** How many tokens of a text are looked at, in a file that was named after the model once. */
        private OptionalInt most() {
            for (String kind : KINDS) {
                Path path = folder.resolve("sentence_" + kind + "_config.json");
                if (Files.exists(path)) {
                    ModelConfig config = ModelConfig.of(path, JsonFiles.read(path));
                    if (config.says("do_lower_case", true)) {
                        log.warn("{} has do_lower_case, which is for the checkpoint's tokenizer.json to say", path);
                    }
                    return config.has("max_seq_length") ? config.sizeOrNone("max_seq_length") : OptionalInt.empty();
                }
            }
            return OptionalInt.empty();
        }
    }
}
