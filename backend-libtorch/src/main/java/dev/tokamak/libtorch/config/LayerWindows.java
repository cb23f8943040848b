package dev.tokamak.libtorch.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/** Which layers see all tokens before and which only the last ones, from {@code layer_types}. */
public final class LayerWindows {
    private LayerWindows() {}

    /**
     * The windows of all layers.
     *
     * @param config of the model
     * @param layers how many there are
     * @param window of the layers that slide; empty if the file gives none
     * @param slides which layers slide where the file has no {@code layer_types}
     * @return for each layer its window, 0 for none
     */
    public static int[] of(ModelConfig config, int layers, OptionalInt window, IntPredicate slides) {
        Optional<List<String>> kinds = config.textsOrNone("layer_types");
        if (kinds.isPresent() && kinds.get().size() != layers) {
            throw config.fault("layer_types", "one for each of the " + layers + " layers (num_hidden_layers)");
        }
        int[] windows = new int[layers];
        for (int i = 0; i < layers; i++) {
            int layer = i;
            boolean sliding = kinds.map(list -> slides(config, list.get(layer)))
                    .orElseGet(() -> window.isPresent() && slides.test(layer));
            if (sliding && window.isEmpty()) {
                throw config.unsupported("has sliding layers in layer_types but no sliding_window"
                        + " (or use_sliding_window that is not true)");
            }
            windows[i] = sliding ? window.getAsInt() : 0;
        }
        return windows;
    }

    /** Of how many layers one does not slide where the file has no {@code layer_types}. */
    public static int period(ModelConfig config) {
        int named = config.size("sliding_window_pattern");
        return config.has("_sliding_window_pattern") ? config.size("_sliding_window_pattern") : named;
    }

    private static boolean slides(ModelConfig config, String kind) {
        return switch (kind) {
            // The second is what the first was called once.
            case "full_attention", "attention" -> false;
            case "sliding_attention" -> true;
            default -> throw config.fault("layer_types", "full_attention or sliding_attention");
        };
    }
}
