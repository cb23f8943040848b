/** What a checkpoint's configuration says about its model. */
package dev.tokamak.libtorch.model;
