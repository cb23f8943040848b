package dev.tokamak.libtorch.config;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.tensors.TensorType;
import dev.tokamak.libtorch.weights.JsonFiles;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A checkpoint's {@code config.json}, or an object within it, read with errors that name the file and the field. It remembers
 * what was read, so that {@link #refuseUnread} can name what nobody understood. Used by one thread.
 *
 * <p>A key that is absent has the default of the family's class in {@code transformers}; null is a value of its own there, which
 * few keys may have: those that are read with {@code …OrNone}.
 *
 * <p>A long class, since every way of reading a key keeps one account.
 */
public final class ModelConfig {
    /** The most that a size, a count or a number of tokens may be: what is computed from two of them fits a long. */
    static final int LARGEST = 1 << 30;

    private final Path file;
    private final String prefix;
    private final JsonObject json;
    private final JsonObject defaults;
    private final Set<String> read;
    private final Map<String, ModelConfig> objects;

    private ModelConfig(
            Path file,
            String prefix,
            JsonObject json,
            JsonObject defaults,
            Set<String> read,
            Map<String, ModelConfig> objects) {
        this.file = file;
        this.prefix = prefix;
        this.json = json;
        this.defaults = defaults;
        this.read = read;
        this.objects = objects;
    }

    private ModelConfig(Path file, String prefix, JsonObject json) {
        this(file, prefix, json, JsonValue.EMPTY_JSON_OBJECT, new HashSet<>(), new HashMap<>());
    }

    /**
     * Reads a folder's {@code config.json}.
     *
     * @param folder of the checkpoint
     * @return what it says, without defaults yet
     * @throws TokamakException if it is missing or no JSON object
     */
    public static ModelConfig read(Path folder) {
        Path file = folder.resolve("config.json");
        return of(file, JsonFiles.read(file));
    }

    /** What a text says that is in no file. */
    public static ModelConfig of(String text) {
        return of(Path.of("config.json"), parsed(text));
    }

    static ModelConfig of(Path file, JsonObject json) {
        return new ModelConfig(file, "", json);
    }

    /**
     * The same file with what its absent keys mean.
     *
     * @param classDefaults the family's, as a JSON object
     * @return a view that keeps account together with this one
     */
    public ModelConfig withDefaults(String classDefaults) {
        return new ModelConfig(file, prefix, json, parsed(classDefaults), read, objects);
    }

    private static JsonObject parsed(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    /**
     * Refuses weights in a format of few bits, which no other key would tell from plain ones.
     *
     * @throws TokamakException naming the method
     */
    public void refuseQuantised() {
        for (String key : new String[] {"quantization_config", "compression_config"}) {
            objectOrNone(key).ifPresent(quantised -> {
                String method = quantised.textOrNone("quant_method").orElse("unnamed");
                throw unsupported("says that the weights are quantised (" + key + ", method " + method
                        + "), which cannot be read; use the checkpoint in bfloat16, float16 or float32");
            });
        }
    }

    /** The first of {@code architectures}, if there are any. */
    public Optional<String> architecture() {
        JsonValue names = take("architectures");
        if (names == null || names == JsonValue.NULL || names.equals(JsonValue.EMPTY_JSON_ARRAY)) {
            return Optional.empty();
        }
        if (names instanceof JsonArray list && list.get(0) instanceof JsonString name) {
            return Optional.of(name.getString());
        }
        throw fault("architectures", "a list of names");
    }

    /** What the file calls the family beside its architecture, if it does. */
    public Optional<String> modelType() {
        return textOrNone("model_type");
    }

    /** The type that the weights were saved in, or null if the file does not say or says another than are computed in. */
    public TensorType type() {
        return typeName()
                .or(() -> objectOrNone("text_config").flatMap(ModelConfig::typeName))
                .map(TensorType::ofConfig)
                .orElse(null);
    }

    private Optional<String> typeName() {
        return textOrNone("dtype").or(() -> textOrNone("torch_dtype"));
    }

    /** Whether the file itself has the key, be it null. */
    public boolean has(String key) {
        return json.containsKey(key);
    }

    /** Whether the file itself gives the key this value. */
    public boolean says(String key, boolean value) {
        return (value ? JsonValue.TRUE : JsonValue.FALSE).equals(json.get(key));
    }

    /** A whole number from 1 to {@value #LARGEST}. */
    public int size(String key) {
        return integer(key, required(key), 1);
    }

    /** As {@link #size}, or empty if it is null. */
    public OptionalInt sizeOrNone(String key) {
        JsonValue value = required(key);
        return value == JsonValue.NULL ? OptionalInt.empty() : OptionalInt.of(integer(key, value, 1));
    }

    /** A whole number from 0 to {@value #LARGEST}. */
    public int count(String key) {
        return integer(key, required(key), 0);
    }

    private int integer(String key, JsonValue value, int least) {
        if (value instanceof JsonNumber number) {
            double found = number.doubleValue();
            // A file written by hand may say 32.0.
            if (found >= least && found <= LARGEST && found == Math.rint(found)) {
                return (int) found;
            }
        }
        throw fault(key, "a whole number from " + least + " to " + LARGEST);
    }

    /** A number above 0. */
    public double positive(String key) {
        if (required(key) instanceof JsonNumber number) {
            double value = number.doubleValue();
            if (value > 0 && value <= Double.MAX_VALUE) {
                return value;
            }
        }
        throw fault(key, "a number above 0");
    }

    /** As {@link #positive}, or empty if it is null. */
    public OptionalDouble positiveOrNone(String key) {
        return required(key) == JsonValue.NULL ? OptionalDouble.empty() : OptionalDouble.of(positive(key));
    }

    /** A list of whole numbers from 0 on, or empty if it is null or absent. */
    public Optional<List<Integer>> countsOrNone(String key) {
        JsonValue value = take(key);
        if (value == null || value == JsonValue.NULL) {
            return Optional.empty();
        }
        if (!(value instanceof JsonArray list)) {
            throw fault(key, "a list of whole numbers");
        }
        return Optional.of(list.stream().map(each -> integer(key, each, 0)).toList());
    }

    /** True or false. */
    public boolean flag(String key) {
        JsonValue value = required(key);
        if (value != JsonValue.TRUE && value != JsonValue.FALSE) {
            throw fault(key, "true or false");
        }
        return value == JsonValue.TRUE;
    }

    /** A text. */
    public String text(String key) {
        if (required(key) instanceof JsonString text) {
            return text.getString();
        }
        throw fault(key, "a text");
    }

    private Optional<String> textOrNone(String key) {
        JsonValue value = take(key);
        if (value == null || value == JsonValue.NULL) {
            return Optional.empty();
        }
        return Optional.of(text(key));
    }

    /** Whether a key is null or absent. */
    public boolean isNull(String key) {
        JsonValue value = take(key);
        return value == null || value == JsonValue.NULL;
    }

    /** A text alone, or a list of texts. */
    public List<String> textOrTexts(String key) {
        return required(key) instanceof JsonString one
                ? List.of(one.getString())
                : textsOrNone(key).orElseThrow(() -> fault(key, "a text or a list of texts"));
    }

    /** A list of texts, or empty if it is null or absent. */
    public Optional<List<String>> textsOrNone(String key) {
        JsonValue value = take(key);
        if (value == null || value == JsonValue.NULL) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        if (!(value instanceof JsonArray list)) {
            throw fault(key, "a list of texts");
        }
        for (JsonValue each : list) {
            if (!(each instanceof JsonString text)) {
                throw fault(key, "a list of texts");
            }
            texts.add(text.getString());
        }
        return Optional.of(texts);
    }

    /** An object within this one, or the default if it is null or absent. It keeps account of its own keys. */
    public Optional<ModelConfig> objectOrNone(String key) {
        JsonValue found = take(key);
        JsonValue value = found == JsonValue.NULL ? defaults.get(key) : found;
        if (value == null || value == JsonValue.NULL) {
            return Optional.empty();
        }
        if (!(value instanceof JsonObject object)) {
            throw fault(key, "an object");
        }
        return Optional.of(objects.computeIfAbsent(key, k -> new ModelConfig(file, prefix + key + ".", object)));
    }

    /** As {@link #objectOrNone}, empty if it is null or absent. */
    ModelConfig object(String key) {
        return objectOrNone(key)
                .orElseGet(() -> new ModelConfig(file, prefix + key + ".", JsonValue.EMPTY_JSON_OBJECT));
    }

    /** The same, with a key more, and the same account. */
    ModelConfig saying(String key, JsonValue value) {
        JsonObject more = Json.createObjectBuilder(json).add(key, value).build();
        return new ModelConfig(file, prefix, more, defaults, read, objects);
    }

    /** How many labels a classifier tells apart, as {@code transformers} counts them. */
    public int labels() {
        if (take("id2label") instanceof JsonObject names && !names.isEmpty()) {
            ignore("num_labels");
            return names.size();
        }
        return has("num_labels") ? size("num_labels") : 2;
    }

    /** The rotary embedding that all layers share. */
    public Rotary rotary() {
        return rotary(null, "rope_theta");
    }

    /**
     * The rotary embedding of the layers of a kind.
     *
     * @param kind as in {@code layer_types}; null if all layers share one
     * @param thetaKey where its base stands if the rotary parameters do not have it; null if it is the family's own then
     */
    public Rotary rotary(String kind, String thetaKey) {
        return RotaryConfig.read(this, kind, thetaKey);
    }

    /**
     * The rotary embedding of a family that knows two, the plain one and {@code longrope}, and reads the names {@code su} and
     * {@code yarn} as the latter.
     */
    public Rotary rotaryByLength() {
        return RotaryConfig.readByLength(this);
    }

    /**
     * What DeepSeek multiplies products of queries and keys by beside the scale of its heads, because it stretched its context: a number
     * from 1 on.
     */
    public double rotaryProductScale() {
        return RotaryConfig.productScale(this);
    }

    /**
     * The rotary embedding of a family whose pairs are dealt to several axes of images, as {@code mrope_section} says: a text has one
     * position on all of them.
     */
    public Rotary rotaryOfAxes() {
        return RotaryConfig.readOfAxes(this);
    }

    /** How many of a head's elements are turned. */
    public int rotaryDim(int headDim) {
        return rotaryDim(headDim, "partial_rotary_factor");
    }

    /**
     * How many of a head's elements are turned.
     *
     * @param headDim all of them
     * @param key where the share stands if the rotary parameters do not have it
     */
    public int rotaryDim(int headDim, String key) {
        int turned = (int) (headDim * RotaryConfig.share(this, key));
        if (turned < 2 || turned > headDim || turned % 2 != 0) {
            throw unsupported("turns " + turned + " of " + headDim + " elements of a head, which cannot be paired");
        }
        return turned;
    }

    /** The keys that the file itself has. */
    Set<String> keys() {
        return json.keySet();
    }

    /** The value of a key as the file has it, for messages and comparisons; null if it is absent. */
    JsonValue raw(String key) {
        return json.get(key);
    }

    /** Whether the file or the family's class has the key. */
    boolean knows(String key) {
        return json.containsKey(key) || defaults.containsKey(key);
    }

    /** Whether a key is absent, null or 0; it counts as read then. */
    boolean saysNothing(String key) {
        JsonValue value = take(key);
        return value == null
                || value == JsonValue.NULL
                || value instanceof JsonNumber number && number.doubleValue() == 0;
    }

    /** What the family's class says of a number, whatever the file says. */
    double standard(String key) {
        return defaults.getJsonNumber(key).doubleValue();
    }

    /** Takes note that a key is known, and that its value does not matter beside others. */
    public void ignore(String key) {
        read.add(key);
        objects.remove(key);
    }

    /** As {@link #ignore}, and says whether the key is there and had not been read. */
    boolean ignoreUnread(String key) {
        return read.add(key) && has(key);
    }

    private JsonValue take(String key) {
        read.add(key);
        JsonValue value = json.get(key);
        return value == null ? defaults.get(key) : value;
    }

    JsonValue required(String key) {
        JsonValue value = take(key);
        if (value == null) {
            throw TokamakException.configuration(file + " lacks " + prefix + key);
        }
        return value;
    }

    /** As {@link #refuseUnread(String, String)}, where nothing more is understood. */
    public void refuseUnread(String model) {
        refuseUnread(model, "{}");
    }

    /**
     * Refuses what nothing has read though it might change what the model computes.
     *
     * @param model what reads this file, for the message
     * @param understood keys that say what the model does anyway, with the value at which they do
     * @throws TokamakException naming each other key and its value
     */
    public void refuseUnread(String model, String understood) {
        List<String> unread = new ArrayList<>();
        collectUnread(parsed(understood), unread);
        if (!unread.isEmpty()) {
            throw TokamakException.configuration(file + " asks for " + String.join(", ", unread)
                    + (unread.size() == 1 ? ", which is" : ", which are") + " not known for " + model
                    + "; if the model computes the same without, take it out of the file");
        }
    }

    private void collectUnread(JsonObject understood, List<String> into) {
        json.forEach((key, value) -> {
            if (!read.contains(key) && !InertKeys.without(key, value) && !InertKeys.same(understood.get(key), value)) {
                into.add(prefix + key + " = " + shortened(value));
            }
        });
        objects.values().forEach(object -> object.collectUnread(understood, into));
    }

    /** An error about a key's value. */
    public TokamakException fault(String key, String expected) {
        return TokamakException.configuration(
                file + " has " + prefix + key + " = " + shortened(take(key)) + " where " + expected + " is expected");
    }

    /** An error about the file. */
    public TokamakException unsupported(String problem) {
        return TokamakException.configuration(file + " " + problem);
    }

    /** The file, and where in it this is. */
    @Override
    public String toString() {
        return prefix.isEmpty() ? file.toString() : file + " " + prefix;
    }

    private static String shortened(JsonValue value) {
        String text = String.valueOf(value).lines().findFirst().orElse("");
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
