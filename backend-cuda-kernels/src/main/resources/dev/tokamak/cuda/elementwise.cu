// The small operations between matrix products.

// out[t] = table[id of t]. An id of -1 stands for the token that the row's slot has sampled last.
// One block for each token; `hidden` is a multiple of 8.
extern "C" __global__ void embed(
    const half_bits* __restrict__ table,
    const int* __restrict__ token_ids,
    const int* __restrict__ token_slots,
    const int* __restrict__ last_sampled,
    half_bits* __restrict__ out,
    int hidden,
    int vocabulary) {
    let_next_kernel_begin();
    wait_for_previous_kernel();
    int id = token_ids[blockIdx.x];
    if (id < 0) {
        id = last_sampled[token_slots[blockIdx.x]];
    }
    // A slot that has sampled nothing, as the padding rows of a captured graph have not, reads row 0.
    id = id < 0 || id >= vocabulary ? 0 : id;
    const half8* from = (const half8*)(table + (i64)id * hidden);
    half8* to = (half8*)(out + (i64)blockIdx.x * hidden);
    for (int i = threadIdx.x; i < hidden / 8; i += blockDim.x) {
        to[i] = from[i];
    }
}

// out[t] = silu(gate[t]) * up[t], where in[t] is gate[t] and up[t] side by side. `width` is a multiple of 8.
extern "C" __global__ void silu_mul(
    const half_bits* __restrict__ in,
    half_bits* __restrict__ out,
    int width,
    i64 total8) {
    let_next_kernel_begin();
    wait_for_previous_kernel();
    int width8 = width / 8;
    for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < total8; i += (i64)gridDim.x * blockDim.x) {
        i64 row = i / width8;
        int column = (int)(i - row * width8);
        const half8* base = (const half8*)(in + row * 2 * width);
        float g[8], u[8];
        unpack(base[column], g);
        unpack(base[width8 + column], u);
#pragma unroll
        for (int j = 0; j < 8; j++) {
            float s = g[j] / (1.f + __expf(-g[j]));
            g[j] = to_float(to_half(s)) * u[j];
        }
        ((half8*)(out + row * width))[column] = pack8(g);
    }
}

// Rotates queries and keys by their positions (Su et al., RoFormer, 2021; pairs of elements lie side by side), after a norm of each
// head where the model has one, and writes keys and values into the paged cache.
//
// qkv[t] holds query_heads, then kv_heads keys, then kv_heads values of head_size. Queries go to q_out[t], keys and values to entry
// `entry` of the caches, where entry is block * block_size + offset; a negative entry (padding) is not written.
// cos_sin[position] has cosine and sine of each pair in float32. head_norms has a row for each query head, then for each key head.
// Grid: (tokens, ceil(heads / warps of a block)), a warp for each head of up to 256 elements.
#define PAIRS 4
extern "C" __global__ void rope_and_write_kv(
    const half_bits* __restrict__ qkv,
    const float2* __restrict__ cos_sin,
    const int* __restrict__ positions,
    const int* __restrict__ entries,
    const half_bits* __restrict__ head_norms,
    half_bits* __restrict__ q_out,
    void* __restrict__ k_cache,
    void* __restrict__ v_cache,
    int query_heads,
    int kv_heads,
    int head_size,
    float epsilon,
    int fp8) {
    const int t = blockIdx.x, lane = threadIdx.x & 31, head = blockIdx.y * (blockDim.x >> 5) + (threadIdx.x >> 5);
    const int half_size = head_size / 2;
    // Positions and angles do not depend on the kernel before.
    float2 angle[PAIRS];
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        int i = lane + 32 * j;
        angle[j] = i < half_size ? load_early(cos_sin + (i64)positions[t] * half_size + i) : float2{};
    }
    // In this order: the attention that follows reads what earlier kernels have made before it waits for this one.
    wait_for_previous_kernel();
    let_next_kernel_begin();
    if (head >= query_heads + 2 * kv_heads) return;
    const bool query = head < query_heads, value = head >= query_heads + kv_heads;
    const u32* from = (const u32*)(qkv + ((i64)t * (query_heads + 2 * kv_heads) + head) * head_size);
    float first[PAIRS], second[PAIRS], sum = 0.f;
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        int i = lane + 32 * j;
        u32 pair = i < half_size ? from[i] : 0;
        first[j] = low_float(pair), second[j] = high_float(pair);
        sum += first[j] * first[j] + second[j] * second[j];
    }
    if (!value && head_norms) {
        const u32* weights = (const u32*)(head_norms + (i64)head * head_size);
        float scale = rsqrtf(warp_sum(sum) / head_size + epsilon);
#pragma unroll
        for (int j = 0; j < PAIRS; j++) {
            int i = lane + 32 * j;
            u32 weight = i < half_size ? weights[i] : 0;
            first[j] = to_float(to_half(to_float(to_half(first[j] * scale)) * low_float(weight)));
            second[j] = to_float(to_half(to_float(to_half(second[j] * scale)) * high_float(weight)));
        }
    }
    const int entry = query ? 0 : entries[t];
    if (entry < 0) return;
    const int kv_head = value ? head - query_heads - kv_heads : head - query_heads;
    const i64 at = query ? ((i64)t * query_heads + head) * half_size : ((i64)entry * kv_heads + kv_head) * half_size;
    void* to = query ? (void*)q_out : value ? v_cache : k_cache;
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
        int i = lane + 32 * j;
        if (i >= half_size) break;
        if (!value) {
            float rotated = first[j] * angle[j].x - second[j] * angle[j].y;
            second[j] = second[j] * angle[j].x + first[j] * angle[j].y;
            first[j] = rotated;
        }
        if (fp8 && !query) {
            ((unsigned short*)to)[at + i] = pack_fp8(first[j], second[j]);
        } else {
            ((u32*)to)[at + i] = pack(first[j], second[j]);
        }
    }
}

