package dev.tokamak.libtorch.config;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads how a model rotates, in every spelling, with what {@code transformers} 5 makes of it: {@code rope_parameters}, or before
 * those {@code rope_scaling} beside {@code rope_theta}. Where both objects are there and not empty, {@code rope_scaling} holds.
 */
final class RotaryConfig {
    private static final Logger log = LoggerFactory.getLogger(RotaryConfig.class);

    private static final String SUPPORTED =
            "supported are default, linear, dynamic, yarn, longrope, llama3 and proportional";
    private static final String CONTEXT = "original_max_position_embeddings";
    private static final String POSITIONS = "max_position_embeddings";

    /** What the types know between them: a key that another type reads is without effect, which is worth a warning. */
    private static final Set<String> KNOWN = Set.of(
            "type",
            "rope_theta",
            "factor",
            CONTEXT,
            "attention_factor",
            // Another engine's word for the one before, which transformers does not read.
            "attn_factor",
            "extrapolation_factor",
            "beta_fast",
            "beta_slow",
            "mscale",
            "mscale_all_dim",
            "truncate",
            "short_factor",
            "long_factor",
            "low_freq_factor",
            "high_freq_factor");

    private static final String SHARE = "partial_rotary_factor";

    private final ModelConfig config;
    private final ModelConfig rope;
    private final String kind;
    private final String thetaKey;

    private RotaryConfig(ModelConfig config, ModelConfig rope, String kind, String thetaKey) {
        this.config = config;
        this.rope = rope;
        this.kind = kind;
        this.thetaKey = thetaKey;
    }

    /** {@link ModelConfig#rotary(String, String)}. */
    static Rotary read(ModelConfig config, String kind, String thetaKey) {
        ModelConfig rope = kind == null ? parameters(config) : parameters(config, kind);
        RotaryConfig reader = new RotaryConfig(config, rope, kind, thetaKey);
        return reader.read(rope == null ? "default" : reader.type());
    }

    /** {@link ModelConfig#rotaryByLength}. */
    static Rotary readByLength(ModelConfig config) {
        RotaryConfig reader = new RotaryConfig(config, parameters(config), null, "rope_theta");
        String type = reader.rope == null ? "default" : reader.type();
        return switch (type) {
            case "default" -> reader.read(type);
            case "longrope", "su", "yarn" -> reader.read("longrope");
            default ->
                throw config.unsupported("asks for rotary embedding of type " + type
                        + "; its architecture knows default and longrope (once called su or yarn)");
        };
    }

    /** {@link ModelConfig#rotaryOfAxes}. */
    static Rotary readOfAxes(ModelConfig config) {
        RotaryConfig reader = new RotaryConfig(config, parameters(config), null, "rope_theta");
        if (reader.rope == null) {
            return reader.read("default");
        }
        reader.rope.ignore("mrope_section");
        reader.rope.ignore("mrope_interleaved");
        String type = reader.type();
        return reader.read(type.equals("mrope") ? "default" : type);
    }

    private Rotary read(String type) {
        if (rope == null) {
            config.ignore(CONTEXT);
            return new Rotary(theta(), new RotaryScaling.None());
        }
        refuseKinds();
        double theta = theta();
        Rotary rotary = new Rotary(theta, scaling(type, theta));
        warnOfIdleKeys();
        return rotary;
    }

    /** The share of a head that is turned by frequencies of its own; all of it where the others are turned by none. */
    static double share(ModelConfig config, String key) {
        ModelConfig rope = parameters(config);
        if (rope != null && new RotaryConfig(config, rope, null, key).type().equals("proportional")) {
            return 1;
        }
        config.ignore(key);
        config.ignore(SHARE);
        return rope != null && rope.has(SHARE) ? rope.positive(SHARE) : config.positive(key);
    }

