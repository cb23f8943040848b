/**
 * The tokenizer plugin {@code huggingface}: reads {@code tokenizer.json}. Text becomes ids in the native library of Hugging Face;
 * ids become text here, from the bytes that each token stands for.
 */
package dev.tokamak.tokenizers;
