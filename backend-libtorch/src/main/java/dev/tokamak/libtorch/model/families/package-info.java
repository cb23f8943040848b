/** The families of models: from a configuration to what a decoder is made of. Adding one begins here. */
package dev.tokamak.libtorch.model.families;
