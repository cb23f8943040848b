package dev.tokamak.libtorch.model.families;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The supported names that are written most like one that is not. */
final class Neighbours {
    private static final int MOST = 3;

    /** A name may be written otherwise in so large a part of it and still be near. */
    private static final double NEAR = 0.5;

    private static final String WHERE = "; the command \"tokamak models\" lists those that are supported";

    private Neighbours() {}

    /** Where all are to be found, to be put behind an error. */
    static String all() {
        return WHERE;
    }

    /**
     * The nearest, to be put behind an error.
     *
     * @param names what a file calls itself; empty ones do not count
     */
    static String of(String... names) {
        Map<String, Double> distances = new TreeMap<>();
        for (String name : names) {
            supported()
                    .forEach((ours, architecture) ->
                            distances.merge(architecture, distance(stem(name), stem(ours)), Math::min));
        }
        List<String> nearest = distances.entrySet().stream()
                .filter(each -> each.getValue() <= NEAR)
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .limit(MOST)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(ArrayList::new));
        return (nearest.isEmpty() ? "" : "; the nearest names that are supported are " + String.join(", ", nearest))
                + WHERE;
    }

    /** The names by which families and wrappers are known, and the architecture that each stands for. */
    private static Map<String, String> supported() {
        Map<String, String> names = new TreeMap<>();
        for (ModelFamily family : ModelFamily.ALL) {
            names.put(family.modelType(), family.architecture());
            names.put(family.architecture(), family.architecture());
        }
        for (Wrapper wrapper : Wrapper.ALL) {
            names.put(wrapper.modelType(), wrapper.architecture());
            names.put(wrapper.architecture(), wrapper.architecture());
        }
        return names;
    }

    /** What tells names apart. */
    private static String stem(String name) {
        return name.replaceAll("For(CausalLM|ConditionalGeneration)$|LMHeadModel$|Model$", "")
                .replace("_", "")
                .toLowerCase();
    }

    /** How many letters have to be put in, left out or changed (Levenshtein 1966), in parts of the longer name. */
    private static double distance(String one, String other) {
        int longer = Math.max(one.length(), other.length());
        if (one.isEmpty() || other.isEmpty()) {
            return 1;
        }
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        return row[other.length()] / (double) longer;
    }
}
