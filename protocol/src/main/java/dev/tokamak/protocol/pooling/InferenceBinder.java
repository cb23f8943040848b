package dev.tokamak.protocol.pooling;

import dev.tokamak.api.PoolingParams;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.PromptField;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.protocol.json.JsonBuffer;
import dev.tokamak.spi.executor.ModelInfo.Task;

/** Reads the body of {@code /embed} as Text Embeddings Inference has it. */
final class InferenceBinder {
    private final PooledModel model;

    InferenceBinder(PooledModel model) {
        this.model = model;
    }

    Call bind(Fields fields) {
        RequestHead head = RequestHead.read(fields, "embd-", model.card());
        model.require(Task.EMBED);
        PromptField input = PromptField.read(
                fields, "inputs", PooledModel.MAX_TEXTS, model.card().vocabularySize());
        String before = EmbeddingsBinder.promptText(fields, model);
        TextCut cut = InferenceFields.cut(fields);
        PoolingParams.Builder params = PoolingParams.builder().normalised(fields.bool("normalize", true));
        fields.integer("dimensions", 1, Integer.MAX_VALUE).ifPresent(params::dimensions);
        PoolingParams built = params.build();
        return new PoolingCall(
                model.engine(),
                head.id(),
                input.name(),
                () -> EmbeddingsBinder.requests(head, model, input, before, cut, built),
                outputs -> {
                    JsonBuffer json = new JsonBuffer();
                    VectorFormat.LISTS.write(
                            json,
                            outputs.stream()
                                    .map(output -> output.pooled().orElseThrow())
                                    .toList());
                    return json.toByteArray();
                });
    }
}
