package dev.tokamak.protocol.pooling;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.PromptField;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.spi.executor.ModelInfo.Task;
import java.util.List;
import java.util.OptionalInt;

/** Reads the body of {@code /v1/embeddings}. */
final class EmbeddingsBinder {
    private final PooledModel model;

    EmbeddingsBinder(PooledModel model) {
        this.model = model;
    }

    Call bind(Fields fields) {
        RequestHead head = RequestHead.read(fields, "embd-", model.card());
        model.require(Task.EMBED);
        PromptField input = input(fields, model);
        String before = promptText(fields, model);
        TextCut cut = TextCut.read(fields);
        VectorFormat format = VectorFormat.read(fields);
        PoolingParams params = params(fields, false);
        return new PoolingCall(
                model.engine(),
                head.id(),
                input.name(),
                () -> requests(head, model, input, before, cut, params),
                outputs -> body(head, outputs, format));
    }

    private byte[] body(RequestHead head, List<RequestOutput> outputs, VectorFormat format) {
        return Documents.list(head, model.name(), outputs, outputs.size(), (json, i) -> {
            json.raw("\"object\":\"embedding\",\"embedding\":");
            format.write(json, outputs.get(i).pooled().orElseThrow());
        });
    }

    /** The texts, which this server takes as {@code input} only. */
    static PromptField input(Fields fields, PooledModel model) {
        if (fields.has("messages")) {
            throw ProtocolException.unsupported(
                    "messages", "messages is not supported here; send what the chat template makes of them as input");
        }
        return PromptField.read(
                fields, "input", PooledModel.MAX_TEXTS, model.card().vocabularySize());
    }

    /** What the checkpoint wants before a text of the kind that {@code prompt_name} says. */
    static String promptText(Fields fields, PooledModel model) {
        String name = fields.string("prompt_name")
                .orElseGet(() -> model.prompts().usual().orElse(null));
        if (name == null) {
            return "";
        }
        String prompt = model.prompts().byName().get(name);
        if (prompt == null) {
            throw ProtocolException.invalidValue(
                    "prompt_name",
                    "prompt_name must be one of the checkpoint's prompts "
                            + model.prompts().byName().keySet() + ", got " + Fields.describe(name));
        }
        return prompt;
    }

    static PoolingParams params(Fields fields, boolean eachToken) {
        PoolingParams.Builder params = PoolingParams.builder();
        if (eachToken) {
            params.kind(PoolingKind.ALL);
        }
        OptionalInt dimensions = fields.integer("dimensions", 1, Integer.MAX_VALUE);
        dimensions.ifPresent(params::dimensions);
        for (String name : List.of("normalize", "use_activation")) {
            if (fields.has(name)) {
                params.normalised(fields.bool(name, true));
            }
        }
        return params.build();
    }

    static List<PoolingRequest> requests(
            RequestHead head, PooledModel model, PromptField input, String before, TextCut cut, PoolingParams params) {
        Texts texts = new Texts(head, model, params);
        for (int i = 0; i < input.prompts().size(); i++) {
            Prompt prompt = input.prompts().get(i);
            if (prompt instanceof Prompt.Text text && !before.isEmpty()) {
                prompt = new Prompt.Text(before + text.text(), text.addSpecialTokens());
            }
            texts.add(input.path(i), cut.tokens(prompt, input.path(i), model), OptionalInt.empty());
        }
        return texts.requests();
    }
}
