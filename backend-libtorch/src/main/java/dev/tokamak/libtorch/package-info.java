/**
 * An executor on Bytedeco's build of libtorch.
 *
 * <p>One step's way: {@code LibtorchExecutor} queues a plan for the one {@code TensorThread};
 * {@code StepRunner} takes the plan's changes over into {@code Slot}s, {@code StepAssembly} turns its rows into tensors,
 * {@code Decoder} computes all rows in one forward pass over the {@code PagedKvCache}, and {@code Sampler} takes the logits of
 * the rows that are sampled from to tokens.
 *
 * <p>What is computed goes through {@link dev.tokamak.libtorch.operators.Operators}: {@code AtenOperators} on any device,
 * or {@code CpuOperators} with weights packed for the processor. 16-bit models on a CUDA device go another way,
 * {@code CudaExecutor}, which never waits for the device within a step: {@code CudaStepRunner} enqueues what
 * {@code CudaDecoder} launches through the {@link dev.tokamak.libtorch.kernels.Kernels} of a
 * {@link dev.tokamak.libtorch.kernels.KernelProvider}.
 *
 * <p>A new model family is one class beside {@code Qwen3} and a place in {@code ModelFamily.ALL}; a part that no family had
 * before goes into {@code DecoderSpec}, {@code DecoderLoader} and {@code Decoder}.
 */
package dev.tokamak.libtorch;
