package dev.tokamak.protocol.openai;

import dev.tokamak.api.RequestOutput;
import dev.tokamak.protocol.json.JsonBuffer;

/** Writes one answer's outputs as frames of {@code text/event-stream}. */
interface EventWriter {
    /**
     * Writes an output.
     *
     * @param prompt index of its prompt
     * @param output a delta
     * @param usage so far
     * @param out gets whole frames, possibly none
     */
    void write(int prompt, RequestOutput output, Usage usage, JsonBuffer out);

    /**
     * Writes what follows the last output.
     *
     * @param usage in the end
     * @param out gets whole frames, possibly none
     */
    void end(Usage usage, JsonBuffer out);
}
