/** Tokenizers: text to token ids and back, one delta at a time. */
package dev.tokamak.spi.tokenizer;
