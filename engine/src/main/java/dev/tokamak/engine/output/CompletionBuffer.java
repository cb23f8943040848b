package dev.tokamak.engine.output;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.TokenLogprob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What one completion has accumulated and its reader has not seen, or, where the reader wants it so, all of it. */
final class CompletionBuffer {
    private final int index;
    private final MarkedText text = new MarkedText();
    private int[] tokens = new int[16];
    private int[] offsets = {};
    private int tokenCount;
    private final List<TokenLogprob> logprobs = new ArrayList<>(0);
    private FinishReason finishReason;
    private Object stopReason;
    private boolean changed;

    CompletionBuffer(int index) {
        this.index = index;
    }

    void add(
            MarkedText.Piece moreText,
            int token,
            TokenLogprob logprob,
            int offset,
            FinishReason reason,
            Object stoppedBy) {
        text.append(moreText);
        if (logprob != null) {
            logprobs.add(logprob);
            if (logprobs.size() > offsets.length) {
                offsets = Arrays.copyOf(offsets, Math.max(16, offsets.length * 2));
            }
            offsets[logprobs.size() - 1] = offset;
        }
        if (token != OutputBatch.NO_TOKEN) {
            if (tokenCount == tokens.length) {
                tokens = Arrays.copyOf(tokens, tokenCount * 2);
            }
            tokens[tokenCount++] = token;
        }
        if (reason != null) {
            finishReason = reason;
            stopReason = stoppedBy;
        }
        changed = true;
    }

    /** Whether something was added since the last {@link #output}. */
    boolean changed() {
        return changed;
    }

    /** All that was added. */
    CompletionOutput output() {
        changed = false;
        MarkedText.Piece all = text.whole();
        return CompletionOutput.builder(index)
                .text(all.text())
                .markSpans(all.spans())
                .tokenIds(Arrays.copyOf(tokens, tokenCount))
                .logprobs(List.copyOf(logprobs))
                .textOffsets(Arrays.copyOf(offsets, logprobs.size()))
                .finishReason(finishReason)
                .stopReason(stopReason)
                .build();
    }

    /** Forgets what was added. */
    void clear() {
        text.take(text.length());
        tokenCount = 0;
        logprobs.clear();
    }
}
