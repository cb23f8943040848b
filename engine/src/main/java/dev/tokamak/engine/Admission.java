package dev.tokamak.engine;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.cache.PrefixKeys;
import dev.tokamak.engine.output.Completion;
import dev.tokamak.engine.output.Request;
import dev.tokamak.engine.output.RequestCollector;
import dev.tokamak.engine.step.DrawConstraint;
import dev.tokamak.engine.step.TokenLimits;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.scheduler.Sequence;
import dev.tokamak.spi.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Turns a caller's request into sequences, or refuses it. Everything that costs time is done here, on the submitting thread:
 * tokenising, hashing prefixes, compiling grammars. Thread-safe.
 */
final class Admission {
    /** How many of the prompt's tokens a detokenizer sees. */
    private static final int PROMPT_TAIL = 8;

    /** How a sequence samples that generates nothing. */
    private static final SamplingParams NOTHING_SAMPLED =
            SamplingParams.builder().detokenize(false).build();

    private final Tokenizer tokenizer;
    private final BoundedEncoding encoding;
    private final BoundedEncoding unanswered;
    private final Limits limits;
    private final ModelInfo info;
    private final List<Integer> eosTokenIds;
    private final Optional<String> bosToken;
    private final PrefixKeys prefixKeys;
    private final boolean prefixCaching;
    private final Constraints constraints;
    private final long seed;
    private final AtomicLong sequences = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();

    /**
     * What a request must stay within.
     *
     * @param context tokens in a sequence
     * @param cache tokens in a sequence for which the whole KV cache would be enough
     * @param vocabulary token ids
     * @param completions completions of one request
     */
    record Limits(int context, int cache, int vocabulary, int completions) {}

    Admission(
            Tokenizer tokenizer,
            BoundedEncoding.Encoder encoder,
            Limits limits,
            ModelInfo info,
            List<Integer> eosTokenIds,
            Optional<String> bosToken,
            PrefixKeys prefixKeys,
            boolean prefixCaching,
            Constraints constraints,
            long seed) {
        this.tokenizer = tokenizer;
        boolean cacheIsShorter = limits.cache() < limits.context();
        this.encoding = new BoundedEncoding(
                encoder,
                tokenizer.vocabulary(),
                cacheIsShorter ? limits.cache() : limits.context(),
                cacheIsShorter ? "The whole KV cache holds no more; give the server more memory for it. " : "");
        this.unanswered = encoding.withoutAnswer();
        this.limits = limits;
        this.info = info;
        this.eosTokenIds = eosTokenIds;
        this.bosToken = bosToken;
        this.prefixKeys = prefixKeys;
        this.prefixCaching = prefixCaching;
        this.constraints = constraints;
        this.seed = seed;
    }

    /**
     * Admits a request.
     *
     * @param asked what the caller wants
     * @param submission of which the request is a part
     * @param onAbandoned called when its reader closes the stream early
     * @return ready for the step loop
     * @throws TokamakException if it does not fit the model
     */
    Request admit(GenerationRequest asked, long submission, Consumer<Request> onAbandoned) {
        SamplingParams params = asked.samplingParams();
        checkParams(params, asked);
        boolean answered = params.maxTokens().orElse(1) > 0;
        int[] prompt = prompt(asked.prompt(), answered ? encoding : unanswered);
        int room = Math.min(limits.context(), limits.cache()) - prompt.length;
        int maxTokens = Math.min(params.maxTokens().orElse(room), room);

        Request request = request(asked.requestId(), params, prompt, onAbandoned);
        fill(request, asked, submission, prompt, maxTokens);
        return request;
    }

