/** Vectors, labels and scores of texts: the requests of OpenAI, vLLM, Jina, Cohere and Text Embeddings Inference that generate nothing. */
package dev.tokamak.protocol.pooling;
