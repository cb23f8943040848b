package dev.tokamak.protocol.pooling;

import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.protocol.json.JsonBuffer;
import java.util.Comparator;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Reads the bodies of {@code /score} and {@code /rerank}, the latter in the shapes of Jina and Cohere and in that of Text Embeddings Inference. */
final class ScoreBinder {
    private final PooledModel model;

    ScoreBinder(PooledModel model) {
        this.model = model;
    }

    Call score(Fields fields) {
        RequestHead head = RequestHead.read(fields, "score-", model.card());
        Scoring scoring = Scoring.read(fields, model);
        Pairs pairs = Pairs.ofScore(fields);
        return call(head, scoring, pairs, outputs -> {
            float[] scores = scoring.scores(outputs, pairs);
            return Documents.list(
                    head, model.name(), outputs, scores.length, (json, i) -> json.raw("\"object\":\"score\",\"score\":")
                            .number(scores[i]));
        });
    }

    /** A body with {@code texts} rather than {@code documents} is one of Text Embeddings Inference, and is answered in its shape. */
    Call rerank(Fields fields) {
        RequestHead head = RequestHead.read(fields, "rerank-", model.card());
        return fields.has("texts") && !fields.has("documents") ? inference(fields, head) : jina(fields, head);
    }

    private Call jina(Fields fields, RequestHead head) {
        Scoring scoring = Scoring.read(fields, model);
        Pairs pairs = Pairs.ofRanking(fields, "documents");
        int asked = fields.integer("top_n", 0, Integer.MAX_VALUE).orElse(0);
        boolean documents = fields.bool("return_documents", true);
        return call(head, scoring, pairs, outputs -> {
            JsonBuffer json = new JsonBuffer().raw("{\"id\":").string(head.id());
            json.raw(",\"model\":").string(model.name()).raw(",\"usage\":");
            Documents.usage(json, outputs);
            json.raw(",\"results\":[");
            float[] scores = scoring.scores(outputs, pairs);
            String separator = "";
            for (int i : ranked(scores, asked)) {
                json.raw(separator).raw("{\"index\":").number(i);
                if (documents) {
                    json.raw(",\"document\":{\"text\":")
                            .string(pairs.documents().get(i))
                            .raw("}");
                }
                json.raw(",\"relevance_score\":").number(scores[i]).raw("}");
                separator = ",";
            }
            return json.raw("]}").toByteArray();
        });
    }

    private Call inference(Fields fields, RequestHead head) {
        TextCut cut = InferenceFields.cut(fields);
        boolean raw = fields.bool("raw_scores", false);
        boolean texts = fields.bool("return_text", false);
        Scoring scoring = Scoring.of(model, cut, OptionalInt.empty(), OptionalInt.empty(), !raw);
        Pairs pairs = Pairs.ofRanking(fields, "texts");
        return call(head, scoring, pairs, outputs -> {
            float[] scores = scoring.scores(outputs, pairs);
            JsonBuffer json = new JsonBuffer();
            String separator = "[";
            for (int i : ranked(scores, 0)) {
                json.raw(separator).raw("{\"index\":").number(i);
                if (texts) {
                    json.raw(",\"text\":").string(pairs.documents().get(i));
                }
                json.raw(",\"score\":").number(scores[i]).raw("}");
                separator = ",";
            }
            return json.raw("]").toByteArray();
        });
    }

    private Call call(RequestHead head, Scoring scoring, Pairs pairs, PoolingCall.Answer answer) {
        return new PoolingCall(
                model.engine(), head.id(), pairs.documentField(), () -> scoring.requests(head, pairs), answer);
    }

    /** The best first, and of equal ones the earlier. */
    private static int[] ranked(float[] scores, int asked) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> scores[i]).reversed())
                .limit(asked == 0 ? scores.length : asked)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