    /**
     * Admits a request for vectors.
     *
     * @param asked what the caller wants
     * @param submission of which the request is a part
     * @param onAbandoned called when its reader closes the stream early
     * @return ready for the step loop
     * @throws TokamakException if it does not fit the model
     */
    Request admit(PoolingRequest asked, long submission, Consumer<Request> onAbandoned) {
        Pooling pooling = pooling(asked.poolingParams());
        refuseAdapter(asked.adapter());
        int[] prompt = prompt(asked.prompt(), unanswered);
        Request request = request(asked.requestId(), NOTHING_SAMPLED, prompt, onAbandoned);
        long place = sequences.getAndIncrement();
        PrefixKeys.Chain keys = domain(request, asked.cacheSalt(), asked.adapter())
                .map(prefixKeys::chain)
                .orElse(null);
        Completion completion = new Completion(request, 0, keys, null);
        Sequence sequence = new Sequence(
                place,
                place,
                System.nanoTime(),
                asked.priority(),
                NOTHING_SAMPLED,
                0,
                prompt,
                new int[0],
                0,
                completion);
        sequence.setPooling(pooling);
        sequence.setSecondText(asked.secondText().orElse(-1));
        if (keys != null) {
            keys.begin(sequence, prompt.length);
        }
        sequence.setSubmission(submission);
        completion.bind(sequence);
        request.completions()[0] = completion;
        return request;
    }

    private Pooling pooling(PoolingParams params) {
        if (info.poolings().isEmpty()) {
            throw new TokamakException(ErrorCode.UNSUPPORTED, "this model gives no vectors");
        }
        Pooling usual = info.pooling();
        PoolingKind kind = params.kind().orElse(usual.kind());
        if (!info.poolings().contains(kind)) {
            throw TokamakException.invalid(
                    "pooling",
                    "pooling " + kind + " is not what this model gives; it gives " + new TreeSet<>(info.poolings()));
        }
        int dimensions = params.dimensions().orElse(usual.dimensions());
        int size = info.vectorSize(kind);
        if (size > 0 && dimensions > size) {
            throw TokamakException.invalid(
                    "dimensions", "dimensions must be at most " + size + " here, got " + dimensions);
        }
        return new Pooling(kind, params.normalised().orElse(usual.normalised()), dimensions);
    }

