// Draws the next token of each row from its logits: greedy, or by temperature, min-p, top-k and top-p.
//
// Implementation notes. One block of 1024 threads for each row. A token's logit as an ordered integer is its key. The smallest key that top-k
// keeps is found by counting (`kth_key`); what it keeps, or else the thousand likeliest tokens, are put into shared memory in the order
// of the vocabulary. If they hold what top-p asks for, all that follows looks at them alone, else at the whole row. The smallest key that
// top-p keeps is found two of its bits at a time, adding up probabilities. Ties at the threshold are kept, which makes the set independent of any
// order. The draw walks the kept tokens in vocabulary order to the first at which the cumulative probability exceeds u times the total,
// u being the uniform number of Philox4x32-10 (Salmon et al., 2011) for key `seed` and counter (output index, 0, 0, 0).
//
// Which tokens are kept is exact but for sums: probabilities are float32 and added up by 1024 threads, each over at most 126 tokens of a
// vocabulary of 128,256, then by pairs, so that a sum is within 2e-5 of itself. A token whose cumulative probability is that near
// to top-p may be on either side, and so may a draw that falls that near to a border between two tokens.
// Sums are made in a fixed order, so the same row gives the same token every time.
#include "logits.cuh"

// How many of the likeliest tokens are tried for top-p alone.
#define NUCLEUS 1024

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

// What one thread looks at when the kept tokens are in shared memory: two of them. All others are at minus infinity.
#define FOR_KEPT(x, ...)                         \
    if (compact) {                               \
        _Pragma("unroll") for (int j_ = 0; j_ < 2; j_++) { \
            const float x = held[j_];            \
            __VA_ARGS__                          \
        }                                        \
    } else {                                     \
        FOR_EACH(row, x, __VA_ARGS__)            \
    }

// A row's parameters, as the host writes them.
struct State {
    float temperature, top_p, min_p;
    int top_k;
    u64 seed;
    u32 output_index;
    int slot;
    // The slot's counts of tokens, and where its newest token is noted; null if nobody asks for them.
    unsigned short* counts;
    int* history;
    // Which adjusted row stands in for the logits, or -1.
    int adjusted;
    int unused[3];
};

__device__ void end_row(int token, const State& state, int* tokens, int* last_sampled) {
    if (threadIdx.x != 0) return;
    tokens[blockIdx.x] = token;
    last_sampled[state.slot] = max(token, 0);
    if (token < 0) return;
    if (state.history) *state.history = token;
    if (state.counts && (state.counts[token] & 0x7fff) < 0x7fff) state.counts[token]++;
}

