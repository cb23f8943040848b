package dev.tokamak.protocol.pooling;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.engine.model.Labels.Activation;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.PromptField;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.protocol.json.JsonBuffer;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.ModelInfo.Task;

/** Reads the body of {@code /pooling}: vectors of texts or of each of their tokens, or what a head says of texts. */
final class PoolingBinder {
    private final PooledModel model;

    PoolingBinder(PooledModel model) {
        this.model = model;
    }

    Call bind(Fields fields) {
        RequestHead head = RequestHead.read(fields, "pool-", model.card());
        String task = fields.string("task").orElseGet(this::usualTask);
        boolean classifies = task.equals("classify");
        boolean eachToken = task.equals("token_embed");
        if (!classifies && !eachToken && !task.equals("embed")) {
            throw ProtocolException.invalidValue(
                    "task", "task must be embed, token_embed or classify here, got " + Fields.describe(task));
        }
        model.require(classifies ? Task.CLASSIFY : Task.EMBED);
        if (eachToken && !givesEachToken()) {
            throw model.notFor(task);
        }
        PromptField input = EmbeddingsBinder.input(fields, model);
        TextCut cut = TextCut.read(fields);
        VectorFormat format = VectorFormat.read(fields);
        PoolingParams params = classifies ? ClassifyBinder.HEAD : EmbeddingsBinder.params(fields, eachToken);
        Activation activation = classifies ? ClassifyBinder.activation(fields, model) : Activation.NONE;
        String before = classifies ? "" : EmbeddingsBinder.promptText(fields, model);
        return new PoolingCall(
                model.engine(),
                head.id(),
                input.name(),
                () -> EmbeddingsBinder.requests(head, model, input, before, cut, params),
                outputs -> Documents.list(head, model.name(), outputs, outputs.size(), (json, i) -> {
                    json.raw("\"object\":\"pooling\",\"data\":");
                    write(json, outputs.get(i), eachToken, activation, format);
                }));
    }

    private static void write(
            JsonBuffer json, RequestOutput output, boolean eachToken, Activation activation, VectorFormat format) {
        if (eachToken) {
            format.write(json, output.vectors());
        } else {
            format.write(json, activation.of(output.pooled().orElseThrow()));
        }
    }

    private String usualTask() {
        if (!model.does(Task.EMBED)) {
            return "classify";
        }
        return givesEachToken() ? "token_embed" : "embed";
    }

    private boolean givesEachToken() {
        ModelInfo info = model.engine().modelInfo();
        return model.does(Task.EMBED) && info.poolings().contains(PoolingKind.ALL);
    }
}
