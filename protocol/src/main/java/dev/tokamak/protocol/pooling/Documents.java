package dev.tokamak.protocol.pooling;

import dev.tokamak.api.RequestOutput;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.json.JsonBuffer;
import java.util.List;
import java.util.function.ObjIntConsumer;

/** Writes answers that are a list with an item for each text. */
final class Documents {
    private Documents() {}

    /**
     * An answer of the shape that OpenAI's embeddings have.
     *
     * @param head of the request
     * @param model its name
     * @param outputs of all texts
     * @param items how many there are
     * @param item writes what an item has behind its index
     * @return JSON
     */
    static byte[] list(
            RequestHead head, String model, List<RequestOutput> outputs, int items, ObjIntConsumer<JsonBuffer> item) {
        JsonBuffer json = new JsonBuffer().raw("{\"id\":").string(head.id());
        json.raw(",\"object\":\"list\",\"created\":").number(head.created());
        json.raw(",\"model\":").string(model).raw(",\"data\":[");
        for (int i = 0; i < items; i++) {
            json.raw(i == 0 ? "{\"index\":" : ",{\"index\":").number(i).raw(",");
            item.accept(json, i);
            json.raw("}");
        }
        json.raw("],\"usage\":");
        usage(json, outputs);
        return json.raw("}").toByteArray();
    }

    static void usage(JsonBuffer json, List<RequestOutput> outputs) {
        long tokens = outputs.stream().mapToLong(RequestOutput::promptTokens).sum();
        json.raw("{\"prompt_tokens\":").number(tokens).raw(",\"total_tokens\":").number(tokens);
        json.raw(",\"completion_tokens\":0}");
    }
}
