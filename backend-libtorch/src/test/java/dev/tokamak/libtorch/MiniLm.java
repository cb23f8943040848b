package dev.tokamak.libtorch;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * The encoder {@code all-MiniLM-L6-v2} with its real weights, as a folder of {@code sentence-transformers}, and what ONNX Runtime computes
 * with the file that the weights are from.
 */
final class MiniLm implements AutoCloseable {
    private static final Path FOLDER = Path.of("target", "all-MiniLM-L6-v2");

    private static final String CONFIG = """
            {"architectures": ["BertModel"], "model_type": "bert", "vocab_size": 30522, "hidden_size": 384,
             "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536, "hidden_act": "gelu",
             "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "pad_token_id": 0,
             "position_embedding_type": "absolute", "gradient_checkpointing": false, "initializer_range": 0.02}
            """;

    private static final String MODULES = """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """;

    private static final String POOLING = """
            {"word_embedding_dimension": 384, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true,
             "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false}
            """;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    MiniLm() throws OrtException, IOException {
        byte[] model = resource("all-minilm-l6-v2.onnx");
        session = environment.createSession(model, new OrtSession.SessionOptions());
        Files.createDirectories(FOLDER.resolve("1_Pooling"));
        OnnxWeights.toSafetensors(model, FOLDER.resolve("model.safetensors"));
        Files.write(FOLDER.resolve("tokenizer.json"), resource("all-minilm-l6-v2-tokenizer.json"));
        Files.writeString(FOLDER.resolve("config.json"), CONFIG);
        Files.writeString(FOLDER.resolve("modules.json"), MODULES);
        Files.writeString(FOLDER.resolve("1_Pooling").resolve("config.json"), POOLING);
        Files.writeString(
                FOLDER.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 256, \"do_lower_case\": false}");
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = MiniLm.class.getResourceAsStream("/" + name)) {
            return in.readAllBytes();
        }
    }

    Path folder() {
        return FOLDER;
    }

    /** The mean of the states of all tokens, of length 1. */
    float[] vector(int[] tokens) throws OrtException {
        long[][] ids = {Arrays.stream(tokens).asLongStream().toArray()};
        long[][] ones = {new long[tokens.length]};
        Arrays.fill(ones[0], 1);
        try (OnnxTensor inputs = OnnxTensor.createTensor(environment, ids);
                OnnxTensor mask = OnnxTensor.createTensor(environment, ones);
                OnnxTensor types = OnnxTensor.createTensor(environment, new long[1][tokens.length]);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", inputs, "attention_mask", mask, "token_type_ids", types))) {
            float[][] states = ((float[][][]) result.get(0).getValue())[0];
            double[] sum = new double[states[0].length];
            for (float[] state : states) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += state[i];
                }
            }
            double length = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
            float[] vector = new float[sum.length];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) (sum[i] / length);
            }
            return vector;
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
