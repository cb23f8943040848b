/** A step from plan to result: slots, inputs, the order of the work. */
package dev.tokamak.libtorch.step;
