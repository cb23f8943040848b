package dev.tokamak.protocol.pooling;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.engine.model.Labels;
import dev.tokamak.engine.model.Labels.Activation;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.PromptField;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.spi.executor.ModelInfo.Task;

/** Reads the body of {@code /classify}. */
final class ClassifyBinder {
    /** What the model's head makes of a text. */
    static final PoolingParams HEAD =
            PoolingParams.builder().kind(PoolingKind.HEAD).normalised(false).build();

    private final PooledModel model;

    ClassifyBinder(PooledModel model) {
        this.model = model;
    }

    Call bind(Fields fields) {
        RequestHead head = RequestHead.read(fields, "classify-", model.card());
        model.require(Task.CLASSIFY);
        PromptField input = EmbeddingsBinder.input(fields, model);
        TextCut cut = TextCut.read(fields);
        Activation activation = activation(fields, model);
        Labels labels = model.labels();
        return new PoolingCall(
                model.engine(),
                head.id(),
                input.name(),
                () -> EmbeddingsBinder.requests(head, model, input, "", cut, HEAD),
                outputs -> Documents.list(head, model.name(), outputs, outputs.size(), (json, i) -> {
                    float[] probabilities =
                            activation.of(outputs.get(i).pooled().orElseThrow());
                    json.raw("\"label\":").string(labels.name(largest(probabilities)));
                    json.raw(",\"probs\":");
                    VectorFormat.LISTS.write(json, probabilities);
                    json.raw(",\"num_classes\":").number(probabilities.length);
                }));
    }

    static Activation activation(Fields fields, PooledModel model) {
        return fields.bool("use_activation", true) ? model.labels().activation() : Activation.NONE;
    }

    private static int largest(float[] values) {
        int largest = 0;
        for (int i = 1; i < values.length; i++) {
            largest = values[i] > values[largest] ? i : largest;
        }
        return largest;
    }
}
