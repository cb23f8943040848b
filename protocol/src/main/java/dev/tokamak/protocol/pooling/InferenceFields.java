package dev.tokamak.protocol.pooling;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.Locale;
import java.util.OptionalInt;

/** What requests of Text Embeddings Inference have of their own. */
final class InferenceFields {
    private InferenceFields() {}

    /** Whether texts are cut to the context, and at which end ({@code truncate}, {@code truncation_direction}). */
    static TextCut cut(Fields fields) {
        boolean truncate = fields.bool("truncate", false);
        String direction = fields.string("truncation_direction").orElse("Right").toLowerCase(Locale.ROOT);
        if (!direction.equals("right") && !direction.equals("left")) {
            throw ProtocolException.invalidValue(
                    "truncation_direction",
                    "truncation_direction must be Right or Left, got " + Fields.describe(direction));
        }
        return new TextCut(
                "truncate",
                "truncation_direction",
                truncate ? OptionalInt.of(-1) : OptionalInt.empty(),
                direction.equals("left"));
    }
}
