/** What a checkpoint folder says beside its weights: request defaults, end tokens, special tokens, the chat template. */
package dev.tokamak.engine.model;
