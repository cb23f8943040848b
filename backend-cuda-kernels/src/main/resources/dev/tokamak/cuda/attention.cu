// Attention of one query token for each sequence over the paged KV cache: decoding.
//
// Implementation notes. The grid is (sequences, KV heads, splits). A block takes one stretch of one sequence's tokens for one KV head,
// and all GROUP query heads that share it, so that keys and values are read once. Its warps take tiles of 16 tokens in turn and
// keep a running softmax each (Milakov and Gimelshein, 2018; FlashAttention, Dao et al., 2022).
// Scores come from tensor cores: the 16 keys are the A operand, loaded straight into registers 16 bytes at a time, the queries (padded to 8
// heads) the B operand. Values are weighted by ordinary products: with up to 8 heads a value they stay far below the arithmetic peak,
// and need no transposition. Loads of a tile are in flight together; four or more blocks on a multiprocessor hide their latency.
// The warps merge through shared memory. Where a sequence is split, the last block of a (sequence, head) to finish merges the
// splits (FlashDecoding, Dao et al., 2023), found by a counter that returns to zero by itself.

#ifndef HEAD_SIZE
#define HEAD_SIZE 128
#endif
#ifndef GROUP
#define GROUP 4
#endif
#ifndef FP8_CACHE
#define FP8_CACHE 0
#endif

#define WARPS 4
#define TILE 16
#define CHUNKS (HEAD_SIZE / 32)
#define LANES_PER_TOKEN (HEAD_SIZE / 8)
#define TOKENS_PER_LOAD (32 / LANES_PER_TOKEN)
#define VALUE_LOADS (TILE / TOKENS_PER_LOAD)
#define NEGATIVE_INFINITY __int_as_float(0xff800000)

// Eight consecutive elements of the cache at element offset `at`, as 16-bit elements.
__device__ __forceinline__ half8 load_cache(const void* cache, i64 at) {
#if FP8_CACHE
    uint2 raw = *(const uint2*)((const unsigned char*)cache + at);
    float x[8];
    unpack_fp8((unsigned short)raw.x, x[0], x[1]);
    unpack_fp8((unsigned short)(raw.x >> 16), x[2], x[3]);
    unpack_fp8((unsigned short)raw.y, x[4], x[5]);
    unpack_fp8((unsigned short)(raw.y >> 16), x[6], x[7]);
    return pack8(x);
#else
    return load_streaming((const half8*)((const half_bits*)cache + at));
#endif
}

// The cache entry of the tile's token number `lane` modulo TILE; tokens past the context stand in for none.
__device__ __forceinline__ int entry_of(const int* table, int tile, int lane, int context, int block_size) {
    int token = min(tile * TILE + (lane & (TILE - 1)), context - 1);
    return table[token / block_size] * block_size + token % block_size;
}

// The A operand of a tile of keys: rows `group` and group + 8.
__device__ __forceinline__ void load_keys(
    half8 key[2][CHUNKS], const void* k_cache, int entry, int kv_heads, int kv_head, int group, int member) {
#pragma unroll
    for (int h = 0; h < 2; h++) {
        i64 at = ((i64)__shfl_sync(FULL_WARP, entry, group + h * 8) * kv_heads + kv_head) * HEAD_SIZE + member * 8;
#pragma unroll
        for (int i = 0; i < CHUNKS; i++) key[h][i] = load_cache(k_cache, at + i * 32);
    }
}