    private Request request(
            Optional<String> askedId, SamplingParams params, int[] prompt, Consumer<Request> onAbandoned) {
        long number = requests.incrementAndGet();
        String id = askedId.orElseGet(() -> "request-" + number);
        Request[] made = new Request[1];
        RequestCollector collector = new RequestCollector(
                id, params.outputKind(), params.n(), prompt.length, () -> onAbandoned.accept(made[0]));
        int[] tail = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - PROMPT_TAIL), prompt.length);
        made[0] = new Request(number, id, params, tokenizer, tail, collector);
        return made[0];
    }

    private void fill(Request request, GenerationRequest asked, long submission, int[] prompt, int maxTokens) {
        SamplingParams params = request.params();
        Constraints.Prepared constraint = constraints.prepare(params, asked.reasoningEndTokenIds(), prompt.length);
        int[] endTokens = endTokens(params);
        TokenLimits limits = new TokenLimits(params, endTokens, this.limits.vocabulary());
        long firstSeed = params.seed().orElse(mix(seed + request.number()));
        long arrival = sequences.getAndAdd(params.n());
        long now = System.nanoTime();
        Optional<String> domain = domain(request, asked.cacheSalt(), asked.adapter());
        for (int i = 0; i < params.n(); i++) {
            DrawConstraint own = constraint.forOneSequence(limits);
            PrefixKeys.Chain keys = domain.map(prefixKeys::chain).orElse(null);
            Completion completion =
                    new Completion(request, i, keys, own, asked.stopCondition(i).orElse(null));
            Sequence sequence = new Sequence(
                    arrival + i,
                    arrival + i,
                    now,
                    asked.priority(),
                    params,
                    i == 0 ? firstSeed : mix(firstSeed + i),
                    prompt,
                    endTokens,
                    maxTokens,
                    completion);
            if (keys != null) {
                keys.begin(sequence, prompt.length + Math.min(maxTokens, 2048));
            }
            sequence.setSubmission(submission);
            if (i == 0 && params.promptLogprobs().isPresent()) {
                sequence.setScoresPrompt(true);
            }
            completion.bind(sequence);
            request.completions()[i] = completion;
            if (i == 0) {
                checkStart(completion, limits);
            }
        }
    }

    /** Refuses what contradicts itself from the start; it would only fail after its prompt was computed. */
    private static void checkStart(Completion completion, TokenLimits limits) {
        TokamakException nothingLeft = limits.nothingLeft(completion.sequence());
        if (nothingLeft != null) {
            throw nothingLeft;
        }
        if (completion.constraint() != null && completion.constraint().holds()) {
            completion.constraint().check(completion.sequence());
        }
    }

    /**
     * What this request's blocks may be shared with: all requests of the same salt and adapter, or, without prefix caching, at
     * least its own other completions.
     */
    private Optional<String> domain(Request request, Optional<String> cacheSalt, Optional<String> adapter) {
        if (prefixCaching) {
            String salt = cacheSalt.orElse("");
            return Optional.of("shared " + salt.length() + " " + salt + adapter.orElse(""));
        }
        return request.params().n() > 1 ? Optional.of("request " + request.number()) : Optional.empty();
    }

    private void checkParams(SamplingParams params, GenerationRequest asked) {
        if (params.n() > limits.completions()) {
            throw TokamakException.invalid(
                    "n", "n must be at most " + limits.completions() + " here, got " + params.n());
        }
        if (!params.detokenize() && !params.stop().isEmpty()) {
            throw TokamakException.invalid("stop", "stop strings need text, but detokenize is false");
        }
        if (!info.tasks().contains(ModelInfo.Task.GENERATE)) {
            throw new TokamakException(ErrorCode.UNSUPPORTED, "this model does not generate text");
        }
        if (params.promptLogprobs().isPresent() && !info.scoresPrompts()) {
            throw new TokamakException(
                    ErrorCode.UNSUPPORTED,
                    "this model's executor gives no log probabilities of prompts",
                    "prompt_logprobs",
                    null);
        }
        refuseAdapter(asked.adapter());
        checkIds("stop_token_ids", params.stopTokenIds());
        checkIds("allowed_token_ids", params.allowedTokenIds());
        checkIds("logit_bias", params.logitBias().keySet());
        params.badWords().forEach(word -> checkIds("bad_words", word));
    }

    private static void refuseAdapter(Optional<String> asked) {
        asked.ifPresent(adapter -> {
            throw new TokamakException(
                    ErrorCode.NOT_FOUND, "there is no adapter \"" + adapter + "\" here", "model", null);
        });
    }

    private void checkIds(String param, Iterable<Integer> ids) {
        for (int id : ids) {
            if (id < 0 || id >= limits.vocabulary()) {
                throw outsideVocabulary(param, id);
            }
        }
    }

    private TokamakException outsideVocabulary(String param, int id) {
        return TokamakException.invalid(
                param, "token id " + id + " is outside of the vocabulary of " + limits.vocabulary() + " tokens");
    }

    private int[] prompt(Prompt asked, BoundedEncoding within) {
        int[] prompt = tokens(asked, within);
        if (prompt.length == 0) {
            throw TokamakException.invalid("prompt", "the prompt has no tokens; expected at least one");
        }
        for (int id : prompt) {
            if (id < 0 || id >= limits.vocabulary()) {
                throw outsideVocabulary("prompt", id);
            }
        }
        within.checkLength(prompt.length);
        return prompt;
    }

    private int[] tokens(Prompt prompt, BoundedEncoding within) {
        if (prompt instanceof Prompt.Tokens tokens) {
            return tokens.tokenIds();
        }
        Prompt.Text text = (Prompt.Text) prompt;
        int[] ids = within.encode(text.text(), text.addSpecialTokens());
        return text.addSpecialTokens() ? withoutSecondBos(text.text(), ids) : ids;
    }

    /** A template that writes the beginning token itself gets no second one from the tokenizer. */
    private int[] withoutSecondBos(String text, int[] ids) {
        boolean doubled = ids.length >= 2
                && ids[0] == ids[1]
                && bosToken.isPresent()
                && text.startsWith(bosToken.get())
                && tokenizer.vocabulary().addedToken(bosToken.get()).orElse(-1) == ids[0];
        return doubled ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
    }

    /**
     * The tokens that end a sequence. Under a grammar end-of-sequence always does, whatever {@code ignoreEos} says: behind the
     * grammar's end nothing else could be drawn.
     */
    private int[] endTokens(SamplingParams params) {
        Set<Integer> ids = new LinkedHashSet<>(params.stopTokenIds());
        if (!params.ignoreEos() || params.structuredOutput().isPresent()) {
            ids.addAll(eosTokenIds);
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). */
    private static long mix(long value) {
        long z = (value + 0x9e3779b97f4a7c15L);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
