package dev.tokamak.libtorch.config;

import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
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

    private static final String SUPPORTED = "supported are default, linear and llama3";
    private static final String CONTEXT = "original_max_position_embeddings";

    /** What the types know between them: a key that another type reads is without effect, which is worth a warning. */
    private static final Set<String> KNOWN = Set.of(
            "type",
            "rope_theta",
            "factor",
            CONTEXT,
            "attention_factor",
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
    private final String thetaKey;

    private RotaryConfig(ModelConfig config, ModelConfig rope, String thetaKey) {
        this.config = config;
        this.rope = rope;
        this.thetaKey = thetaKey;
    }

    /** The rotary embedding of the layers of a kind; null for all of them. */
    static Rotary read(ModelConfig config, String kind, String thetaKey) {
        ModelConfig rope = parameters(config);
        if (rope != null && kind != null) {
            Optional<ModelConfig> own = rope.objectOrNone(kind);
            // Without kinds, what stretches the context is for the layers that see all of it.
            rope = own.isPresent() ? own.get() : kind.equals("full_attention") ? rope : null;
        }
        RotaryConfig reader = new RotaryConfig(config, rope, thetaKey);
        if (rope == null) {
            config.ignore(CONTEXT);
            return new Rotary(config.positive(thetaKey), new RotaryScaling.None());
        }
        reader.refuseKinds();
        RotaryScaling how = reader.scaling();
        Rotary rotary = new Rotary(reader.theta(), how);
        reader.warnOfIdleKeys();
        return rotary;
    }

    /** The share of a head that is turned. */
    static double share(ModelConfig config, String key) {
        ModelConfig rope = parameters(config);
        config.ignore(key);
        config.ignore(SHARE);
        return rope != null && rope.has(SHARE) ? rope.positive(SHARE) : config.positive(key);
    }

    /** What the file says beside the base; null if it says nothing. */
    private static ModelConfig parameters(ModelConfig config) {
        Optional<ModelConfig> scaling = filled(config, "rope_scaling");
        Optional<ModelConfig> parameters = filled(config, "rope_parameters");
        if (scaling.isPresent() && parameters.isPresent()) {
            if (!config.raw("rope_scaling").equals(config.raw("rope_parameters"))) {
                log.warn("{} has rope_scaling and rope_parameters that differ; rope_scaling holds", config);
            }
            config.ignore("rope_parameters");
        }
        return scaling.or(() -> parameters).orElse(null);
    }

    private static Optional<ModelConfig> filled(ModelConfig config, String key) {
        return config.objectOrNone(key).filter(object -> !object.keys().isEmpty());
    }

    private RotaryScaling scaling() {
        String type = type();
        return switch (type) {
            case "default" -> new RotaryScaling.None();
            case "linear" -> new RotaryScaling.Linear(rope.positive("factor"));
            case "llama3" ->
                new RotaryScaling.Llama3(
                        rope.positive("factor"),
                        rope.positive("low_freq_factor"),
                        rope.positive("high_freq_factor"),
                        originalContext());
            default -> throw config.unsupported("asks for rotary embedding of type " + type + "; " + SUPPORTED);
        };
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

    /** The one beside {@code rope_scaling} goes before the one within; without any, it is the whole context. */
    private int originalContext() {
        if (config.has(CONTEXT)) {
            rope.ignore(CONTEXT);
            return config.size(CONTEXT);
        }
        return rope.has(CONTEXT) ? rope.size(CONTEXT) : config.size("max_position_embeddings");
    }

    private double theta() {
        if (!rope.has("rope_theta")) {
            return config.positive(thetaKey);
        }
        config.ignore(thetaKey);
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
