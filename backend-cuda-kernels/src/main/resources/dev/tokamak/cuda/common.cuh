// Types and small operations that all kernels share. No header of CUDA's is included, so that NVRTC compiles these files
// wherever the driver runs.
//
// Elements of weights, activations and of an unquantised KV cache are 16 bits wide: bfloat16, or float16 with -DTOKAMAK_FLOAT16.
// Arithmetic is float32. A vector of 8 elements is loaded and stored as one 16-byte access.

typedef unsigned short half_bits;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#define FULL_WARP 0xffffffffu

#ifdef TOKAMAK_FLOAT16
__device__ __forceinline__ float to_float(half_bits h) {
    float f;
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h));
    return f;
}
__device__ __forceinline__ half_bits to_half(float f) {
    half_bits h;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f));
    return h;
}
__device__ __forceinline__ float low_float(u32 pair) { return to_float((half_bits)(pair & 0xffffu)); }
__device__ __forceinline__ float high_float(u32 pair) { return to_float((half_bits)(pair >> 16)); }
__device__ __forceinline__ u32 pack(float low, float high) {
    u32 pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}
#define MMA_TYPE "f16.f16"
#else
__device__ __forceinline__ float to_float(half_bits h) { return __uint_as_float((u32)h << 16); }
__device__ __forceinline__ half_bits to_half(float f) {
    half_bits h;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(h) : "f"(f));
    return h;
}
__device__ __forceinline__ float low_float(u32 pair) { return __uint_as_float(pair << 16); }
__device__ __forceinline__ float high_float(u32 pair) { return __uint_as_float(pair & 0xffff0000u); }
__device__ __forceinline__ u32 pack(float low, float high) {
    u32 pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}
#define MMA_TYPE "bf16.bf16"
#endif

// Eight elements.
struct __align__(16) half8 {
    u32 pair[4];
};

__device__ __forceinline__ void unpack(half8 v, float* out) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
        out[2 * i] = low_float(v.pair[i]);
        out[2 * i + 1] = high_float(v.pair[i]);
    }
}

__device__ __forceinline__ half8 pack8(const float* in) {
    half8 v;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        v.pair[i] = pack(in[2 * i], in[2 * i + 1]);
    }
    return v;
}

// Loads of what does not depend on the kernel before, that stay ahead of the wait for it.
__device__ __forceinline__ half8 load_early(const half8* p) {
    half8 v;
    asm volatile("ld.global.nc.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.pair[0]), "=r"(v.pair[1]), "=r"(v.pair[2]), "=r"(v.pair[3]) : "l"(p));
    return v;
}
__device__ __forceinline__ float2 load_early(const float2* p) {
    float2 v;
    asm volatile("ld.global.nc.v2.f32 {%0,%1}, [%2];" : "=f"(v.x), "=f"(v.y) : "l"(p));
    return v;
}

// For copies of what is read once in a step, as weights are: it leaves L2 before what other kernels need.
__device__ __forceinline__ u64 evict_first() {
    u64 policy;
    asm("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
    return policy;
}

__device__ __forceinline__ float warp_sum(float x) {
#pragma unroll
    for (int offset = 16; offset > 0; offset >>= 1) {
        x += __shfl_xor_sync(FULL_WARP, x, offset);
    }
    return x;
}

// The sum over a block of up to 1024 threads, in every thread. `scratch` has 32 floats; the caller syncs before reusing it.
__device__ __forceinline__ float block_sum(float x, float* scratch) {
    x = warp_sum(x);
    int warp = threadIdx.x >> 5, lane = threadIdx.x & 31, warps = (blockDim.x + 31) >> 5;
    if (lane == 0) {
        scratch[warp] = x;
    }
    __syncthreads();
    x = lane < warps ? scratch[lane] : 0.f;
    return warp_sum(x);
}

// Programmatic dependent launch: a kernel may begin before the one ahead of it in its stream has ended, prefetches what does not
// depend on it, and waits here for its results. Without the launch attribute both do nothing, and before sm_90 there is no such
// launch.
#if __CUDA_ARCH__ >= 900
__device__ __forceinline__ void wait_for_previous_kernel() { asm volatile("griddepcontrol.wait;" ::: "memory"); }
__device__ __forceinline__ void let_next_kernel_begin() { asm volatile("griddepcontrol.launch_dependents;"); }
#else
__device__ __forceinline__ void wait_for_previous_kernel() {}
__device__ __forceinline__ void let_next_kernel_begin() {}
#endif

// Bulk copies to shared memory, and the barriers that tell when they have arrived. Hopper brought them.
#if __CUDA_ARCH__ >= 900
__device__ __forceinline__ u32 shared_address(const void* p) { return (u32)__cvta_generic_to_shared(p); }
__device__ __forceinline__ void barrier_init(u32 barrier, u32 count) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(count) : "memory");
}
__device__ __forceinline__ void barrier_expect(u32 barrier, u32 bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes) : "memory");
}
__device__ __forceinline__ void barrier_arrive(u32 barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}
__device__ __forceinline__ void barrier_wait(u32 barrier, u32 parity) {
    asm volatile(
        "{.reg .pred done;\n"
        "again: mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
        "@!done bra again;}" ::"r"(barrier), "r"(parity)
        : "memory");
}
__device__ __forceinline__ void bulk_copy(u32 to, const void* from, u32 bytes, u32 barrier, u64 policy) {
    asm volatile(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint [%0], [%1], %2, [%3], %4;" ::"r"(to),
        "l"(from), "r"(bytes), "r"(barrier), "l"(policy)
        : "memory");
}
#endif

// FP8 (E4M3) pairs, for the quantised KV cache. CudaKernelProvider refuses such a cache before sm_89, where the conversions below
// do not exist and are never called.
#if __CUDA_ARCH__ >= 890
__device__ __forceinline__ unsigned short pack_fp8(float low, float high) {
    unsigned short pair;
    asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(pair) : "f"(high), "f"(low));
    return pair;
}
__device__ __forceinline__ void unpack_fp8(unsigned short pair, float& low, float& high) {
    u32 halves;
    asm("cvt.rn.f16x2.e4m3x2 %0, %1;" : "=r"(halves) : "h"(pair));
    asm("{.reg .b16 a, b; mov.b32 {a, b}, %2; cvt.f32.f16 %0, a; cvt.f32.f16 %1, b;}"
        : "=f"(low), "=f"(high)
        : "r"(halves));
}
#else
__device__ __forceinline__ unsigned short pack_fp8(float, float) { return 0; }
__device__ __forceinline__ void unpack_fp8(unsigned short, float& low, float& high) { low = high = 0.f; }
#endif

// c += A B on the tensor cores: A 16 by 16, B 16 by 8, spread over a warp as PTX lays out mma.m16n8k16.
__device__ __forceinline__ void mma(float* c, u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32." MMA_TYPE ".f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}
