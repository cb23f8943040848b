/** What a model is: its configuration, and the decoder that is built from it. */
package dev.tokamak.libtorch.model;
