/** Where weights come from: checkpoints, their files, and the ways onto a device. */
package dev.tokamak.libtorch.weights;