// logits: [rows][vocabulary] halves, or floats if float_logits; adjusted: [any][vocabulary] floats. masks: [rows][mask_words] bits, or null;
// mask_rows[r] is the row's mask, or -1. A row of temperature 0 is greedy, the lowest id winning a tie.
// tokens[r] is the token, or -1 if a logit is not a number; last_sampled[slot] is set to it.
extern "C" __global__ void __launch_bounds__(THREADS) sample(
    const half_bits* __restrict__ logits,
    const float* __restrict__ float_logits,
    const float* __restrict__ adjusted,
    const State* __restrict__ states,
    const u32* __restrict__ masks,
    const int* __restrict__ mask_rows,
    int* __restrict__ tokens,
    int* __restrict__ last_sampled,
    int vocabulary,
    int mask_words) {
    __shared__ Selection selection;
    __shared__ u64 list[CANDIDATES];
    __shared__ float scratch[3][THREADS / 32];
    __shared__ u64 best_shared[THREADS / 32];
    __shared__ int chosen;
    let_next_kernel_begin();
    wait_for_previous_kernel();
    const int r = blockIdx.x, lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    const State state = states[r];
    const bool plain = state.adjusted < 0;
    Row row;
    row.size = vocabulary;
    row.halves = plain && logits ? logits + (i64)r * vocabulary : nullptr;
    row.floats = !plain ? adjusted + (i64)state.adjusted * vocabulary : float_logits ? float_logits + (i64)r * vocabulary : nullptr;
    row.mask = masks && mask_rows[r] >= 0 ? masks + (i64)mask_rows[r] * mask_words : nullptr;

    // The likeliest token. A logit that is not a number shows as such.
    u64 best = 0;
    int broken = 0;
    FOR_EACH(row, x, {
        broken |= isnan(x) || x == __int_as_float(0x7f800000);
        const u64 candidate = composite(key_of(x), base_ + j_);
        best = candidate > best ? candidate : best;
    })
    best = block_max(best, best_shared);
    broken = __syncthreads_or(broken);
    const float top = of_key((u32)(best >> 32));
    if (broken || top == NEGATIVE_INFINITY) {
        end_row(-1, state, tokens, last_sampled);
        return;
    }
    if (state.temperature == 0.f) {
        end_row((int)~(u32)best, state, tokens, last_sampled);
        return;
    }

    const float inverse = 1.f / state.temperature;
    const bool limited = state.top_k > 0 && state.top_k < vocabulary;
    u32 threshold = key_of(state.min_p > 0.f ? top + logf(state.min_p) * state.temperature : NEGATIVE_INFINITY);
    bool compact = false;
    int kept = 0;
    float held[2] = {NEGATIVE_INFINITY, NEGATIVE_INFINITY};
    if (limited || state.top_p < 1.f) {
        const u32 least = kth_key(row, key_of(top), limited ? state.top_k : min(NUCLEUS, vocabulary), ~0ull, selection);
        if (limited && least > threshold) threshold = least;
        if (threadIdx.x == 0) chosen = 0;
        __syncthreads();
        FOR_EACH(row, x, {
            const u32 key = key_of(x);
            if (key >= threshold && key >= least && base_ + j_ < vocabulary) {
                const int at = atomicAdd(&chosen, 1);
                if (at < CANDIDATES) list[at] = ((u64)(base_ + j_) << 32) | key;
            }
        })
        __syncthreads();
        kept = chosen;
        compact = kept <= CANDIDATES;
        if (compact) {
            for (int i = kept + threadIdx.x; i < CANDIDATES; i += THREADS) list[i] = ~0ull;
            sort_shared(list, kept);
#pragma unroll
            for (int j = 0; j < 2; j++) {
                const int i = 2 * threadIdx.x + j;
                if (i < kept) held[j] = of_key((u32)list[i]);
            }
        }
    }
    if (state.top_p < 1.f) {
        float in_list = 0.f, total = 0.f;
        FOR_KEPT(x, in_list += key_of(x) >= threshold ? __expf((x - top) * inverse) : 0.f;)
        in_list = sum_over_block(in_list, scratch[0]);
        total = in_list;
        if (!limited && compact) {
            total = 0.f;
            FOR_EACH(row, x, total += key_of(x) >= threshold ? __expf((x - top) * inverse) : 0.f;)
            total = sum_over_block(total, scratch[0]);
            compact = in_list >= state.top_p * total;
        }
        u32 found = 0;
        for (int bit = 30; bit >= (row.exact_in_upper_half() ? 16 : 0); bit -= 2) {
            float above[4] = {0.f, 0.f, 0.f, 0.f};
            FOR_KEPT(x, {
                const u32 key = key_of(x);
                const float mass = key >= threshold ? __expf((x - top) * inverse) : 0.f;
                _Pragma("unroll") for (int n = 1; n < 4; n++) above[n] += key >= (found | ((u32)n << bit)) ? mass : 0.f;
            })
            found = next_bits(found, bit, above, state.top_p * total, scratch);
        }
        threshold = found > threshold ? found : threshold;
    }

    // The draw. Each thread owns a stretch of the kept tokens or of the vocabulary, the latter a multiple of 8 long; stretches are in order.
    const int size = compact ? kept : vocabulary;
    const int per_thread = compact ? 2 : ((vocabulary + THREADS - 1) / THREADS + 7) / 8 * 8;
    const int begin = min(size, (int)threadIdx.x * per_thread), end = min(size, begin + per_thread);
    float mine = 0.f;
    if (compact) {
        FOR_KEPT(x, mine += key_of(x) >= threshold ? __expf((x - top) * inverse) : 0.f;)
    } else {
        for (int i = begin; i < end; i += 8) {
            float eight[8];
            row.at8(i, eight);
#pragma unroll
            for (int j = 0; j < 8; j++) mine += key_of(eight[j]) >= threshold ? __expf((eight[j] - top) * inverse) : 0.f;
        }
    }
    float inclusive = mine;
#pragma unroll
    for (int offset = 1; offset < 32; offset <<= 1) {
        float other = __shfl_up_sync(FULL_WARP, inclusive, offset);
        if (lane >= offset) inclusive += other;
    }
    __syncthreads();
    if (lane == 31) scratch[0][warp] = inclusive;
    if (threadIdx.x == 0) chosen = (int)~(u32)best;
    __syncthreads();
    float before = 0.f, total = 0.f;
    for (int w = 0; w < THREADS / 32; w++) {
        if (w < warp) before += scratch[0][w];
        total += scratch[0][w];
    }
    const float target = philox_uniform(state.seed, state.output_index) * total;
    const float upto = before + inclusive, from = upto - mine;
    // The first stretch that passes the target. Rounding may leave none: then the likeliest token stays.
    if (mine > 0.f && target >= from && target < upto) {
        float sum = from;
        int pick = -1;
        for (int i = begin; i < end; i++) {
            const float x = compact ? of_key((u32)list[i]) : row.at(i);
            const float mass = key_of(x) >= threshold ? __expf((x - top) * inverse) : 0.f;
            // Rounding may leave the target unpassed. Then the last token that can be drawn at all stands, and never a masked one.
            if (mass > 0.f) pick = compact ? (int)(list[i] >> 32) : i;
            sum += mass;
            if (sum > target) break;
        }
        atomicExch(&chosen, pick);
    }
    __syncthreads();
    end_row(chosen, state, tokens, last_sampled);
}
