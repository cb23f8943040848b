package dev.tokamak.protocol.openai;

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.api.SamplingParams;
import java.util.Optional;

/**
 * A chat request that was read.
 *
 * @param envelope what all requests have
 * @param prompt the conversation
 * @param addSpecialTokens whether the tokenizer adds its own tokens to what the template wrote
 * @param limit how the prompt is cut
 * @param params how to sample; the kind of output is yet to be chosen
 * @param tools what may be called
 * @param includeReasoning whether the client is shown the reasoning
 * @param formatField the field that says what the answer has to be, unless the tools do
 */
record ChatRequest(
        Envelope envelope,
        ChatPrompt prompt,
        boolean addSpecialTokens,
        PromptLimit limit,
        SamplingParams params,
        Tools tools,
        boolean includeReasoning,
        Optional<String> formatField) {}
