// What single requests ask for before their logits are drawn from: allowed tokens, bad words, ends held back, biases, penalties.
//
// Implementation notes. Adjusted rows are float32 and lie beside the logits, of which log probabilities are made. Counts of the tokens so far
// grow where they are, by `sample`, so nobody waits for the host: sixteen bits for each token of each slot, the highest for one of the prompt,
// the others for how often it was drawn, up to 32,767.
#include "logits.cuh"

#define IN_PROMPT 0x8000u
#define MOST_COUNTED 0x7fffu
// Beyond this no penalty takes a logit, so that it stays a number over the smallest temperature, too.
#define LARGEST 1e30f

enum CountKind { PROMPT, DRAWN, TAKEN_BACK };

// Counts tokens of one slot. Tokens outside of the vocabulary are none.
extern "C" __global__ void count_tokens(unsigned short* counts, const int* __restrict__ tokens, int count, int kind, int vocabulary) {
    let_next_kernel_begin();
    wait_for_previous_kernel();
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count || tokens[i] < 0 || tokens[i] >= vocabulary) return;
    const i64 at = (i64)(counts - (unsigned short*)0) + tokens[i];
    u32* const word = (u32*)((at & ~1ll) * 2);
    const int shift = at & 1 ? 16 : 0;
    u32 seen = *(volatile u32*)word, before;
    do {
        before = seen;
        u32 own = (before >> shift) & 0xffffu;
        const u32 drawn = own & MOST_COUNTED;
        own = kind == PROMPT ? own | IN_PROMPT : kind == DRAWN ? own + (drawn < MOST_COUNTED ? 1 : 0) : own - (drawn > 0 ? 1 : 0);
        seen = atomicCAS(word, before, (before & ~(0xffffu << shift)) | (own << shift));
    } while (seen != before);
}

// What is to be done to a row.
struct Adjustment {
    int row;
    int biases;
    int ends;
    int bad_words;
    const unsigned short* counts;
    const int* lists;
    float presence, frequency, repetition;
    // Where things lie in the lists: biased tokens and biases at the beginning.
    int ends_at, bad_words_at, allowed_at, history_at;
    int history_mask;
    int length;
    int unused[3];

    __device__ __forceinline__ bool allows(int token) const {
        return allowed_at < 0 || ((lists[allowed_at + (token >> 5)] >> (token & 31)) & 1);
    }

    __device__ __forceinline__ float penalised(float y, u32 count) const {
        const bool number = y - y == 0.f;
        if (repetition != 1.f && count != 0 && number) {
            const float within = fmaxf(1.f / LARGEST, fminf(LARGEST, repetition));
            y = y > 0.f ? y / within : y * within;
            y = fmaxf(-LARGEST, fminf(LARGEST, y));
        }
        const u32 drawn = count & MOST_COUNTED;
        if (frequency != 0.f) y = __fsub_rn(y, __fmul_rn((float)drawn, frequency));
        return presence != 0.f && drawn > 0 ? __fsub_rn(y, presence) : y;
    }

    // Whether the tokens so far end with the first ones of a bad word. Of a long history the end is kept.
    __device__ __forceinline__ bool follows(const int* word, int before) const {
        if (before > length) return false;
        for (int i = 0; i < before; i++) {
            if (lists[history_at + ((length - before + i) & history_mask)] != word[i]) return false;
        }
        return true;
    }
};

// adjusted[blockIdx.y] becomes what adjustments[blockIdx.y] makes of its row of logits. A block for each stretch of `stretch` tokens.
extern "C" __global__ void __launch_bounds__(256) adjust(
    const half_bits* __restrict__ logits,
    const float* __restrict__ float_logits,
    const Adjustment* __restrict__ adjustments,
    float* __restrict__ adjusted,
    int vocabulary,
    int stretch) {
    let_next_kernel_begin();
    wait_for_previous_kernel();
    const Adjustment a = adjustments[blockIdx.y];
    const int begin = blockIdx.x * stretch, end = min(vocabulary, begin + stretch);
    const half_bits* halves = logits ? logits + (i64)a.row * vocabulary : nullptr;
    const float* floats = float_logits ? float_logits + (i64)a.row * vocabulary : nullptr;
    float* const out = adjusted + (i64)blockIdx.y * vocabulary;
#pragma unroll 4
    for (int i = begin + threadIdx.x; i < end; i += 256) {
        const float x = halves ? to_float(halves[i]) : floats[i];
        out[i] = a.allows(i) ? a.penalised(x, a.counts ? a.counts[i] : 0) : NEGATIVE_INFINITY;
    }
    // Penalties come after biases: what has one is made again.
    __syncthreads();
    for (int i = threadIdx.x; i < a.biases; i += 256) {
        const int token = a.lists[i];
        if (token >= begin && token < end && a.allows(token)) {
            const float x = halves ? to_float(halves[token]) : floats[token];
            out[token] = a.penalised(__fadd_rn(x, __int_as_float(a.lists[a.biases + i])), a.counts ? a.counts[token] : 0);
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < a.ends; i += 256) {
        const int token = a.lists[a.ends_at + i];
        if (token >= begin && token < end) out[token] = NEGATIVE_INFINITY;
    }
    const int* const starts = a.lists + a.bad_words_at;
    const int* const words = starts + a.bad_words + 1;
    for (int i = threadIdx.x; i < a.bad_words; i += 256) {
        const int before = starts[i + 1] - starts[i] - 1, token = words[starts[i + 1] - 1];
        if (token >= begin && token < end && a.follows(words + starts[i], before)) out[token] = NEGATIVE_INFINITY;
    }
}
