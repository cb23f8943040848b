// Draws the next token of each row from its logits: greedy, or by temperature, min-p, top-k and top-p.
//
// Implementation notes. One block of 1024 threads for each row. Nothing is sorted: a token's logit as an ordered integer is its key,
// and the smallest key that is kept is found two of its bits at a time, one pass over the row for both, counting tokens (top-k) or adding
// up their probabilities (top-p). Ties at the threshold are kept, which makes the set independent of any order. The draw then walks
// the kept tokens in vocabulary order to the first at which the cumulative probability exceeds u times the total,
// u being the uniform number of Philox4x32-10 (Salmon et al., 2011) for key `seed` and counter (output index, 0, 0, 0).
// Sums are made in a fixed order, so the same row gives the same token every time.

#define THREADS 1024
#define NEGATIVE_INFINITY __int_as_float(0xff800000)

// A row of logits, read eight at a time where its length allows it. Masked tokens are at minus infinity.
struct Row {
    const half_bits* halves;
    const float* floats;
    const u32* mask;
    int size;

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

__device__ float philox_uniform(u64 seed, u32 counter) {
    u32 key0 = (u32)seed, key1 = (u32)(seed >> 32), c0 = counter, c1 = 0, c2 = 0, c3 = 0;
#pragma unroll
    for (int round = 0; round < 10; round++) {
        u32 high0 = __umulhi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
        u32 high1 = __umulhi(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ key0;
        c1 = low1;
        c2 = high0 ^ c3 ^ key1;
        c3 = low0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return (c0 >> 8) * (1.f / 16777216.f);
}

__device__ __forceinline__ float sum_over_block(float x, float* scratch) {
    __syncthreads();
    return block_sum(x, scratch);
}

// The next two bits of the key that is sought, `bit` being the lower one: the highest of the three keys that they can add to `found` for
// which what was added up, `above`[1] to [3], still reaches `wanted`; else `found`. Every thread gets the same.
__device__ __forceinline__ u32 next_bits(u32 found, int bit, const float* above, float wanted, float (*scratch)[32]) {
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31;
    __syncthreads();
#pragma unroll
    for (int n = 1; n < 4; n++) {
        const float sum = warp_sum(above[n]);
        if (lane == 0) scratch[n - 1][warp] = sum;
    }
    __syncthreads();
#pragma unroll
    for (int n = 3; n > 0; n--) {
        if (warp_sum(scratch[n - 1][lane]) >= wanted) return found | ((u32)n << bit);
    }
    return found;
}

// logits: [rows][stride] halves, or floats if float_logits; row r reads row logit_rows[r] of it, if given. states: eight words a row:
// temperature, top_p, min_p (floats), top_k, seed low, seed high, output index, slot. masks: [rows][mask_words] bits, or null;
// mask_rows[r] is the row's mask, or -1. A row of temperature 0 is greedy, the lowest id winning a tie.
// tokens[r] is the token, or -1 if a logit is not a number; last_sampled[slot] is set to it.
extern "C" __global__ void __launch_bounds__(THREADS) sample(
    const half_bits* __restrict__ logits,
    const float* __restrict__ float_logits,
    const u32* __restrict__ states,
    const u32* __restrict__ masks,
    const int* __restrict__ mask_rows,
    int* __restrict__ tokens,
    int* __restrict__ last_sampled,
    int vocabulary,
    i64 stride,
    int mask_words) {
    __shared__ float scratch[3][32];
    __shared__ u64 best_shared[32];
    __shared__ float prefix[THREADS / 32];
    __shared__ int chosen;
    let_next_kernel_begin();
    wait_for_previous_kernel();
    const int r = blockIdx.x, lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    const u32* state = states + r * 8;
    const float temperature = __uint_as_float(state[0]), top_p = __uint_as_float(state[1]), min_p = __uint_as_float(state[2]);
    const int top_k = (int)state[3], slot = (int)state[7];
    Row row;
    row.size = vocabulary;
    row.halves = logits ? logits + r * stride : nullptr;
    row.floats = float_logits ? float_logits + r * stride : nullptr;
    row.mask = masks && mask_rows[r] >= 0 ? masks + (i64)mask_rows[r] * mask_words : nullptr;

    // The likeliest token: highest key, then lowest id. A logit that is not a number shows as such.
    u64 best = 0;
    int broken = 0;
    FOR_EACH(row, x, {
        broken |= isnan(x) || x == __int_as_float(0x7f800000);
        u64 candidate = ((u64)key_of(x) << 32) | (u32)~(base_ + j_);
        best = candidate > best ? candidate : best;
    })
    for (int offset = 16; offset > 0; offset >>= 1) {
        u64 other = __shfl_xor_sync(FULL_WARP, best, offset);
        best = other > best ? other : best;
    }
    if (lane == 0) best_shared[warp] = best;
    broken = __syncthreads_or(broken);
    best = best_shared[lane];
    for (int offset = 16; offset > 0; offset >>= 1) {
        u64 other = __shfl_xor_sync(FULL_WARP, best, offset);
        best = other > best ? other : best;
    }
    int token = (int)~(u32)best;
    float top = row.at(token);
    if (broken || top == NEGATIVE_INFINITY) {
        if (threadIdx.x == 0) {
            tokens[r] = -1;
            last_sampled[slot] = 0;
        }
        return;
    }
    if (temperature == 0.f) {
        if (threadIdx.x == 0) {
            tokens[r] = token;
            last_sampled[slot] = token;
        }
        return;
    }

    const float inverse = 1.f / temperature;
    u32 threshold = key_of(min_p > 0.f ? top + logf(min_p) * temperature : NEGATIVE_INFINITY);
    // Only logits of 16 bits: their keys differ in the upper half alone.
    const int lowest_bit = row.floats ? 0 : 16;
    if (top_k > 0 && top_k < vocabulary) {
        u32 found = 0;
        for (int bit = 30; bit >= lowest_bit; bit -= 2) {
            // Counts up to 2^24 are exact as floats.
            float above[4] = {0.f, 0.f, 0.f, 0.f};
            FOR_EACH(row, x, {
                const u32 key = key_of(x);
                _Pragma("unroll") for (int n = 1; n < 4; n++) above[n] += key >= (found | ((u32)n << bit)) ? 1.f : 0.f;
            })
            found = next_bits(found, bit, above, (float)top_k, scratch);
        }
        threshold = found > threshold ? found : threshold;
    }
    if (top_p < 1.f) {
        float total = 0.f;
        FOR_EACH(row, x, total += key_of(x) >= threshold ? __expf((x - top) * inverse) : 0.f;)
        total = sum_over_block(total, scratch[0]);
        u32 found = 0;
        for (int bit = 30; bit >= lowest_bit; bit -= 2) {
            float above[4] = {0.f, 0.f, 0.f, 0.f};
            FOR_EACH(row, x, {
                const u32 key = key_of(x);
                const float mass = key >= threshold ? __expf((x - top) * inverse) : 0.f;
                _Pragma("unroll") for (int n = 1; n < 4; n++) above[n] += key >= (found | ((u32)n << bit)) ? mass : 0.f;
            })
            found = next_bits(found, bit, above, top_p * total, scratch);
        }
        threshold = found > threshold ? found : threshold;
    }

    // The draw. Each thread owns a stretch of the vocabulary, a multiple of 8 long; stretches are in order.
    const int per_thread = ((vocabulary + THREADS - 1) / THREADS + 7) / 8 * 8;
    const int begin = min(vocabulary, (int)threadIdx.x * per_thread), end = min(vocabulary, begin + per_thread);
    float mine = 0.f;
    for (int i = begin; i < end; i += 8) {
        float eight[8];
        row.at8(i, eight);
#pragma unroll
        for (int j = 0; j < 8; j++) mine += key_of(eight[j]) >= threshold ? __expf((eight[j] - top) * inverse) : 0.f;
    }
    float inclusive = mine;
#pragma unroll
    for (int offset = 1; offset < 32; offset <<= 1) {
        float other = __shfl_up_sync(FULL_WARP, inclusive, offset);
        if (lane >= offset) inclusive += other;
    }
    if (lane == 31) prefix[warp] = inclusive;
    if (threadIdx.x == 0) chosen = token;
    __syncthreads();
    float before = 0.f, total = 0.f;
    for (int w = 0; w < THREADS / 32; w++) {
        if (w < warp) before += prefix[w];
        total += prefix[w];
    }
    float target = philox_uniform(((u64)state[5] << 32) | state[4], state[6]) * total;
    float upto = before + inclusive, from = upto - mine;
    // The first stretch that passes the target. Rounding may leave none: then the likeliest token stays.
    if (mine > 0.f && target >= from && target < upto) {
        float sum = from;
        int pick = -1;
        for (int i = begin; i < end; i++) {
            float x = row.at(i);
            if (key_of(x) < threshold) continue;
            pick = i;
            sum += __expf((x - top) * inverse);
            if (sum > target) break;
        }
        atomicExch(&chosen, pick);
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        tokens[r] = chosen;
        last_sampled[slot] = chosen;
    }
}