// Copies cache entries of one layer into contiguous keys and values, for attention kernels that know no pages.
// Grid: entries; one block copies one entry's kv_heads * head_size elements, a multiple of 8.
extern "C" __global__ void gather_kv(
    const void* __restrict__ k_cache,
    const void* __restrict__ v_cache,
    const int* __restrict__ entries,
    half_bits* __restrict__ k_out,
    half_bits* __restrict__ v_out,
    int width,
    int fp8) {
    let_next_kernel_begin();
    wait_for_previous_kernel();
    i64 from = (i64)entries[blockIdx.x] * width, to = (i64)blockIdx.x * width;
    for (int i = threadIdx.x * 8; i < width; i += blockDim.x * 8) {
        if (fp8) {
            float k[8], v[8];
            const unsigned short* kp = (const unsigned short*)((const unsigned char*)k_cache + from + i);
            const unsigned short* vp = (const unsigned short*)((const unsigned char*)v_cache + from + i);
#pragma unroll
            for (int j = 0; j < 4; j++) {
                unpack_fp8(kp[j], k[2 * j], k[2 * j + 1]);
                unpack_fp8(vp[j], v[2 * j], v[2 * j + 1]);
            }
            *(half8*)(k_out + to + i) = pack8(k);
            *(half8*)(v_out + to + i) = pack8(v);
        } else {
            *(half8*)(k_out + to + i) = *(const half8*)((const half_bits*)k_cache + from + i);
            *(half8*)(v_out + to + i) = *(const half8*)((const half_bits*)v_cache + from + i);
        }
    }
}

// Where each token's keys and values go: entries[t] in the caches, and contexts[t], how many tokens it sees. A token of the slot
// `padding_slot` goes nowhere and sees nothing.
extern "C" __global__ void locate(
    const int* __restrict__ block_tables,
    const int* __restrict__ slots,
    const int* __restrict__ positions,
    int* __restrict__ entries,
    int* __restrict__ contexts,
    int tokens,
    int padding_slot,
    int block_size,
    int max_blocks) {
    let_next_kernel_begin();
    wait_for_previous_kernel();
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= tokens) {
        return;
    }
    int slot = slots[t], position = positions[t];
    bool padding = slot == padding_slot;
    entries[t] = padding ? -1 : block_tables[(i64)slot * max_blocks + position / block_size] * block_size + position % block_size;
    contexts[t] = padding ? 0 : position + 1;
}

// The cache entries of whole contexts, one sequence after another: out[begins[r] + j] is the entry of token j of the sequence in slot
// slots[r]. Grid: sequences. begins has one number more than there are sequences.
extern "C" __global__ void locate_contexts(
    const int* __restrict__ block_tables,
    const int* __restrict__ slots,
    const int* __restrict__ begins,
    int* __restrict__ out,
    int block_size,
    int max_blocks) {
    let_next_kernel_begin();
    wait_for_previous_kernel();
    const int* table = block_tables + (i64)slots[blockIdx.x] * max_blocks;
    int begin = begins[blockIdx.x], length = begins[blockIdx.x + 1] - begin;
    for (int j = threadIdx.x; j < length; j += blockDim.x) {
        out[begin + j] = table[j / block_size] * block_size + j % block_size;
    }
}

// table[changes[2 * i]] = changes[2 * i + 1].
extern "C" __global__ void update_table(int* __restrict__ table, const int* __restrict__ changes, int count) {
    let_next_kernel_begin();
    wait_for_previous_kernel();
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) {
        table[changes[2 * i]] = changes[2 * i + 1];
    }
}
