package dev.tokamak.protocol.openai;

import java.util.OptionalInt;

/**
 * What a plain completion tells of its prompt.
 *
 * @param echo whether the prompt is repeated ahead of the text
 * @param logprobs how many of the likeliest tokens {@code prompt_logprobs} has at each place; empty if it is not there
 */
record ToldPrompt(boolean echo, OptionalInt logprobs) {
    /** The field that asks for what the prompt's tokens are needed for. */
    String field() {
        return logprobs.isPresent() ? "prompt_logprobs" : "echo";
    }
}
