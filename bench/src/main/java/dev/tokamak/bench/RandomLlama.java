package dev.tokamak.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes a Llama checkpoint of 125 million random F32 weights: hidden 768, 12 layers, 12 heads of 64 with 4 key/value heads,
 * inner width 2,048, vocabulary 32,000, embeddings not tied. Every token decodes to printable text, so that each is an event
 * of a stream. The same folder always gets the same weights.
 */
public final class RandomLlama {
    private static final int HIDDEN = 768;
    private static final int LAYERS = 12;
    private static final int HEADS = 12;
    private static final int KEY_VALUE_HEADS = 4;
    private static final int HEAD = 64;
    private static final int INNER = 2048;
    private static final int VOCABULARY = 32_000;
    private static final int BYTES = 256;

    private RandomLlama() {}

    /**
     * Writes the checkpoint.
     *
     * @param arguments the folder
     * @throws IOException if it cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("usage: RandomLlama FOLDER");
        }
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        Files.writeString(folder.resolve("config.json"), config());
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
        writeWeights(folder.resolve("model.safetensors"));
    }

    private static String config() {
        return String.format(
                Locale.ROOT,
                "{\"architectures\":[\"LlamaForCausalLM\"],\"model_type\":\"llama\",\"hidden_act\":\"silu\","
                        + "\"hidden_size\":%d,\"num_hidden_layers\":%d,\"num_attention_heads\":%d,"
                        + "\"num_key_value_heads\":%d,\"head_dim\":%d,\"intermediate_size\":%d,\"vocab_size\":%d,"
                        + "\"max_position_embeddings\":2048,\"rms_norm_eps\":1e-5,\"rope_theta\":10000.0,"
                        + "\"tie_word_embeddings\":false,\"torch_dtype\":\"float32\",\"bos_token_id\":1,\"eos_token_id\":2}",
                HIDDEN,
                LAYERS,
                HEADS,
                KEY_VALUE_HEADS,
                HEAD,
                INNER,
                VOCABULARY);
    }

    /** Byte-level BPE without merges: the 256 bytes, then made-up words. */
    private static String tokenizer() {
        StringBuilder vocabulary = new StringBuilder();
        int other = 0;
        for (int b = 0; b < BYTES; b++) {
            boolean printable = b > ' ' && b < 0x7f || b > 0xa0 && b != 0xad;
            int character = printable ? b : 0x100 + other++;
            vocabulary
                    .append(b == 0 ? "" : ",")
                    .append(String.format(Locale.ROOT, "\"\\u%04x\":%d", character, b));
        }
        for (int id = BYTES; id < VOCABULARY; id++) {
            vocabulary.append(",\"\\u0120w").append(id).append("\":").append(id);
        }
        return "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[],\"normalizer\":null,"
                + "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true},"
                + "\"post_processor\":null,"
                + "\"decoder\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true},"
                + "\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,\"continuing_subword_prefix\":null,"
                + "\"end_of_word_suffix\":null,\"fuse_unk\":false,\"byte_fallback\":false,\"vocab\":{" + vocabulary
                + "},\"merges\":[]}}";
    }

    private static Map<String, int[]> shapes() {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put("model.embed_tokens.weight", new int[] {VOCABULARY, HIDDEN});
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "model.layers." + layer + ".";
            shapes.put(prefix + "input_layernorm.weight", new int[] {HIDDEN});
            shapes.put(prefix + "self_attn.q_proj.weight", new int[] {HEADS * HEAD, HIDDEN});
            shapes.put(prefix + "self_attn.k_proj.weight", new int[] {KEY_VALUE_HEADS * HEAD, HIDDEN});
            shapes.put(prefix + "self_attn.v_proj.weight", new int[] {KEY_VALUE_HEADS * HEAD, HIDDEN});
            shapes.put(prefix + "self_attn.o_proj.weight", new int[] {HIDDEN, HEADS * HEAD});
            shapes.put(prefix + "post_attention_layernorm.weight", new int[] {HIDDEN});
            shapes.put(prefix + "mlp.gate_proj.weight", new int[] {INNER, HIDDEN});
            shapes.put(prefix + "mlp.up_proj.weight", new int[] {INNER, HIDDEN});
            shapes.put(prefix + "mlp.down_proj.weight", new int[] {HIDDEN, INNER});
        }
        shapes.put("model.norm.weight", new int[] {HIDDEN});
        shapes.put("lm_head.weight", new int[] {VOCABULARY, HIDDEN});
        return shapes;
    }

    private static void writeWeights(Path file) throws IOException {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        long offset = 0;
        for (Map.Entry<String, int[]> tensor : shapes().entrySet()) {
            int[] shape = tensor.getValue();
            long end = offset + 4L * elements(shape);
            String sizes = shape.length == 1 ? "" + shape[0] : shape[0] + "," + shape[1];
            header.append(",\"")
                    .append(tensor.getKey())
                    .append("\":{\"dtype\":\"F32\",\"shape\":[")
                    .append(sizes)
                    .append("],\"data_offsets\":[")
                    .append(offset)
                    .append(',')
                    .append(end)
                    .append("]}");
            offset = end;
        }
        header.append('}');
        while (header.length() % 8 != 0) {
            header.append(' ');
        }
        byte[] head = header.toString().getBytes(StandardCharsets.UTF_8);
        SplittableRandom random = new SplittableRandom(125);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(head.length)
                    .array());
            out.write(head);
            for (int[] shape : shapes().values()) {
                writeTensor(shape, random, out);
            }
        }
    }

    /** Norms are ones; matrices are uniform with the standard deviation 0.02. */
    private static void writeTensor(int[] shape, SplittableRandom random, OutputStream out) throws IOException {
        float width = (float) (0.02 * Math.sqrt(12));
        int row = shape[shape.length - 1];
        ByteBuffer values = ByteBuffer.allocate(4 * row).order(ByteOrder.LITTLE_ENDIAN);
        for (int rows = elements(shape) / row; rows > 0; rows--) {
            values.clear();
            for (int i = 0; i < row; i++) {
                float uniform = (random.nextInt() >> 8) * 0x1p-24f;
                values.putFloat(shape.length == 1 ? 1f : uniform * width);
            }
            out.write(values.array());
        }
    }

    private static int elements(int[] shape) {
        return shape.length == 1 ? shape[0] : shape[0] * shape[1];
    }
}
