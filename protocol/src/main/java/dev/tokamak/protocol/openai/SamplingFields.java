package dev.tokamak.protocol.openai;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Reads the fields that say how to sample and when to stop. Where a request is silent, {@code generation_config.json} speaks. */
final class SamplingFields {
    private static final int MAX_STOP_TOKEN_IDS = 1024;
    private static final int MAX_BAD_WORDS = 128;
    private static final int MAX_TEXT = 1024;
    private static final int MAX_BIASES = 1024;
    private static final float LARGEST_BIAS = 100;

    private final Serving serving;

    SamplingFields(Serving serving) {
        this.serving = serving;
    }

    /** All fields that chat and plain completions share; the rest is for the caller to add. */
    SamplingParams.Builder read(Fields fields) {
        UnservedFields.refuse(fields);
        SamplingParams.Builder params = SamplingParams.builder();
        params.temperature(number(fields, "temperature", 0, 2, 1.0));
        params.topP(number(fields, "top_p", 0, 1, 1.0));
        params.topK(fields.integer("top_k", -1, Integer.MAX_VALUE).orElseGet(() -> (int) fallback("top_k", 0)));
        params.minP(number(fields, "min_p", 0, 1, 0.0));
        params.presencePenalty(number(fields, "presence_penalty", -2, 2, 0.0));
        params.frequencyPenalty(number(fields, "frequency_penalty", -2, 2, 0.0));
        params.repetitionPenalty(number(fields, "repetition_penalty", 0, Float.MAX_VALUE, 1.0));
        int n = fields.integer("n", 1, SamplingParams.MAX_N).orElse(1);
        params.n(n);
        refuseChoosing(fields, n);
        params.minTokens(fields.integer("min_tokens", 0, Integer.MAX_VALUE).orElse(0));
        fields.longInteger("seed").ifPresent(params::seed);
        params.stop(stop(fields));
        int lastId = serving.card().vocabularySize() - 1;
        params.stopTokenIds(fields.integers("stop_token_ids", MAX_STOP_TOKEN_IDS, 0, lastId));
        params.ignoreEos(fields.bool("ignore_eos", false));
        params.includeStopInOutput(fields.bool("include_stop_str_in_output", false));
        params.skipSpecialTokens(fields.bool("skip_special_tokens", true));
        params.spacesBetweenSpecialTokens(fields.bool("spaces_between_special_tokens", true));
        params.logitBias(logitBias(fields, lastId));
        if (fields.has("allowed_token_ids")) {
            List<Integer> allowed = fields.integers("allowed_token_ids", lastId + 1, 0, lastId);
            if (allowed.isEmpty()) {
                throw ProtocolException.invalidValue("allowed_token_ids", "allowed_token_ids must not be empty");
            }
            params.allowedTokenIds(allowed);
        }
        params.badWords(badWords(fields));
        fields.object("vllm_xargs").map(Fields::map).ifPresent(params::extra);
        return params;
    }

    /** The best of as many as are answered are all of them. */
    private static void refuseChoosing(Fields fields, int n) {
        int bestOf = fields.integer("best_of", 1, Integer.MAX_VALUE).orElse(n);
        if (bestOf < n) {
            throw ProtocolException.invalidValue(
                    "best_of", "best_of must be at least n, which is " + n + ", got " + bestOf);
        }
        if (bestOf > n) {
            throw ProtocolException.unsupported(
                    "best_of",
                    "best_of is only supported where it equals n, which is " + n + ", got " + bestOf
                            + "; ask for n and choose");
        }
    }

    private double number(Fields fields, String name, double min, double max, double otherwise) {
        return fields.number(name, min, max).orElseGet(() -> fallback(name, otherwise));
    }

    private double fallback(String name, double otherwise) {
        return serving.card().samplingDefaults().get(name) instanceof Number number ? number.doubleValue() : otherwise;
    }

    /** The model's own limit on new tokens, where its {@code generation_config.json} has one. */
    OptionalInt defaultMaxTokens() {
        for (String name : List.of("max_tokens", "max_new_tokens")) {
            if (serving.card().samplingDefaults().get(name) instanceof Number number && number.intValue() >= 1) {
                return OptionalInt.of(number.intValue());
            }
        }
        return OptionalInt.empty();
    }

