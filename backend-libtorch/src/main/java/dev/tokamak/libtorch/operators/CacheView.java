package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;

/**
 * How a layer looks at the cache. Layers of one view read the same positions of the same blocks, so that what a step prepares
 * for one of them serves all.
 *
 * @param group whose block table it follows
 * @param window how many tokens a token sees, itself included; 0 for all before it
 * @since 0.2
 */
@Incubating
public record CacheView(int group, int window) {}
