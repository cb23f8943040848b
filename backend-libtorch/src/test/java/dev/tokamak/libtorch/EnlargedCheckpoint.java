package dev.tokamak.libtorch;

import dev.tokamak.libtorch.weights.JsonFiles;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * A family's tiny checkpoint made {@value #FACTOR} times as wide, with weights of the same formula, so that its heads are as wide as kernels ask for. No
 * reference knows it; devices and ways of computing are compared on it.
 */
final class EnlargedCheckpoint {
    private static final int FACTOR = 4;

    /** Sums over four times as many products of the half are as large as before. */
    private static final double DEVIATION = 0.5;

    private static final Set<String> WIDTHS =
            Set.of("hidden_size", "intermediate_size", "moe_intermediate_size", "head_dim");

    private EnlargedCheckpoint() {}

    /**
     * Writes it.
     *
     * @param family one of {@link Reference#FAMILIES} whose rows of one-dimensional tensors, and all columns, are widths
     * @return its folder
     */
    static Path of(String family) {
        try {
            Path from = Path.of(
                    EnlargedCheckpoint.class.getResource("/families/" + family).toURI());
            Path into = Path.of("target", "enlarged", family);
            Files.createDirectories(into);
            JsonObject config = JsonFiles.read(from.resolve("config.json"));
            var enlarged = Json.createObjectBuilder(config);
            config.forEach((key, value) -> {
                if (WIDTHS.contains(key) && value.getValueType() == JsonValue.ValueType.NUMBER) {
                    enlarged.add(key, FACTOR * config.getInt(key));
                }
            });
            Files.writeString(into.resolve("config.json"), enlarged.build().toString());
            JsonArrayBuilder tensors = Json.createArrayBuilder();
            JsonFiles.read(from.resolve("reference.json"))
                    .getJsonArray("tensors")
                    .getValuesAs(JsonObject.class)
                    .forEach(tensor -> tensors.add(enlarged(tensor)));
            GeneratedCheckpoint.write(tensors.build(), into);
            return into;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rows of tables of tokens and of routers are not widths. */
    private static JsonObject enlarged(JsonObject tensor) {
        String name = tensor.getString("name");
        boolean counted = name.contains("embed") || name.startsWith("lm_head") || name.endsWith("moe.gate.weight");
        boolean matrix = tensor.getJsonArray("shape").size() > 1;
        JsonArrayBuilder shape = Json.createArrayBuilder();
        for (int i = 0; i < tensor.getJsonArray("shape").size(); i++) {
            shape.add(tensor.getJsonArray("shape").getInt(i) * (counted && i == 0 ? 1 : FACTOR));
        }
        double deviation = tensor.getJsonNumber("deviation").doubleValue();
        return Json.createObjectBuilder(tensor)
                .add("shape", shape)
                .add("deviation", matrix ? DEVIATION * deviation : deviation)
                .build();
    }
}