// q: [sequences][query heads][HEAD_SIZE]; caches: [entries][kv heads][HEAD_SIZE]; block_tables: [slots][max_blocks];
// slots, context_lengths: [sequences], a context of 0 (padding) yields zeros; out as q.
// partial: [sequences][kv heads][splits][GROUP][HEAD_SIZE + 2] floats and counters: [sequences][kv heads] zeros, if splits > 1.
// window: how many tokens a token sees, or 0 for all. Context lengths include the token that asks.
extern "C" __global__ void __launch_bounds__(WARPS * 32) paged_attention(
    const half_bits* __restrict__ q,
    const void* __restrict__ k_cache,
    const void* __restrict__ v_cache,
    const int* __restrict__ block_tables,
    const int* __restrict__ slots,
    const int* __restrict__ context_lengths,
    half_bits* __restrict__ out,
    float* __restrict__ partial,
    u32* __restrict__ counters,
    int kv_heads,
    int block_size,
    int max_blocks,
    int window,
    float scale) {
    const int sequence = blockIdx.x, kv_head = blockIdx.y, split = blockIdx.z, splits = gridDim.z;  // splits: at most
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31, group = lane >> 2, member = lane & 3;
    __shared__ float weights[WARPS][TILE][8];
    __shared__ float merged[WARPS][GROUP][HEAD_SIZE];
    __shared__ float maxima[WARPS][8], sums[WARPS][8];
    __shared__ int last;

    wait_for_previous_kernel();
    let_next_kernel_begin();
    const int context = context_lengths[sequence];
    const int first = window > 0 ? max(0, context - window) : 0;
    const int tiles = (context - first / TILE * TILE + TILE - 1) / TILE;
    const int tile_first = first / TILE;
    // A split has at least a tile for each warp; short contexts leave the last ones without work, and they leave at once.
    const int active = max(1, min(splits, (tiles + WARPS - 1) / WARPS));
    if (split >= active) return;
    const int per_split = (tiles + active - 1) / active;
    const int tile_begin = tile_first + split * per_split;
    const int tile_end = min(tile_first + tiles, tile_begin + per_split);
    const int* table = block_tables + (i64)slots[sequence] * max_blocks;

    // Queries as B operand: head `group`, in the same order of dimensions as the keys.
    half8 query[CHUNKS];
#pragma unroll
    for (int i = 0; i < CHUNKS; i++) {
        int head = min(group, GROUP - 1);
        query[i] = *(const half8*)(q + (((i64)sequence * kv_heads + kv_head) * GROUP + head) * HEAD_SIZE + i * 32 + member * 8);
    }

    float acc[GROUP][8];
#pragma unroll
    for (int h = 0; h < GROUP; h++)
#pragma unroll
        for (int j = 0; j < 8; j++) acc[h][j] = 0.f;
    // This lane's heads are 2 * member and the next.
    float running_max[2] = {NEGATIVE_INFINITY, NEGATIVE_INFINITY}, running_sum[2] = {0.f, 0.f};
    const int value_lane = lane % LANES_PER_TOKEN, value_token = lane / LANES_PER_TOKEN;

    half8 key[2][CHUNKS];
    int tile = tile_begin + warp;
    int entry = tile < tile_end ? entry_of(table, tile, lane, context, block_size) : 0;
    if (tile < tile_end) load_keys(key, k_cache, entry, kv_heads, kv_head, group, member);
    for (; tile < tile_end; tile += WARPS) {
        half8 value[VALUE_LOADS];
#pragma unroll
        for (int i = 0; i < VALUE_LOADS; i++) {
            i64 at = ((i64)__shfl_sync(FULL_WARP, entry, i * TOKENS_PER_LOAD + value_token) * kv_heads + kv_head) * HEAD_SIZE;
            value[i] = load_cache(v_cache, at + value_lane * 8);
        }
        const bool more = tile + WARPS < tile_end;
        entry = more ? entry_of(table, tile + WARPS, lane, context, block_size) : 0;
        float s[4] = {0.f, 0.f, 0.f, 0.f};
#pragma unroll
        for (int i = 0; i < CHUNKS; i++) {
            mma(s, key[0][i].pair[0], key[1][i].pair[0], key[0][i].pair[1], key[1][i].pair[1], query[i].pair[0], query[i].pair[1]);
            mma(s, key[0][i].pair[2], key[1][i].pair[2], key[0][i].pair[3], key[1][i].pair[3], query[i].pair[2], query[i].pair[3]);
        }
        // The next tile's keys are on their way while this one's values are weighted.
        if (more) load_keys(key, k_cache, entry, kv_heads, kv_head, group, member);
        // s[0], s[1]: token `group`, heads 2 * member and the next; s[2], s[3]: token group + 8.
#pragma unroll
        for (int j = 0; j < 4; j++) {
            int at = tile * TILE + group + (j >> 1) * 8;
            s[j] = at >= first && at < context ? s[j] * scale : NEGATIVE_INFINITY;
        }
        float rescale[2];
#pragma unroll
        for (int j = 0; j < 2; j++) {
            float top = fmaxf(s[j], s[j + 2]);
#pragma unroll
            for (int offset = 4; offset < 32; offset <<= 1) top = fmaxf(top, __shfl_xor_sync(FULL_WARP, top, offset));
            top = fmaxf(top, running_max[j]);
            rescale[j] = __expf(running_max[j] - top);
            running_max[j] = top;
            s[j] = __expf(s[j] - top);
            s[j + 2] = __expf(s[j + 2] - top);
            running_sum[j] = running_sum[j] * rescale[j] + s[j] + s[j + 2];
            weights[warp][group][2 * member + j] = s[j];
            weights[warp][group + 8][2 * member + j] = s[j + 2];
        }
        __syncwarp();
#pragma unroll
        for (int h = 0; h < GROUP; h++) {
            float factor = __shfl_sync(FULL_WARP, rescale[h & 1], h >> 1);
#pragma unroll
            for (int j = 0; j < 8; j++) acc[h][j] *= factor;
        }
#pragma unroll
        for (int i = 0; i < VALUE_LOADS; i++) {
            float v[8];
            unpack(value[i], v);
#pragma unroll
            for (int h = 0; h < GROUP; h++) {
                float p = weights[warp][i * TOKENS_PER_LOAD + value_token][h];
#pragma unroll
                for (int j = 0; j < 8; j++) acc[h][j] += p * v[j];
            }
        }
        __syncwarp();
    }

#pragma unroll
    for (int j = 0; j < 2; j++) {
#pragma unroll
        for (int offset = 4; offset < 32; offset <<= 1) running_sum[j] += __shfl_xor_sync(FULL_WARP, running_sum[j], offset);
        if (group == 0) {
            maxima[warp][2 * member + j] = running_max[j];
            sums[warp][2 * member + j] = running_sum[j];
        }
    }
#pragma unroll
    for (int h = 0; h < GROUP; h++) {
#pragma unroll
        for (int j = 0; j < 8; j++) {
#pragma unroll
            for (int offset = LANES_PER_TOKEN; offset < 32; offset <<= 1) acc[h][j] += __shfl_xor_sync(FULL_WARP, acc[h][j], offset);
            if (value_token == 0) merged[warp][h][value_lane * 8 + j] = acc[h][j];
        }
    }
    __syncthreads();

    const i64 pair = (i64)sequence * kv_heads + kv_head;
    for (int i = threadIdx.x; i < GROUP * HEAD_SIZE; i += WARPS * 32) {
        int h = i / HEAD_SIZE, d = i % HEAD_SIZE;
        float top = NEGATIVE_INFINITY, sum = 0.f, x = 0.f;
#pragma unroll
        for (int w = 0; w < WARPS; w++) top = fmaxf(top, maxima[w][h]);
#pragma unroll
        for (int w = 0; w < WARPS; w++) {
            // A warp without tiles has a maximum of -inf, and all of them have it for an empty split.
            float factor = maxima[w][h] == NEGATIVE_INFINITY ? 0.f : __expf(maxima[w][h] - top);
            sum += sums[w][h] * factor;
            x += merged[w][h][d] * factor;
        }
        if (active == 1) {
            out[(pair * GROUP + h) * HEAD_SIZE + d] = to_half(sum > 0.f ? x / sum : 0.f);
        } else {
            float* to = partial + ((pair * splits + split) * GROUP + h) * (HEAD_SIZE + 2);
            to[d] = x;
            if (d == 0) {
                to[HEAD_SIZE] = top;
                to[HEAD_SIZE + 1] = sum;
            }
        }
    }
    if (active == 1) return;

    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) last = atomicInc(counters + pair, active - 1) == active - 1;
    __syncthreads();
    if (!last) return;
    __threadfence();
    for (int i = threadIdx.x; i < GROUP * HEAD_SIZE; i += WARPS * 32) {
        int h = i / HEAD_SIZE, d = i % HEAD_SIZE;
        const float* from = partial + (pair * splits * GROUP + h) * (HEAD_SIZE + 2);
        const int stride = GROUP * (HEAD_SIZE + 2);
        float top = NEGATIVE_INFINITY, sum = 0.f, x = 0.f;
#pragma unroll 8
        for (int s = 0; s < active; s++) top = fmaxf(top, __ldcg(from + s * stride + HEAD_SIZE));
#pragma unroll 8
        for (int s = 0; s < active; s++) {
            float m = __ldcg(from + s * stride + HEAD_SIZE);
            float factor = m == NEGATIVE_INFINITY ? 0.f : __expf(m - top);
            sum += __ldcg(from + s * stride + HEAD_SIZE + 1) * factor;
            x += __ldcg(from + s * stride + d) * factor;
        }
        out[(pair * GROUP + h) * HEAD_SIZE + d] = to_half(sum > 0.f ? x / sum : 0.f);
    }
}
