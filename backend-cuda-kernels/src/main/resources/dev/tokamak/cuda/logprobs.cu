// Log probabilities of drawn tokens, their ranks and the likeliest tokens, from logits as the model gave them.
#include "logits.cuh"

// wanted: [rows][2], a row of logits and how many of its likeliest tokens are wanted. tokens[row] was drawn from it; -1 for none.
// out: [rows][2 + 2 most]: log probability and rank of the drawn token, ids of the likeliest, their log probabilities. Of equal ones the lowest
// id comes first. One block of 1024 threads a row; more tokens than shared memory has room for are found in several rounds.
extern "C" __global__ void __launch_bounds__(THREADS) logprobs(
    const half_bits* __restrict__ logits,
    const float* __restrict__ float_logits,
    const int* __restrict__ wanted,
    const int* __restrict__ tokens,
    u32* __restrict__ out,
    int most,
    int vocabulary) {
    __shared__ Selection selection;
    __shared__ u64 list[CANDIDATES];
    __shared__ u64 best_shared[THREADS / 32];
    __shared__ float scratch[THREADS / 32];
    __shared__ int found;
    let_next_kernel_begin();
    wait_for_previous_kernel();
    const int from = wanted[2 * blockIdx.x], count = min(wanted[2 * blockIdx.x + 1], vocabulary), token = tokens[from];
    if (token < 0) return;
    Row row;
    row.size = vocabulary;
    row.halves = logits ? logits + (i64)from * vocabulary : nullptr;
    row.floats = float_logits ? float_logits + (i64)from * vocabulary : nullptr;
    row.mask = nullptr;
    u32* const result = out + (i64)blockIdx.x * (2 + 2 * most);

    u64 best = 0;
    const float own = row.at(token);
    int higher = 0;
    FOR_EACH(row, x, {
        const u64 candidate = base_ + j_ < vocabulary ? composite(key_of(x), base_ + j_) : 0;
        best = candidate > best ? candidate : best;
        higher += x > own ? 1 : 0;
    })
    best = block_max(best, best_shared);
    const float top = of_key((u32)(best >> 32));
    float sum = 0.f;
    FOR_EACH(row, x, sum += __expf(x - top);)
    const float all = top + logf(sum_over_block(sum, scratch));
    const int rank = inclusive_count(higher, selection.scratch);
    if (threadIdx.x == THREADS - 1) {
        result[0] = __float_as_uint(own - all);
        result[1] = (u32)rank + 1;
    }

    u64 bound = best + 1;
    for (int written = 0; written < count;) {
        const int round = min(count - written, CANDIDATES / 2);
        const u32 threshold = kth_key(row, (u32)(bound >> 32), round, bound, selection);
        // Keys of equal logits at the threshold.
        const u32 equal_to = threshold + (row.exact_in_upper_half() ? 0xffffu : 0u);
        if (threadIdx.x == 0) found = 0;
        __syncthreads();
        FOR_EACH(row, x, {
            const u64 candidate = composite(key_of(x), base_ + j_);
            if (base_ + j_ < vocabulary && key_of(x) >= threshold && candidate < bound) {
                const int at = atomicAdd(&found, 1);
                if (at < CANDIDATES) list[at] = ~candidate;
            }
        })
        __syncthreads();
        int held = found;
        if (held > CANDIDATES) {
            // More equal ones than there is room for. All that are larger, then the first of those.
            __syncthreads();
            if (threadIdx.x == 0) found = 0;
            __syncthreads();
            FOR_EACH(row, x, {
                const u64 candidate = composite(key_of(x), base_ + j_);
                if (base_ + j_ < vocabulary && key_of(x) > equal_to && candidate < bound) list[atomicAdd(&found, 1)] = ~candidate;
            })
            __syncthreads();
            held = found;
            for (int base = 0; held < round; base += THREADS) {
                const int i = base + threadIdx.x;
                const u32 key = i < vocabulary ? key_of(row.at(i)) : 0;
                const bool equal = i < vocabulary && key >= threshold && key <= equal_to && composite(key, i) < bound;
                const int upto = inclusive_count(equal ? 1 : 0, selection.scratch);
                if (equal && held + upto <= round) list[held + upto - 1] = ~composite(key, i);
                __syncthreads();
                if (threadIdx.x == THREADS - 1) found = min(round, held + upto);
                __syncthreads();
                held = found;
            }
        }
        for (int i = held + threadIdx.x; i < CANDIDATES; i += THREADS) list[i] = ~0ull;
        sort_shared(list, held);
        for (int i = threadIdx.x; i < round; i += THREADS) {
            const u64 candidate = ~list[i];
            result[2 + written + i] = ~(u32)candidate;
            result[2 + most + written + i] = __float_as_uint(of_key((u32)(candidate >> 32)) - all);
        }
        bound = ~list[round - 1];
        written += round;
        __syncthreads();
    }
}
