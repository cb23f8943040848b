package dev.tokamak.libtorch;

/**
 * The chunks of prompts in a step.
 *
 * @param rows how many sequences
 * @param tokens of all chunks
 * @param contextTokens of all contexts, the chunks included
 * @param longestChunk tokens
 * @param longestContext tokens
 */
record PromptChunks(int rows, int tokens, int contextTokens, int longestChunk, int longestContext) {}