    /** Ends building: what only the engine's own checks find becomes a client's error, too. */
    static SamplingParams build(SamplingParams.Builder params) {
        try {
            return params.build();
        } catch (dev.tokamak.api.TokamakException e) {
            throw ProtocolException.of(e);
        }
    }

    private static List<String> stop(Fields fields) {
        Object value = fields.any("stop").orElse(List.of());
        List<String> stop =
                value instanceof String one ? List.of(one) : fields.strings("stop", SamplingParams.MAX_STOP_STRINGS);
        stop.forEach(text -> checkText("stop", text));
        return stop;
    }

    private static Map<Integer, Float> logitBias(Fields fields, int lastId) {
        Map<Integer, Float> biases = new LinkedHashMap<>();
        Map<String, Object> given = fields.object("logit_bias").map(Fields::map).orElse(Map.of());
        if (given.size() > MAX_BIASES) {
            throw ProtocolException.invalidValue(
                    "logit_bias",
                    "logit_bias has " + given.size() + " entries, at most " + MAX_BIASES + " are allowed");
        }
        given.forEach((key, value) -> {
            String path = "logit_bias." + key;
            double bias = Fields.number(path, value);
            biases.put(tokenId(key, lastId), (float) Math.max(-LARGEST_BIAS, Math.min(LARGEST_BIAS, bias)));
        });
        return biases;
    }

    private static int tokenId(String key, int lastId) {
        try {
            int id = Integer.parseInt(key);
            if (id >= 0 && id <= lastId) {
                return id;
            }
        } catch (NumberFormatException e) {
            // Told below, as any key that is no id.
        }
        throw ProtocolException.invalidValue(
                "logit_bias",
                "logit_bias has the key " + Fields.describe(key) + ", expected token ids from 0 to " + lastId);
    }

    /**
     * Words become token sequences, each in the form it has at the beginning of a text and, where that is another one of the same
     * length, in the form it has behind a space.
     */
    private List<List<Integer>> badWords(Fields fields) {
        List<List<Integer>> sequences = new ArrayList<>();
        for (String word : fields.strings("bad_words", MAX_BAD_WORDS)) {
            String bare = word.stripLeading();
            checkText("bad_words", bare);
            List<Integer> alone = encode(bare);
            List<Integer> spaced = encode(" " + bare);
            sequences.add(alone);
            if (spaced.size() == alone.size() && !spaced.get(0).equals(alone.get(0))) {
                sequences.add(spaced);
            }
        }
        return sequences;
    }

    private static void checkText(String field, String text) {
        if (text.isEmpty()) {
            throw ProtocolException.invalidValue(field, field + " must not contain an empty string");
        }
        if (text.length() > MAX_TEXT) {
            throw ProtocolException.invalidValue(
                    field,
                    field + " has a string of " + text.length() + " characters, at most " + MAX_TEXT + " are allowed");
        }
    }

    private List<Integer> encode(String text) {
        List<Integer> ids = new ArrayList<>();
        for (int id : serving.engine().encode(text, false)) {
            ids.add(id);
        }
        return ids;
    }

    /** How many of the likeliest tokens are told at each place of the prompt; a stream tells none. */
    OptionalInt promptLogprobs(Fields fields, boolean stream) {
        OptionalInt count = fields.integer("prompt_logprobs", -1, Integer.MAX_VALUE);
        if (count.isEmpty() || stream && count.getAsInt() == 0) {
            return OptionalInt.empty();
        }
        if (stream) {
            throw ProtocolException.invalidValue(
                    "prompt_logprobs", "prompt_logprobs is not given with stream: true; ask for a whole answer");
        }
        return OptionalInt.of(likeliest("prompt_logprobs", count.getAsInt()));
    }

    /** Checks a count of likeliest tokens against the operator's limit; -1 asks for the whole vocabulary. */
    int likeliest(String field, int count) {
        int limit = serving.options().maxLogprobs();
        if (limit >= 0 && (count < 0 || count > limit)) {
            throw ProtocolException.invalidValue(
                    field, field + " must be an integer from 0 to " + limit + " (--max-logprobs), got " + count);
        }
        return count < 0 ? serving.card().vocabularySize() : count;
    }
}
