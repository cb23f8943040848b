package dev.tokamak.protocol.pooling;

import dev.tokamak.api.ModelCard;
import dev.tokamak.engine.BoundedEncoding;
import dev.tokamak.engine.ServedModel;
import dev.tokamak.engine.model.Labels;
import dev.tokamak.engine.model.SentencePrompts;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.spi.executor.ModelInfo;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeSet;

/**
 * What all requests share.
 *
 * @param engine what computes
 * @param encoding of texts that are not answered
 * @param prompts what the checkpoint wants before texts
 * @param labels what the checkpoint says of those that its head tells apart
 * @param around the tokens that the tokenizer puts around a text
 */
record PooledModel(
        ServedModel engine, BoundedEncoding encoding, SentencePrompts prompts, Labels labels, Surroundings around) {
    /** How many texts a call may have. */
    static final int MAX_TEXTS = 2_048;

    static PooledModel of(ServedModel engine) {
        BoundedEncoding encoding = new BoundedEncoding(
                        engine::encode,
                        engine.tokenizer().vocabulary(),
                        engine.model().maxModelLen())
                .withoutAnswer();
        Path folder = engine.config().model();
        boolean classifies = engine.modelInfo().tasks().contains(ModelInfo.Task.CLASSIFY);
        return new PooledModel(
                engine,
                encoding,
                SentencePrompts.read(folder),
                classifies ? Labels.read(folder) : Labels.NONE,
                Surroundings.of(engine::encode));
    }

    /** What the checkpoint wants before a text, by the first of the names that it knows. */
    String before(String... names) {
        for (String name : names) {
            if (prompts.byName().containsKey(name)) {
                return prompts.byName().get(name);
            }
        }
        return prompts.usual().map(prompts.byName()::get).orElse("");
    }

    ModelCard card() {
        return engine.model();
    }

    /** The name of the model in answers. */
    String name() {
        return card().names().get(0);
    }

    boolean does(ModelInfo.Task task) {
        return engine.modelInfo().tasks().contains(task);
    }

    /** Refuses what the model is not for. */
    void require(ModelInfo.Task task) {
        if (!does(task)) {
            throw notFor(word(task));
        }
    }

    /** What a client is told that asks for what the model is not for. */
    ProtocolException notFor(String task) {
        TreeSet<String> has = new TreeSet<>();
        engine.modelInfo().tasks().forEach(each -> has.add(word(each)));
        return ProtocolException.unsupported(
                "model",
                "the model " + Fields.describe(name()).replace("the string ", "") + " does not support the task " + task
                        + "; it supports " + has);
    }

    private static String word(ModelInfo.Task task) {
        return task.name().toLowerCase(Locale.ROOT);
    }
}
