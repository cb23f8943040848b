package dev.tokamak.protocol.openai;

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.Engine;
import dev.tokamak.api.EngineHealth;
import dev.tokamak.api.EngineMetric;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.ModelCard;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.TokamakException;
import dev.tokamak.api.TokenLogprob;
import dev.tokamak.engine.output.MarkedText;
import dev.tokamak.engine.output.Marks;
import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.tokenizers.HuggingFaceTokenizerProvider;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An engine whose model says what a test wants it to say, token by token, through a real tokenizer. What it was asked for can be
 * looked at. All outputs are there as soon as a request is submitted.
 */
final class ScriptedEngine implements Engine {
    private final Tokenizer tokenizer =
            new HuggingFaceTokenizerProvider().create(Path.of("src/test/resources/tokenizer"));
    private final List<GenerationRequest> submitted = new ArrayList<>();
    private final List<ChatPrompt> rendered = new ArrayList<>();
    private final List<String> says;
    private Map<String, Object> samplingDefaults = Map.of();
    private FinishReason finishReason = FinishReason.STOP;
    private TokamakException failure;
    private boolean printsParts;
    private boolean needsObjects;
    private RuntimeException templateFailure;
    private int closedStreams;

    /** The n-th completion of each request is the n-th text, or the last one. */
    ScriptedEngine(String... says) {
        this.says = List.of(says);
    }

    ScriptedEngine samplingDefaults(Map<String, Object> defaults) {
        samplingDefaults = defaults;
        return this;
    }

    ScriptedEngine endsWith(FinishReason reason) {
        finishReason = reason;
        return this;
    }

    /** Requests fail when all text has been handed out. */
    ScriptedEngine failsAtLast(TokamakException e) {
        failure = e;
        return this;
    }

    ScriptedEngine templatePrintsParts() {
        printsParts = true;
        return this;
    }

    ScriptedEngine templateBreaksWith(RuntimeException e) {
        templateFailure = e;
        return this;
    }

    ScriptedEngine templateNeedsObjectsForArguments() {
        needsObjects = true;
        return this;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    GenerationRequest lastRequest() {
        return submitted.get(submitted.size() - 1);
    }

    List<GenerationRequest> submitted() {
        return submitted;
    }

    ChatPrompt lastChat() {
        return rendered.get(rendered.size() - 1);
    }

    int closedStreams() {
        return closedStreams;
    }

    @Override
    public RequestStream submit(GenerationRequest request) {
        submitted.add(request);
        int[] prompt = request.prompt() instanceof Prompt.Text text
                ? encode(text.text(), text.addSpecialTokens())
                : ((Prompt.Tokens) request.prompt()).tokenIds();
        if (prompt.length > model().maxModelLen()) {
            throw TokamakException.invalid("messages", "the prompt has " + prompt.length + " tokens");
        }
        Deque<RequestOutput> outputs = request.samplingParams().outputKind() == OutputKind.FINAL_ONLY
                ? whole(request, prompt.length)
                : deltas(request, prompt.length);
        return new Stream(request.requestId().orElseThrow(), outputs);
    }

    private Deque<RequestOutput> whole(GenerationRequest request, int promptTokens) {
        List<CompletionOutput> completions = new ArrayList<>();
        int generated = 0;
        for (int n = 0; n < request.samplingParams().n(); n++) {
            int[] ids = said(n);
            generated += ids.length;
            MarkedText.Piece text = whole(ids, request.samplingParams().skipSpecialTokens());
            completions.add(CompletionOutput.builder(n)
                    .text(text.text())
                    .markSpans(text.spans())
                    .tokenIds(ids)
                    .logprobs(logprobs(request, ids))
                    .textOffsets(offsets(request, ids))
                    .finishReason(finishReason)
                    .build());
        }
        return new ArrayDeque<>(List.of(RequestOutput.builder("r")
                .outputs(completions)
                .promptTokens(promptTokens)
                .cachedTokens(1)
                .generatedTokens(generated)
                .finished(true)
                .build()));
    }

    private Deque<RequestOutput> deltas(GenerationRequest request, int promptTokens) {
        Deque<RequestOutput> outputs = new ArrayDeque<>();
        int generated = 0;
        int n = request.samplingParams().n();
        for (int index = 0; index < n; index++) {
            int[] ids = said(index);
            int[] offsets = offsets(request, ids);
            Detokenizer detokenizer =
                    tokenizer.detokenizer(request.samplingParams().skipSpecialTokens(), new int[0]);
            for (int i = 0; i < ids.length; i++) {
                StringBuilder text = new StringBuilder();
                detokenizer.append(ids[i], text);
                boolean last = i == ids.length - 1;
                if (last) {
                    detokenizer.finish(text);
                }
                outputs.add(RequestOutput.builder("r")
                        .outputs(List.of(CompletionOutput.builder(index)
                                .text(text.toString())
                                .markSpans(piece(ids[i], text.toString()).spans())
                                .tokenIds(ids[i])
                                .logprobs(logprobs(request, ids[i]))
                                .textOffsets(offsets.length == 0 ? offsets : new int[] {offsets[i]})
                                .finishReason(last && failure == null ? finishReason : null)
                                .build()))
                        .promptTokens(promptTokens)
                        .cachedTokens(1)
                        .generatedTokens(++generated)
                        .finished(last && index == n - 1 && failure == null)
                        .build());
            }
        }
        return outputs;
    }

    private int[] offsets(GenerationRequest request, int... ids) {
        int[] offsets = new int[request.samplingParams().logprobs().isPresent() ? ids.length : 0];
        Detokenizer detokenizer = tokenizer.detokenizer(request.samplingParams().skipSpecialTokens(), new int[0]);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = text.codePointCount(0, text.length());
            detokenizer.append(ids[i], text);
        }
        return offsets;
    }