    /** {@link ModelConfig#rotaryProductScale}. */
    static double productScale(ModelConfig config) {
        RotaryConfig reader = new RotaryConfig(config, parameters(config), null, "rope_theta");
        if (reader.rope == null || reader.type().equals("default")) {
            return 1;
        }
        double ofAll = reader.optional("mscale_all_dim", 0);
        double scale = ofAll == 0 ? 1 : mscale(reader.rope.positive("factor"), ofAll);
        return scale * scale;
    }

    /** What the file says beside the base; null if it says nothing. */
    private static ModelConfig parameters(ModelConfig config) {
        Optional<ModelConfig> scaling = filled(config, "rope_scaling");
        Optional<ModelConfig> parameters = filled(config, "rope_parameters");
        if (scaling.isPresent() && parameters.isPresent()) {
            // Those that are not in the file are the class's own.
            if (config.has("rope_parameters") && !config.raw("rope_scaling").equals(config.raw("rope_parameters"))) {
                log.warn("{} has rope_scaling and rope_parameters that differ; rope_scaling holds", config);
            }
            config.ignore("rope_parameters");
        }
        return scaling.or(() -> parameters).orElse(null);
    }

    /** What the file says for a kind of layer: {@code rope_scaling}, which knows no kinds, is for the layers that see all tokens. */
    private static ModelConfig parameters(ModelConfig config, String kind) {
        Optional<ModelConfig> scaling = filled(config, "rope_scaling");
        Optional<ModelConfig> parameters = filled(config, "rope_parameters");
        if (parameters.isEmpty()) {
            if (scaling.isPresent()
                    && scaling.get().has("type")
                    && !scaling.get().has("rope_type")) {
                throw config.unsupported(
                        "has rope_scaling with a type, which is called rope_type for its architecture");
            }
            return kind.equals("full_attention") ? scaling.orElse(null) : null;
        }
        if (scaling.isPresent()) {
            throw config.unsupported(
                    "has rope_scaling and rope_parameters, which its architecture would mix; keep one of them");
        }
        for (String key : parameters.get().keys()) {
            if (!(parameters.get().raw(key) instanceof JsonObject)
                    && parameters.get().raw(key) != JsonValue.NULL) {
                throw config.unsupported("has rope_parameters." + key
                        + ", where its architecture expects the parameters of each kind of layer");
            }
        }
        return parameters.get().objectOrNone(kind).orElse(null);
    }

    private static Optional<ModelConfig> filled(ModelConfig config, String key) {
        return config.objectOrNone(key).filter(object -> !object.keys().isEmpty());
    }

    private RotaryScaling scaling(String type, double theta) {
        return switch (type) {
            case "default" -> new RotaryScaling.None();
            case "linear" -> new RotaryScaling.Linear(rope.positive("factor"));
            case "proportional" -> new RotaryScaling.Proportional(turned(), optional("factor", 1));
            case "dynamic" -> new RotaryScaling.Dynamic(rope.positive("factor"), config.size(POSITIONS));
            case "yarn" -> yarn(theta);
            case "longrope" -> longRope();
            case "llama3" ->
                new RotaryScaling.Llama3(
                        rope.positive("factor"),
                        rope.positive("low_freq_factor"),
                        rope.positive("high_freq_factor"),
                        originalContext());
            default -> throw config.unsupported("asks for rotary embedding of type " + type + "; " + SUPPORTED);
        };
    }

    private double turned() {
        double share = 1;
        for (ModelConfig place : new ModelConfig[] {config, rope}) {
            if (place.has(SHARE)) {
                share = place.positive(SHARE);
            }
        }
        if (share > 1) {
            throw rope.fault(SHARE, "a number up to 1");
        }
        return share;
    }

