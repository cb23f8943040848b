package dev.tokamak.libtorch;

import dev.tokamak.libtorch.weights.JsonFiles;
import dev.tokamak.libtorch.weights.SafetensorsFile;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A checkpoint and what {@code transformers} computes from it. Those of {@link #NAMES} are committed; {@code make_checkpoints.py} tells
 * how they were made. Those of {@link #FAMILIES} are generated from a formula; {@code make_families.py} has the other half of it.
 */
public record Reference(Path folder, List<Case> cases) {
    static final List<String> NAMES = List.of("llama2", "llama3", "llama31", "mistral", "qwen2", "qwen3");

    /** One checkpoint a family, or several where it comes in several shapes: all that there are. */
    static final List<String> FAMILIES = folders("/families");

    /** Those of {@link #FAMILIES} that fold tokens into a state, of which nobody has the one in the middle. */
    static final List<String> RECURRENT = List.of("lfm2");

    private static final Map<String, Path> GENERATED = new ConcurrentHashMap<>();

    /**
     * @param prompt token ids
     * @param continuation what greedy decoding appends
     * @param logits for each token of the continuation, or for every so many of them, those it was chosen from
     */
    record Case(int[] prompt, int[] continuation, float[][] logits) {}

    static Reference of(String name) {
        boolean generated = FAMILIES.contains(name);
        Path folder = resource((generated ? "/families/" : "/checkpoints/") + name);
        JsonObject reference = JsonFiles.read(folder.resolve("reference.json"));
        JsonArray list = reference.getJsonArray("cases");
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
        return new Reference(generated ? generated(name, folder, reference) : folder, cases);
    }

    /** The checkpoint's folder, in which this build has put what the formula gives. */
    private static Path generated(String name, Path folder, JsonObject reference) {
        return GENERATED.computeIfAbsent(name, n -> {
            try {
                Path into = Path.of("target", "families", n);
                GeneratedCheckpoint.write(folder, reference.getJsonArray("tensors"), UnaryOperator.identity(), into);
                return into;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    public static Path folder(String name) {
        return resource("/checkpoints/" + name);
    }

    private static List<String> folders(String path) {
        try (Stream<Path> found = Files.list(resource(path))) {
            return found.map(folder -> folder.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder in which a generated reference is described. */
    static Path description(String name) {
        return resource("/families/" + name);
    }

    private static Path resource(String path) {
        try {
            return Path.of(Reference.class.getResource(path).toURI());
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