    /** No token goes beyond a zero, so that a text can spell what there is a token for. */
    private int[] said(int n) {
        return Arrays.stream(says.get(Math.min(n, says.size() - 1)).split("\0"))
                .map(part -> tokenizer.encode(part, false))
                .flatMapToInt(Arrays::stream)
                .toArray();
    }

    private MarkedText.Piece piece(int id, String text) {
        String mark = Marks.of(tokenizer.vocabulary(), id);
        int at = mark == null ? -1 : text.indexOf(mark);
        return new MarkedText.Piece(text, at < 0 ? new int[0] : new int[] {at, at + mark.length()});
    }

    private MarkedText.Piece whole(int[] ids, boolean skipSpecialTokens) {
        Detokenizer detokenizer = tokenizer.detokenizer(skipSpecialTokens, new int[0]);
        MarkedText all = new MarkedText();
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            detokenizer.append(id, text);
            all.append(piece(id, text.toString()));
            text.setLength(0);
        }
        detokenizer.finish(text);
        all.append(new MarkedText.Piece(text.toString(), new int[0]));
        return all.take(all.length());
    }

    private static List<TokenLogprob> logprobs(GenerationRequest request, int... ids) {
        if (request.samplingParams().logprobs().isEmpty()) {
            return List.of();
        }
        List<TokenLogprob> top = IntStream.range(
                        0, request.samplingParams().logprobs().getAsInt())
                .mapToObj(i -> new TokenLogprob(i + 40, -0.5f - i, i + 1, List.of()))
                .toList();
        return Arrays.stream(ids)
                .mapToObj(id -> new TokenLogprob(id, -0.25f, 1, top))
                .toList();
    }

    @Override
    public ModelCard model() {
        return ModelCard.builder(List.of("tiny", "tiny-alias"))
                .root("/models/tiny")
                .maxModelLen(512)
                .vocabularySize(tokenizer.vocabulary().size())
                .createdEpochSeconds(1_700_000_000)
                .samplingDefaults(samplingDefaults)
                .hasChatTemplate(true)
                .build();
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        return tokenizer.encode(text, addSpecialTokens);
    }

    @Override
    public String decode(int[] tokenIds, boolean skipSpecialTokens) {
        return tokenizer.decode(tokenIds, skipSpecialTokens);
    }

    @Override
    public String renderChat(ChatPrompt prompt) {
        rendered.add(prompt);
        if (templateFailure != null) {
            throw templateFailure;
        }
        if (needsObjects && prompt.messages().toString().contains("arguments={\"")) {
            throw TokamakException.invalid("messages", "arguments must be a mapping");
        }
        StringBuilder text = new StringBuilder();
        for (Map<String, Object> message : prompt.messages()) {
            Object content = message.get("content");
            boolean parts = printsParts && content instanceof List<?>;
            text.append("<|im_start|>").append(message.get("role")).append('\n');
            text.append(parts ? ((Map<?, ?>) ((List<?>) content).get(0)).get("text") : "" + content);
            text.append("<|im_end|>\n");
        }
        return text.append("<|im_start|>assistant\n").toString().replace("text=", "text='");
    }

    @Override
    public EngineHealth health() {
        return new EngineHealth(EngineHealth.State.READY, "");
    }

    @Override
    public List<EngineMetric> metrics() {
        return List.of();
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private final class Stream implements RequestStream {
        private final String id;
        private final Deque<RequestOutput> outputs;

        Stream(String id, Deque<RequestOutput> outputs) {
            this.id = id;
            this.outputs = outputs;
        }

        @Override
        public String requestId() {
            return id;
        }

        @Override
        public Optional<RequestOutput> poll() {
            if (outputs.isEmpty() && failure != null) {
                throw failure;
            }
            return Optional.ofNullable(outputs.poll());
        }

        @Override
        public Optional<RequestOutput> take() {
            return poll();
        }

        @Override
        public void onReady(Runnable listener) {
            listener.run();
        }

        @Override
        public void close() {
            closedStreams++;
        }
    }
}
