package dev.tokamak.libtorch.weights;

import java.util.List;
import java.util.Set;

/**
 * What a model's tensors are called in its files. Most call them as the model does ({@code model.layers.0…}, {@code lm_head…}); those
 * saved of a model without its head lack what such names begin with ({@code layers.0…}), and those of a model for several kinds of
 * input have it at another place, under names that were changed once ({@code language_model.model.layers.0…}, then
 * {@code model.language_model.layers.0…}). Which it is shows in where one tensor is that every model has. Immutable.
 */
final class StoredNames {
    private final Set<String> stored;
    private final String base;
    private final String place;

    private StoredNames(Set<String> stored, String base, String place) {
        this.stored = stored;
        this.base = base;
        this.place = place;
    }

    /** Those that the model uses. */
    static StoredNames asTheyAre(Set<String> stored) {
        return new StoredNames(stored, "", "");
    }

    /**
     * The names in a checkpoint.
     *
     * @param stored all of them
     * @param sure what the model calls a tensor that every file of it has, beginning with what all of its names but those of a head
     *     begin with
     */
    static StoredNames of(Set<String> stored, String sure) {
        if (stored.contains(sure)) {
            return asTheyAre(stored);
        }
        List<String> whole = before(sure, stored);
        String base = sure.substring(0, sure.indexOf('.') + 1);
        List<String> rest = before(sure.substring(base.length()), stored);
        if (whole.size() == 1) {
            return new StoredNames(stored, "", whole.get(0));
        }
        return whole.isEmpty() && rest.size() == 1 ? new StoredNames(stored, base, rest.get(0)) : asTheyAre(stored);
    }

    /** What stands before a name in those that end with it. */
    private static List<String> before(String end, Set<String> stored) {
        return stored.stream()
                .filter(name -> name.equals(end) || name.endsWith("." + end))
                .map(name -> name.substring(0, name.length() - end.length()))
                .toList();
    }

    /** What a tensor is called in the files; the model's own name if they do not have it. */
    String of(String name) {
        String moved = name.startsWith(base) ? place + name.substring(base.length()) : name;
        // As the first BERT called what a norm multiplies and adds.
        String old = moved.replaceAll("LayerNorm\\.weight$", "LayerNorm.gamma")
                .replaceAll("LayerNorm\\.bias$", "LayerNorm.beta");
        return stored.contains(moved) ? moved : stored.contains(old) ? old : name;
    }
}
