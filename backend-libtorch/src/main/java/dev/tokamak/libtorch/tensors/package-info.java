/** Devices, element types, operators by name, and the thread that all tensors belong to. */
package dev.tokamak.libtorch.tensors;
