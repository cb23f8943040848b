package dev.tokamak.libtorch;

import dev.tokamak.libtorch.weights.JsonFiles;
import dev.tokamak.libtorch.weights.SafetensorsFile;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A committed checkpoint and what {@code transformers} computes from it; {@code make_checkpoints.py} tells how. */
public record Reference(Path folder, List<Case> cases) {
    static final List<String> NAMES = List.of("llama2", "llama3", "llama31", "mistral", "qwen2", "qwen3");

    /**
     * @param prompt token ids
     * @param continuation what greedy decoding appends
     * @param logits for each token of the continuation, those it was chosen from
     */
    record Case(int[] prompt, int[] continuation, float[][] logits) {}

    static Reference of(String name) {
        Path folder = folder(name);
        JsonArray list = JsonFiles.read(folder.resolve("reference.json")).getJsonArray("cases");
        List<Case> cases = new ArrayList<>();
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("reference.safetensors"))) {
            for (int i = 0; i < list.size(); i++) {
                JsonObject each = list.getJsonObject(i);
                cases.add(new Case(
                        ints(each.getJsonArray("prompt")),
                        ints(each.getJsonArray("continuation")),
                        logits(file, file.entries().get("logits." + i))));
            }
        }
        return new Reference(folder, cases);
    }

    public static Path folder(String name) {
        try {
            return Path.of(Reference.class.getResource("/checkpoints/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static int[] ints(JsonArray array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.getInt(i);
        }
        return values;
    }

    static float[][] logits(SafetensorsFile file, SafetensorsFile.Entry entry) {
        FloatBuffer all = file.map(entry).get(0).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[][] rows = new float[(int) entry.shape()[0]][(int) entry.shape()[1]];
        for (float[] row : rows) {
            all.get(row);
        }
        return rows;
    }
}
