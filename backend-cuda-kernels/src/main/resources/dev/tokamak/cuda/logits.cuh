// A row of logits as one block of THREADS threads reads it, and its likeliest tokens.
//
// Implementation notes. A token's logit as an ordered integer is its key. The k-th largest key is found by counting: a histogram over the
// keys next below the largest, in bins as wide as one bfloat16 step, which for logits of that type ends the search; where more bits matter
// or the k-th is further away, the bin that holds it is split into 2048 again. What is counted are integers, so no order of threads shows.

#define THREADS 1024
#define NEGATIVE_INFINITY __int_as_float(0xff800000)
// So many tokens can be looked at in shared memory, two a thread.
#define CANDIDATES 2048
#define BINS 2048

// A row of logits, read eight at a time where its length allows it. Masked tokens are at minus infinity.
struct Row {
    const half_bits* halves;
    const float* floats;
    const u32* mask;
    int size;

    // Whether equal upper halves of keys mean equal logits.
    __device__ __forceinline__ bool exact_in_upper_half() const {
#ifdef TOKAMAK_FLOAT16
        return false;
#else
        return halves != nullptr;
#endif
    }

    __device__ __forceinline__ float at(int i) const {
        if (mask && !((mask[i >> 5] >> (i & 31)) & 1u)) return NEGATIVE_INFINITY;
        return floats ? floats[i] : to_float(halves[i]);
    }

    __device__ __forceinline__ half8 half8_at(int i) const {
        const u32 none = pack(NEGATIVE_INFINITY, NEGATIVE_INFINITY);
        half8 v = {{none, none, none, none}};
        if (i < size) v = *(const half8*)(halves + i);
        return v;
    }

    __device__ __forceinline__ void hide(int i, float* x) const {
        if (mask) {
            u32 bits = mask[i >> 5] >> (i & 31);
#pragma unroll
            for (int j = 0; j < 8; j++) x[j] = (bits >> j) & 1u ? x[j] : NEGATIVE_INFINITY;
        }
    }

    // Elements i to i + 7; those past the end are at minus infinity. i is a multiple of 8.
    __device__ __forceinline__ void at8(int i, float* x) const {
        if (size % 8 == 0) {
            if (floats) {
                float4 a = ((const float4*)(floats + i))[0], b = ((const float4*)(floats + i))[1];
                x[0] = a.x, x[1] = a.y, x[2] = a.z, x[3] = a.w, x[4] = b.x, x[5] = b.y, x[6] = b.z, x[7] = b.w;
            } else {
                unpack(*(const half8*)(halves + i), x);
            }
            hide(i, x);
        } else {
#pragma unroll
            for (int j = 0; j < 8; j++) x[j] = i + j < size ? at(i + j) : NEGATIVE_INFINITY;
        }
    }
};

// For each element `x` of this thread's share of a row, eight at a time from `base_` on, of which it is number `j_`. Logits as a product
// leaves them are fetched several eights ahead, since one block alone has to hide the time they take; what lies behind the row's end is at
// minus infinity.
#define AHEAD 4
#define FOR_EIGHT(x, ...)                       \
    _Pragma("unroll") for (int j_ = 0; j_ < 8; j_++) { \
        const float x = eight_[j_];             \
        __VA_ARGS__                             \
    }
#define FOR_EACH(row, x, ...)                                                                                                     \
    if (row.halves && row.size % 8 == 0) {                                                                                        \
        _Pragma("unroll 1") for (int first_ = threadIdx.x * 8; first_ < row.size; first_ += THREADS * 8 * AHEAD) {                \
            half8 ahead_[AHEAD];                                                                                                  \
            _Pragma("unroll") for (int u_ = 0; u_ < AHEAD; u_++) ahead_[u_] = row.half8_at(first_ + u_ * THREADS * 8);            \
            _Pragma("unroll") for (int u_ = 0; u_ < AHEAD; u_++) {                                                                \
                const int base_ = first_ + u_ * THREADS * 8;                                                                      \
                float eight_[8];                                                                                                  \
                unpack(ahead_[u_], eight_);                                                                                       \
                if (base_ < row.size) row.hide(base_, eight_);                                                                    \
                FOR_EIGHT(x, __VA_ARGS__)                                                                                         \
            }                                                                                                                     \
        }                                                                                                                         \
    } else {                                                                                                                      \
        _Pragma("unroll 1") for (int base_ = threadIdx.x * 8; base_ < row.size; base_ += THREADS * 8) {                           \
            float eight_[8];                                                                                                      \
            row.at8(base_, eight_);                                                                                               \
            FOR_EIGHT(x, __VA_ARGS__)                                                                                             \
        }                                                                                                                         \
    }

