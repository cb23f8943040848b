package dev.tokamak.libtorch.model;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.tensors.TensorType;
import dev.tokamak.libtorch.weights.JsonFiles;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.file.Path;

/** A checkpoint's {@code config.json}, read with errors that name the file and the field. Immutable. */
public final class ModelConfig {
    private static final String[] ROPE_FIELDS = {"rope_scaling", "rope_parameters"};

    private final Path file;
    private final JsonObject json;

    private ModelConfig(Path file, JsonObject json) {
        this.file = file;
        this.json = json;
    }

    public static ModelConfig read(Path folder) {
        Path file = folder.resolve("config.json");
        return new ModelConfig(file, JsonFiles.read(file));
    }

    /** The first of {@code architectures}. */
    public String architecture() {
        if (json.get("architectures") instanceof JsonArray names
                && !names.isEmpty()
                && names.get(0) instanceof JsonString name) {
            return name.getString();
        }
        throw TokamakException.configuration(file + " names no architecture");
    }

    /** The type that the weights were saved in, or null if the file does not say. */
    public TensorType type() {
        for (String field : new String[] {"dtype", "torch_dtype"}) {
            if (json.get(field) instanceof JsonString name) {
                return TensorType.ofConfig(name.getString());
            }
        }
        return null;
    }

    /** A whole number of at least 1. */
    public int size(String field) {
        JsonValue value = json.get(field);
        if (value == null || value == JsonValue.NULL) {
            throw TokamakException.configuration(file + " lacks " + field);
        }
        return size(field, value);
    }

    /** A whole number of at least 1, or what is taken where the field is missing or null. */
    public int size(String field, int otherwise) {
        JsonValue value = json.get(field);
        return value == null || value == JsonValue.NULL ? otherwise : size(field, value);
    }

    private int size(String field, JsonValue value) {
        if (value instanceof JsonNumber number
                && number.isIntegral()
                && number.longValue() >= 1
                && number.longValue() <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw fault(field, value, "a whole number of at least 1");
    }

    double number(String field, double otherwise) {
        return number(json, field, otherwise);
    }

    private double number(JsonObject object, String field, double otherwise) {
        JsonValue value = object.get(field);
        if (value == null || value == JsonValue.NULL) {
            return otherwise;
        }
        if (value instanceof JsonNumber number) {
            return number.doubleValue();
        }
        throw fault(field, value, "a number");
    }

    public boolean flag(String field, boolean otherwise) {
        JsonValue value = json.get(field);
        if (value == null || value == JsonValue.NULL) {
            return otherwise;
        }
        if (value == JsonValue.TRUE || value == JsonValue.FALSE) {
            return value == JsonValue.TRUE;
        }
        throw fault(field, value, "true or false");
    }

    /** Refuses a field whose value is there and not the one that is supported. */
    public void require(String field, String supported) {
        if (json.get(field) instanceof JsonString found && !found.getString().equals(supported)) {
            throw fault(field, found, supported);
        }
    }

    /**
     * The rotary embedding, in the layout of Transformers 5 ({@code rope_parameters}) or of those before ({@code rope_theta}
     * beside {@code rope_scaling}).
     */
    public Rotary rotary() {
        JsonObject scaling = ropeScaling();
        double theta = number("rope_theta", 10000);
        for (String field : ROPE_FIELDS) {
            if (json.get(field) instanceof JsonObject object) {
                theta = number(object, "rope_theta", theta);
            }
        }
        String type = scaling == null ? "default" : ropeType(scaling);
        return switch (type) {
            case "default" -> Rotary.plain(theta);
            case "linear" -> Rotary.linear(theta, number(scaling, "factor", 1));
            case "llama3" ->
                Rotary.llama3(
                        theta,
                        number(scaling, "factor", 8),
                        number(scaling, "low_freq_factor", 1),
                        number(scaling, "high_freq_factor", 4),
                        number(scaling, "original_max_position_embeddings", 8192));
            default ->
                throw TokamakException.configuration(file + " asks for rotary scaling of type " + type
                        + "; supported are default, linear and llama3");
        };
    }

    /** The most tokens of a sequence: {@code max_position_embeddings}, which linear rotary scaling stretches. */
    public int context() {
        int named = size("max_position_embeddings");
        JsonObject scaling = ropeScaling();
        boolean stretched = scaling != null && ropeType(scaling).equals("linear");
        return stretched ? (int) (named * Math.max(1, number(scaling, "factor", 1))) : named;
    }

    /** Null if there is none. */
    private JsonObject ropeScaling() {
        JsonObject scaling = null;
        for (String field : ROPE_FIELDS) {
            if (json.get(field) instanceof JsonObject object) {
                scaling = object;
            }
        }
        return scaling;
    }

    private static String ropeType(JsonObject scaling) {
        for (String field : new String[] {"rope_type", "type"}) {
            if (scaling.get(field) instanceof JsonString name) {
                return name.getString();
            }
        }
        return "default";
    }

    /**
     * The sliding windows of the layers, from {@code layer_types} where the file has it.
     *
     * @param layers how many
     * @param window of the layers that slide
     * @param firstSliding the first layer that slides where {@code layer_types} is missing
     * @return for each layer its window, 0 for none
     */
    public int[] windows(int layers, int window, int firstSliding) {
        int[] windows = new int[layers];
        JsonArray types = json.get("layer_types") instanceof JsonArray array && array.size() == layers ? array : null;
        for (int i = 0; i < layers; i++) {
            boolean slides = i >= firstSliding;
            if (types != null) {
                String type = types.get(i) instanceof JsonString name ? name.getString() : "";
                if (!type.equals("full_attention") && !type.equals("sliding_attention")) {
                    throw fault("layer_types", types.get(i), "full_attention or sliding_attention");
                }
                slides = type.equals("sliding_attention");
            }
            windows[i] = slides ? window : 0;
        }
        return windows;
    }

    private TokamakException fault(String field, JsonValue found, String expected) {
        return TokamakException.configuration(
                file + " has " + field + " = " + found + " where " + expected + " is expected");
    }

    public TokamakException unsupported(String problem) {
        return TokamakException.configuration(file + " " + problem);
    }
}
