package dev.tokamak.protocol.pooling;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.BoundedEncoding;
import dev.tokamak.engine.model.Labels.Activation;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.spi.executor.ModelInfo.Task;
import dev.tokamak.spi.tokenizer.EncodedPair;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Scores pairs of texts: by a head that sees both, where the model has one, else by the cosine of their vectors.
 *
 * @param model what computes
 * @param cut of a pair, or of each text where they are apart
 * @param queryTokens how many of a query's tokens count
 * @param documentTokens how many of a document's tokens count
 * @param activation what becomes of the head's logits
 */
record Scoring(
        PooledModel model, TextCut cut, OptionalInt queryTokens, OptionalInt documentTokens, Activation activation) {

    /** Reads how a request of vLLM's shape wants its texts cut. */
    static Scoring read(Fields fields, PooledModel model) {
        for (String name : new String[] {"instruction", "chat_template_kwargs"}) {
            fields.any(name).ifPresent(value -> {
                throw ProtocolException.unsupported(
                        name,
                        name + " is not supported: no chat template is put around pairs; write it into the texts");
            });
        }
        TextCut cut = TextCut.read(fields);
        boolean activated = fields.bool("use_activation", true);
        return of(
                model,
                cut,
                fields.integer("max_tokens_per_query", 1, Integer.MAX_VALUE),
                fields.integer("max_tokens_per_doc", 1, Integer.MAX_VALUE),
                activated);
    }

    static Scoring of(
            PooledModel model, TextCut cut, OptionalInt queryTokens, OptionalInt documentTokens, boolean activated) {
        if (!model.does(Task.SCORE) && !model.does(Task.EMBED)) {
            throw model.notFor("score");
        }
        if (cut.keepEnd() && model.does(Task.SCORE)) {
            throw ProtocolException.unsupported(
                    cut.sideField(),
                    cut.sideField() + " must be right here: of a pair, the document keeps its beginning");
        }
        return new Scoring(
                model,
                cut,
                queryTokens,
                documentTokens,
                activated ? model.labels().activation() : Activation.NONE);
    }

    private boolean together() {
        return model.does(Task.SCORE);
    }

    List<PoolingRequest> requests(RequestHead head, Pairs pairs) {
        PoolingParams.Builder params = PoolingParams.builder();
        Texts texts = new Texts(
                head,
                model,
                (together() ? params.kind(PoolingKind.HEAD).normalised(false) : params.normalised(true)).build());
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < pairs.queries().size(); i++) {
            queries.add(shortened(pairs.queries().get(i), queryTokens, pairs.queryField()));
            if (together()) {
                checkAlone(queries.get(i), pairs.queryField());
            } else {
                addAlone(texts, model.before("query") + queries.get(i), pairs.queryField());
            }
        }
        for (int i = 0; i < pairs.documents().size(); i++) {
            String path = pairs.documentPath(i);
            String document = shortened(pairs.documents().get(i), documentTokens, path);
            if (together()) {
                addPair(texts, queries.get(queries.size() == 1 ? 0 : i), document, path);
            } else {
                addAlone(texts, model.before("document", "passage", "corpus") + document, path);
            }
        }
        return texts.requests();
    }

    private void addAlone(Texts texts, String text, String path) {
        texts.add(path, cut.tokens(new Prompt.Text(text, true), path, model), OptionalInt.empty());
    }

    private void addPair(Texts texts, String query, String document, String path) {
        try {
            String fitting = document;
            if (cut.most(model).isPresent()) {
                int most = cut.most(model).getAsInt();
                fitting = Beginning.of(
                        shortened(document, OptionalInt.of(most), path),
                        beginning -> model.engine().encodePair(query, beginning).tokenIds().length <= most);
            }
            checkAlone(fitting, path);
            EncodedPair pair = model.engine().encodePair(query, fitting);
            model.encoding().checkLength(pair.tokenIds().length);
            texts.add(
                    path,
                    pair.tokenIds(),
                    pair.secondText() > 0 ? OptionalInt.of(pair.secondText()) : OptionalInt.empty());
        } catch (TokamakException e) {
            throw ProtocolException.of(new TokamakException(e.code(), e.getMessage(), path, e));
        }
    }

    /** A text that would not fit alone is refused before it is encoded with another. */
    private void checkAlone(String text, String path) {
        if (text.length() > model.card().maxModelLen()) {
            try {
                model.encoding().encode(text, false);
            } catch (TokamakException e) {
                throw ProtocolException.of(new TokamakException(e.code(), e.getMessage(), path, e));
            }
        }
    }

    private String shortened(String text, OptionalInt most, String path) {
        if (most.isEmpty()) {
            return text;
        }
        BoundedEncoding encoding = model.encoding();
        int tokens = Math.min(most.getAsInt(), model.card().maxModelLen());
        try {
            return Beginning.of(
                    text, beginning -> encoding.encode(beginning, false, tokens + 1, false).length <= tokens);
        } catch (TokamakException e) {
            throw ProtocolException.of(new TokamakException(e.code(), e.getMessage(), path, e));
        }
    }

    /** The score of each document. */
    float[] scores(List<RequestOutput> outputs, Pairs pairs) {
        float[] scores = new float[pairs.documents().size()];
        int queries = pairs.queries().size();
        for (int i = 0; i < scores.length; i++) {
            if (together()) {
                scores[i] = activation.of(outputs.get(i).pooled().orElseThrow())[0];
            } else {
                scores[i] = cosine(
                        outputs.get(queries == 1 ? 0 : i).pooled().orElseThrow(),
                        outputs.get(queries + i).pooled().orElseThrow());
            }
        }
        return scores;
    }

    /** Of vectors of unit length. */
    private static float cosine(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return (float) sum;
    }
}