__device__ __forceinline__ u32 key_of(float x) {
    u32 bits = __float_as_uint(x);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}


__device__ __forceinline__ float of_key(u32 key) { return __uint_as_float(key & 0x80000000u ? key & 0x7fffffffu : ~key); }

// The likeliest token in the order of composites: highest key, then lowest id.
__device__ __forceinline__ u64 composite(u32 key, int id) { return ((u64)key << 32) | (u32)~id; }

__device__ __forceinline__ u64 block_max(u64 x, u64* scratch) {
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31;
    __syncthreads();
#pragma unroll
    for (int offset = 16; offset > 0; offset >>= 1) {
        const u64 other = __shfl_xor_sync(FULL_WARP, x, offset);
        x = other > x ? other : x;
    }
    if (lane == 0) scratch[warp] = x;
    __syncthreads();
    x = scratch[lane];
#pragma unroll
    for (int offset = 16; offset > 0; offset >>= 1) {
        const u64 other = __shfl_xor_sync(FULL_WARP, x, offset);
        x = other > x ? other : x;
    }
    return x;
}

__device__ __forceinline__ float sum_over_block(float x, float* scratch) {
    __syncthreads();
    return block_sum(x, scratch);
}

// The sum of this thread's and all earlier threads' x.
__device__ __forceinline__ int inclusive_count(int x, int* scratch) {
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31;
#pragma unroll
    for (int offset = 1; offset < 32; offset <<= 1) {
        const int other = __shfl_up_sync(FULL_WARP, x, offset);
        if (lane >= offset) x += other;
    }
    __syncthreads();
    if (lane == 31) scratch[warp] = x;
    __syncthreads();
    int before = lane < warp ? scratch[lane] : 0;
#pragma unroll
    for (int offset = 16; offset > 0; offset >>= 1) before += __shfl_xor_sync(FULL_WARP, before, offset);
    return x + before;
}

// Where a selection works.
struct Selection {
    int bins[BINS];
    int scratch[THREADS / 32];
    int bin;
    int count;
};

// A key that the `wanted`-th largest of the row's keys below `bound` (a composite) and all larger ones reach, and no others unless those are equal
// to it; 0 if there are not so many. `top` is the row's largest key below the bound. All threads get the same.
__device__ u32 kth_key(const Row& row, u32 top, int wanted, u64 bound, Selection& s) {
    u32 base = top;
    int before = 0, shift = 16;
    while (true) {
        for (int i = threadIdx.x; i < BINS; i += THREADS) s.bins[i] = 0;
        if (threadIdx.x == 0) s.bin = -1;
        __syncthreads();
        FOR_EACH(row, x, {
            const u32 key = key_of(x);
            if (key <= base && ((base - key) >> shift) < BINS && base_ + j_ < row.size && composite(key, base_ + j_) < bound) {
                atomicAdd(&s.bins[(base - key) >> shift], 1);
            }
        })
        __syncthreads();
        const int first = s.bins[2 * threadIdx.x], second = s.bins[2 * threadIdx.x + 1];
        const int upto = before + inclusive_count(first + second, s.scratch), from = upto - first - second;
        if (from < wanted && wanted <= upto) {
            const bool in_first = wanted <= from + first;
            s.bin = 2 * threadIdx.x + (in_first ? 0 : 1);
            s.count = in_first ? from : from + first;
        }
        __syncthreads();
        const int bin = s.bin, counted = s.count;
        __syncthreads();
        if (bin < 0) {
            // Further away than the finest bins reach. The widest ones reach everything.
            if (shift == 21) return 0;
            shift = 21;
            continue;
        }
        base -= (u32)bin << shift;
        before = counted;
        const u32 width = (1u << shift) - 1;
        const u32 lowest = base > width ? base - width : 0;
        if (shift == 0 || (shift == 16 && row.exact_in_upper_half())) return lowest;
        shift = shift > 10 ? shift - 11 : 0;
    }
}

// Sorts numbers in shared memory, smallest first; those behind `count`, up to the next power of two, must be the largest there is.
__device__ void sort_shared(u64* list, int count) {
    int size = 2;
    while (size < count) size *= 2;
    for (int k = 2; k <= size; k *= 2) {
        for (int j = k / 2; j > 0; j /= 2) {
            __syncthreads();
            for (int pair = threadIdx.x; pair < size / 2; pair += THREADS) {
                const int i = 2 * pair - (pair & (j - 1)), other = i + j;
                const u64 a = list[i], b = list[other];
                if ((a > b) == ((i & k) == 0)) {
                    list[i] = b;
                    list[other] = a;
                }
            }
        }
    }
    __syncthreads();
}