    private RotaryScaling yarn(double theta) {
        int context = originalContext();
        // The key must be there; null is what the model's two contexts say.
        double factor = rope.positiveOrNone("factor").orElse(config.size(POSITIONS) / (double) context);
        double mscale = optional("mscale", 0);
        double ofAll = optional("mscale_all_dim", 0);
        double attention = mscale > 0 && ofAll > 0 ? mscale(factor, mscale) / mscale(factor, ofAll) : mscale(factor, 1);
        // Of parameters by kind of layer transformers overlooks this one.
        boolean truncate =
                kind != null || !rope.has("truncate") || !rope.saysNothing("truncate") && rope.flag("truncate");
        if (theta == 1) {
            throw config.unsupported("has a rope_theta of 1, of which YaRN cannot tell how often a pair turns");
        }
        return new RotaryScaling.Yarn(
                factor,
                context,
                optional("beta_fast", 32),
                optional("beta_slow", 1),
                truncate,
                optional("attention_factor", attention),
                Math.max(1, factor * context / config.size(POSITIONS)));
    }

    private static double mscale(double factor, double weight) {
        return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
    }

    private RotaryScaling longRope() {
        int context = originalContext();
        double factor = optional("factor", config.size(POSITIONS) / (double) context);
        double attention = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(context));
        if (attention > Float.MAX_VALUE) {
            throw config.unsupported("has an " + CONTEXT + " of 1, from which longrope computes no attention factor");
        }
        return new RotaryScaling.LongRope(
                factors("short_factor"),
                factors("long_factor"),
                context,
                optional("attention_factor", attention),
                rope.toString());
    }

    private float[] factors(String key) {
        rope.required(key);
        JsonArray list = rope.raw(key) instanceof JsonArray array ? array : JsonValue.EMPTY_JSON_ARRAY;
        float[] factors = new float[list.size()];
        boolean right = factors.length > 0;
        for (int i = 0; i < factors.length; i++) {
            factors[i] = list.get(i) instanceof JsonNumber number ? (float) number.doubleValue() : 0;
            right &= factors[i] > 0 && factors[i] <= Float.MAX_VALUE;
        }
        if (!right) {
            throw rope.fault(key, "a list of numbers above 0");
        }
        return factors;
    }

    /** A number above 0, or what stands for one that is absent, null or 0. */
    private double optional(String key, double otherwise) {
        return rope.saysNothing(key) ? otherwise : rope.positive(key);
    }

    /** A {@code rope_type} that is null is no type to {@code transformers}, even beside a {@code type}. */
    private String type() {
        for (String key : new String[] {"rope_type", "type"}) {
            if (rope.has(key)) {
                return rope.text(key);
            }
        }
        return "default";
    }

    /**
     * The one beside {@code rope_scaling} goes before the one within, be it the default of the model's class; without any, it is the
     * whole context.
     */
    private int originalContext() {
        if (kind == null && config.knows(CONTEXT)) {
            rope.ignore(CONTEXT);
            return config.size(CONTEXT);
        }
        return rope.has(CONTEXT) ? rope.size(CONTEXT) : config.size(POSITIONS);
    }

    private double theta() {
        if (rope == null || !rope.has("rope_theta")) {
            return thetaKey == null ? config.standard("rope_theta") : config.positive(thetaKey);
        }
        if (thetaKey != null) {
            config.ignore(thetaKey);
        }
        double theta = rope.positive("rope_theta");
        if (config.has("rope_theta")
                && !(config.raw("rope_theta") instanceof JsonNumber n && n.doubleValue() == theta)) {
            log.warn("{} has two values of rope_theta; that of its rotary parameters, {}, holds", config, theta);
        }
        config.ignore("rope_theta");
        return theta;
    }

    /** Parameters by kind of layer are for families whose kinds rotate differently. */
    private void refuseKinds() {
        for (String key : rope.keys()) {
            if (!KNOWN.contains(key) && rope.raw(key) instanceof JsonObject) {
                throw config.unsupported("gives rotary parameters by kind of layer (" + key
                        + "), which its architecture does not tell apart; put them side by side without the kind");
            }
        }
    }

    private void warnOfIdleKeys() {
        rope.ignore("type");
        config.ignore(CONTEXT);
        for (String key : KNOWN) {
            if (rope.ignoreUnread(key)) {
                log.warn("{} has {} among its rotary parameters, where it has no effect", config, key);
            }
        }
    }
}
