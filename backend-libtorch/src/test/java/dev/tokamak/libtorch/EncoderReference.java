package dev.tokamak.libtorch;

import dev.tokamak.libtorch.weights.JsonFiles;
import dev.tokamak.libtorch.weights.SafetensorsFile;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model that gives vectors, and what {@code transformers} and {@code sentence-transformers} compute with it; {@code make_encoders.py}
 * has the other half of the formula that its weights come from.
 *
 * @param folder of the checkpoint
 * @param texts as tokens
 * @param vectors of the texts
 */
public record EncoderReference(Path folder, List<Text> texts, float[][] vectors) {
    private static final Map<String, Path> GENERATED = new ConcurrentHashMap<>();

    /**
     * A text.
     *
     * @param tokens its ids
     * @param second where the second text of a pair begins; empty if it is no pair
     */
    public record Text(int[] tokens, OptionalInt second) {}

    /** The names of all of them. */
    public static List<String> names() {
        try (Stream<Path> folders = Files.list(resources())) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static EncoderReference of(String name) {
        Path folder = resources().resolve(name);
        JsonObject reference = JsonFiles.read(folder.resolve("reference.json"));
        List<Text> texts = reference.getJsonArray("texts").getValuesAs(JsonObject.class).stream()
                .map(text -> new Text(
                        Reference.ints(text.getJsonArray("tokens")),
                        text.isNull("second") ? OptionalInt.empty() : OptionalInt.of(text.getInt("second"))))
                .toList();
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("reference.safetensors"))) {
            float[][] vectors = Reference.logits(file, file.entries().get("vectors"));
            return new EncoderReference(generated(name, folder, reference), texts, vectors);
        }
    }

    /**
     * Writes a checkpoint under other names.
     *
     * @param name of the model
     * @param named what each tensor is called in the file
     * @param into a folder
     */
    static void write(String name, UnaryOperator<String> named, Path into) throws IOException {
        Path folder = resources().resolve(name);
        JsonObject reference = JsonFiles.read(folder.resolve("reference.json"));
        copy(folder, into);
        GeneratedCheckpoint.write(folder, reference.getJsonArray("tensors"), named, into);
    }

    private static Path generated(String name, Path folder, JsonObject reference) {
        return GENERATED.computeIfAbsent(name, n -> {
            Path into = Path.of("target", "encoders", n);
            try {
                copy(folder, into);
                GeneratedCheckpoint.write(reference.getJsonArray("tensors"), into);
                for (String module : reference.getJsonObject("modules").keySet()) {
                    JsonArray tensors = reference.getJsonObject("modules").getJsonArray(module);
                    GeneratedCheckpoint.write(tensors, into.resolve(module));
                }
                return into;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void copy(Path from, Path into) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".json")).toList()) {
                Path target = into.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Path resources() {
        try {
            return Path.of(EncoderReference.class.getResource("/encoders").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The numbers of all its texts. */
    public int[] all() {
        return IntStream.range(0, texts.size()).toArray();
    }
}
