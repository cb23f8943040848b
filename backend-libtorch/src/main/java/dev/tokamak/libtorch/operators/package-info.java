/**
 * The seam between models and what computes for them. The parts of a model call
 * {@link dev.tokamak.libtorch.operators.Operators}; behind it stand
 *
 * <ul>
 *   <li>plain ATen operators, which run on any device;
 *   <li>the same with what libtorch has for CPUs alone (weights packed for oneDNN or FBGEMM);
 *   <li>kernels of another jar, {@link dev.tokamak.libtorch.kernels}, where nothing waits.
 * </ul>
 *
 * <p><b>Layouts</b>, the same behind all of them:
 *
 * <ul>
 *   <li>Activations are {@code [tokens, width]}, the tokens of all rows of a step one after another. The projection to queries,
 *       keys and values is fused: {@code [tokens, (heads + 2 * kvHeads) * headDim]}, queries first, then keys, then values.
 *       Gate and up projection are fused, gate first.
 *   <li>Experts' weights are stacks. A token's experts and their shares are {@code [tokens, top]}.
 *   <li>The elements that rotary embedding turns as a pair lie side by side, {@code (2i, 2i + 1)}, in each head of queries and
 *       keys. The rows of the projections are put in this order when they are loaded; the product of a query and a key does not
 *       change by it.
 *   <li>The KV cache has one tensor a layer, {@code [blocks * blockSize, 2, kvHeads, headDim]}: a token's keys, then its
 *       values; in latent attention {@code [blocks * blockSize, headDim]}, a key that holds the latent behind its turned elements. A
 *       token at position p of a sequence lies in row {@code table[p / blockSize] * blockSize + p % blockSize}.
 * </ul>
 *
 * <p><b>Threads and memory.</b> All calls come from the executor's one thread for tensors, in inference mode. Every tensor that a
 * call returns is new and lives until the {@link org.bytedeco.javacpp.PointerScope} around the layer or the step closes; what
 * must live longer is retained by whoever keeps it. Arguments are never kept beyond the call.
 *
 * <p>This package is for the executor itself and changes with it.
 */
package dev.tokamak.libtorch.operators;
