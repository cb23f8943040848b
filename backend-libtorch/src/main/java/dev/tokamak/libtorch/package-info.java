/**
 * An executor on Bytedeco's build of libtorch.
 *
 * <p>One step's way: {@code LibtorchExecutor} queues a plan for the one {@code TensorThread};
 * {@code StepRunner} takes the plan's changes over into {@code Slot}s, {@code StepAssembly} turns its rows into tensors,
 * a {@code Transformer} computes all rows in one forward pass over the {@code PagedKvCache}, and {@code Sampler} takes the logits of
 * the rows that are sampled from to tokens.
 *
 * <p>A model is a composition of parts, written once. What its parts ask of a device goes through
 * {@link dev.tokamak.libtorch.operators.Operators}, where each device decides what it fuses: {@code AtenOperators} on any device,
 * {@code CpuOperators} with weights packed for the processor, {@code CudaOperators} with the
 * {@link dev.tokamak.libtorch.kernels.Kernels} of a {@link dev.tokamak.libtorch.kernels.KernelProvider}. The last is for 16-bit models
 * on a CUDA device, where {@code CudaExecutor} never waits for the device within a step and {@code CudaStepRunner} captures passes
 * of single tokens in graphs.
 *
 * <p>A new model family is one class in {@code model.families} and a place in {@code ModelFamily.ALL}; a part that no family had
 * before is a class in {@code model.parts}.
 */
package dev.tokamak.libtorch;
