package dev.tokamak.libtorch.kernels;

import dev.tokamak.api.Incubating;

/**
 * What kernels are made for.
 *
 * @param computeCapability ten times major plus minor, such as 90
 * @param multiprocessors of the device
 * @param sharedMemory bytes of shared memory that a block can have
 * @param float16 whether elements are float16; else they are bfloat16
 * @param fp8Cache whether keys and values are cached as FP8 (E4M3)
 * @param hidden width of the residual
 * @param queryHeads heads of queries
 * @param kvHeads heads of keys and values
 * @param headSize elements in a head
 * @param vocabulary width of the logits
 * @param maxSequences rows in a decoding step at most
 * @param blockSize tokens in a KV block
 * @param maxBlocks blocks in a block table
 * @param epsilon of the norms
 * @since 0.1
 */
@Incubating
public record KernelShape(
        int computeCapability,
        int multiprocessors,
        int sharedMemory,
        boolean float16,
        boolean fp8Cache,
        int hidden,
        int queryHeads,
        int kvHeads,
        int headSize,
        int vocabulary,
        int maxSequences,
        int blockSize,
        int maxBlocks,
        float epsilon) {}
