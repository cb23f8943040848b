/** OpenAI's chat completions and completions, with vLLM's further fields. {@link dev.tokamak.protocol.openai.OpenAiProtocol} is the door. */
package dev.tokamak.protocol.openai;
