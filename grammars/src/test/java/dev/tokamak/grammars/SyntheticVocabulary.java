package dev.tokamak.grammars;

import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/**
 * A byte-level vocabulary: all bytes, the commonest substrings of a generated text of words, JSON and many scripts,
 * then made-up words until the size is reached, and special tokens at the end.
 */
public final class SyntheticVocabulary implements Vocabulary {
    private static final List<String> SPECIAL = List.of("<|end|>", "<|tool_call|>", "<|/tool_call|>", "<|pad|>");
    private final List<byte[]> tokens = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();

    public SyntheticVocabulary(int size) {
        Random random = new Random(7);
        Set<String> seen = new LinkedHashSet<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(new byte[] {(byte) b});
            seen.add(new String(new byte[] {(byte) b}, StandardCharsets.ISO_8859_1));
        }
        Map<String, Integer> counts = new HashMap<>();
        byte[] text = text(random).getBytes(StandardCharsets.UTF_8);
        String latin = new String(text, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < latin.length(); i++) {
            for (int length = 2; length <= 12 && i + length <= latin.length(); length++) {
                counts.merge(latin.substring(i, i + length), 1, Integer::sum);
            }
        }
        List<Map.Entry<String, Integer>> common = new ArrayList<>(counts.entrySet());
        common.sort(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()));
        for (Map.Entry<String, Integer> entry : common) {
            if (tokens.size() >= Math.min(size - SPECIAL.size(), 20_000)) {
                break;
            }
            add(entry.getKey().getBytes(StandardCharsets.ISO_8859_1), seen);
        }
        while (tokens.size() < size - SPECIAL.size()) {
            add(word(random).getBytes(StandardCharsets.UTF_8), seen);
        }
        for (int id = 0; id < tokens.size(); id++) {
            ids.putIfAbsent(new String(tokens.get(id), StandardCharsets.ISO_8859_1), id);
        }
        SPECIAL.forEach(token -> tokens.add(token.getBytes(StandardCharsets.UTF_8)));
    }

    private void add(byte[] bytes, Set<String> seen) {
        if (seen.add(new String(bytes, StandardCharsets.ISO_8859_1))) {
            tokens.add(bytes);
        }
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder(random.nextInt(3) == 0 ? "" : " ");
        int length = 2 + random.nextInt(9);
        boolean wide = random.nextInt(6) == 0;
        for (int i = 0; i < length; i++) {
            word.appendCodePoint(
                    wide
                            ? 0x4E00 + random.nextInt(5000)
                            : "etaoinshrdlucmfwypvbgkqjxz".charAt((int) (26 * Math.pow(random.nextDouble(), 2))));
        }
        int tail = random.nextInt(40);
        return tail == 0 ? word + "\"," : tail == 1 ? word + "()" : tail == 2 ? word + "." : word.toString();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        String[] parts = {
            "\": \"", "\", \"", "{\"", "\"}", "\n  \"", "\":[", "],", "true", "false", "null", ": ", "}}", "\\n",
            "\\\"", "0", "1", "2024-", "12", "00", "é", "ü", "ß", "漢字", "日本", "😀", "Ω", "name", "id", "type", "value",
            "the "
        };
        for (int i = 0; i < 6000; i++) {
            text.append(random.nextBoolean() ? parts[random.nextInt(parts.length)] : word(random));
        }
        return text.toString();
    }

    /** Cuts bytes into tokens, each the longest that fits or, now and then, a shorter one. */
    List<Integer> tokenise(byte[] text, Random random) {
        String latin = new String(text, StandardCharsets.ISO_8859_1);
        List<Integer> result = new ArrayList<>();
        for (int at = 0; at < latin.length(); ) {
            int longest = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 16;
            int length = Math.min(longest, latin.length() - at);
            while (!ids.containsKey(latin.substring(at, at + length))) {
                length--;
            }
            result.add(ids.get(latin.substring(at, at + length)));
            at += length;
        }
        return result;
    }

    public int endToken() {
        return tokens.size() - SPECIAL.size();
    }

    @Override
    public int size() {
        return tokens.size();
    }

    @Override
    public byte[] bytes(int id) {
        return tokens.get(id);
    }

    @Override
    public OptionalInt addedToken(String content) {
        int at = SPECIAL.indexOf(content);
        return at < 0 ? OptionalInt.empty() : OptionalInt.of(endToken() + at);
    }

    @Override
    public boolean special(int id) {
        return id >= endToken();
    }

    @Override
    public List<Integer> specialTokens() {
        Integer[] ids = new Integer[SPECIAL.size()];
        Arrays.setAll(ids, i -> endToken() + i);
        return List.of(ids);
    }
}
