// Attention of one query token for each sequence over the paged KV cache: decoding.
//
// Implementation notes. The grid is (KV heads, sequences, splits). A block takes one stretch of one sequence's tokens for one KV head,
// and all GROUP query heads that share it, so that keys and values are read once. Its warps take tiles of 16 tokens in turn and
// keep a running softmax each (Milakov and Gimelshein, 2018; FlashAttention, Dao et al., 2022). Each warp has a ring of tiles in shared
// memory, filled by asynchronous copies well ahead of their use; the first of them do not wait for the kernel before, which adds only
// the newest token (programmatic dependent launch). No register waits for memory, so nothing spills and many warps fit.
// Both products run on tensor cores with the query heads as rows, of which 8 of 16 are used: scores take keys 16 bytes at a time, since the
// order of dimensions does not matter as long as queries agree; their softmax, in the registers it lies in, is the A operand that
// weights the values, which ldmatrix transposes.
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
#ifndef WARPS
#define WARPS 4
#endif
#ifndef STAGES
#define STAGES 3
#endif

#define TILE 16
#define ELEMENT_BYTES (FP8_CACHE ? 1 : 2)
#define ROW_BYTES (HEAD_SIZE * ELEMENT_BYTES)
#define ROW_PIECES (ROW_BYTES / 16)
#define TILE_BYTES (TILE * ROW_BYTES)
#define CHUNKS (HEAD_SIZE / 32)
#define VALUE_TILES (HEAD_SIZE / 8)
// An FP8 tile of values is widened before it is used, in a place of the warp's own.
#define WIDE_BYTES (FP8_CACHE ? TILE * HEAD_SIZE * 2 : 0)
#define WARP_BYTES (STAGES * 2 * TILE_BYTES + WIDE_BYTES)
#define NEGATIVE_INFINITY __int_as_float(0xff800000)

// Where 16 bytes of a tile's row lie. They are permuted so that the lanes that read together, be it two rows of four pieces or eight rows of
// one, reach all banks.
__device__ __forceinline__ int piece_offset(int row, int piece, int row_bytes) {
    const int turn = row_bytes >= 128 ? (row & 1) << 2 | (row >> 1 & 3) : row >> 1 & 3;
    return row * row_bytes + ((piece ^ turn) << 4);
}

// Eight elements of a row of a tile of the cache, as 16-bit elements.
__device__ __forceinline__ half8 read_tile(const unsigned char* tile, int row, int element) {
#if FP8_CACHE
    const uint2 raw = *(const uint2*)(tile + piece_offset(row, element / 16, ROW_BYTES) + element % 16);
    float x[8];
    unpack_fp8((unsigned short)raw.x, x[0], x[1]);
    unpack_fp8((unsigned short)(raw.x >> 16), x[2], x[3]);
    unpack_fp8((unsigned short)raw.y, x[4], x[5]);
    unpack_fp8((unsigned short)(raw.y >> 16), x[6], x[7]);
    return pack8(x);
#else
    return *(const half8*)(tile + piece_offset(row, element / 8, ROW_BYTES));
#endif
}

// c += A B where rows 8 to 15 of A are zeros: only the upper half of c exists.
__device__ __forceinline__ void mma_upper(float* c, u32 a0, u32 a2, u32 b0, u32 b1) {
    asm("{.reg .f32 z, r2, r3; .reg .b32 zero; mov.f32 z, 0f00000000; mov.b32 zero, 0;"
        "mma.sync.aligned.m16n8k16.row.col.f32." MMA_TYPE ".f32 {%0,%1,r2,r3}, {%2,zero,%3,zero}, {%4,%5}, {%0,%1,z,z};}"
        : "+f"(c[0]), "+f"(c[1])
        : "r"(a0), "r"(a2), "r"(b0), "r"(b1));
}

__device__ __forceinline__ void transposed_matrices(u32* to, const unsigned char* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"((u32)__cvta_generic_to_shared(row))
                 : "memory");
}

__device__ __forceinline__ void copy_async(void* to, const void* from) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"((u32)__cvta_generic_to_shared(to)), "l"(from) : "memory");
}
__device__ __forceinline__ void end_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

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
    const int kv_head = blockIdx.x, sequence = blockIdx.y, split = blockIdx.z, splits = gridDim.z;  // splits: at most
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31, group = lane >> 2, member = lane & 3;
    extern __shared__ __align__(128) unsigned char memory[];
    __shared__ float maxima[WARPS][8], sums[WARPS][8];
    __shared__ int last;
    let_next_kernel_begin();

    // Context lengths, block tables and all tokens but the newest were there before the kernel ahead of this one, rope_and_write_kv, passed
    // its own wait, which it does before it lets this one begin.
    const int context = context_lengths[sequence];
    const int* table = block_tables + (i64)slots[sequence] * max_blocks;
    const int first = window > 0 ? max(0, context - window) : 0;
    const int tiles = (context - first / TILE * TILE + TILE - 1) / TILE;
    const int tile_first = first / TILE;
    // A split has at least a tile for each warp; short contexts leave the last ones without work, and they leave at once.
    const int active = max(1, min(splits, (tiles + WARPS - 1) / WARPS));
    if (split >= active) return;
    const int per_split = (tiles + active - 1) / active;
    const int tile_begin = tile_first + split * per_split;
    const int tile_end = min(tile_first + tiles, tile_begin + per_split);
    const int newest = (context - 1) / TILE;

    // The cache entry of a tile's token number `lane` modulo TILE; tokens past the context stand in for none.
    auto entry_of = [&](int tile) {
        const int token = min(tile * TILE + (lane & (TILE - 1)), context - 1);
        return tile < tile_end ? table[token / block_size] * block_size + token % block_size : 0;
    };
    unsigned char* ring = memory + warp * WARP_BYTES;
    auto copy_tile = [&](int number, int entry) {
        unsigned char* to = ring + number % STAGES * (2 * TILE_BYTES);
#pragma unroll
        for (int i = 0; i < TILE * ROW_PIECES / 32; i++) {
            const int row = (i * 32 + lane) / ROW_PIECES, piece = (i * 32 + lane) % ROW_PIECES;
            const i64 at = ((i64)__shfl_sync(FULL_WARP, entry, row) * kv_heads + kv_head) * ROW_BYTES + piece * 16;
            copy_async(to + piece_offset(row, piece, ROW_BYTES), (const unsigned char*)k_cache + at);
            copy_async(to + TILE_BYTES + piece_offset(row, piece, ROW_BYTES), (const unsigned char*)v_cache + at);
        }
    };
    // Tile number j of this warp is tile_begin + warp + j * WARPS. `entry` belongs to the next to be copied.
    const int mine = max(0, (tile_end - tile_begin - warp + WARPS - 1) / WARPS);
    auto tile_of = [&](int number) { return tile_begin + warp + number * WARPS; };
    int entry = entry_of(tile_of(0)), copied = 0;
    while (copied < STAGES - 1 && copied < mine && tile_of(copied) != newest) {
        copy_tile(copied, entry);
        end_copies();
        entry = entry_of(tile_of(++copied));
    }
    wait_for_previous_kernel();
    for (; copied < STAGES - 1; copied++) {
        if (copied < mine) copy_tile(copied, entry);
        end_copies();
        entry = entry_of(tile_of(copied + 1));
    }

    // The query head of this lane, `group`, or zeros if there are fewer.
    half8 query[CHUNKS];
#pragma unroll
    for (int i = 0; i < CHUNKS; i++) {
        const half8* from = (const half8*)(q + (((i64)sequence * kv_heads + kv_head) * GROUP + group) * HEAD_SIZE + i * 32 + member * 8);
        query[i] = group < GROUP ? *from : half8{};
    }
    // acc[i]: dimensions 8 * i + 2 * member and the next. The sum is of this lane's tokens only.
    float acc[VALUE_TILES][2];
#pragma unroll
    for (int i = 0; i < VALUE_TILES; i++) acc[i][0] = acc[i][1] = 0.f;
    float running_max = NEGATIVE_INFINITY, running_sum = 0.f;

    for (int j = 0; j < mine; j++) {
        asm volatile("cp.async.wait_group %0;" ::"n"(STAGES - 2) : "memory");
        __syncwarp();
        const int tile = tile_of(j);
        const unsigned char* keys = ring + j % STAGES * (2 * TILE_BYTES);
        const unsigned char* values = keys + TILE_BYTES;
        // Its place in the ring is that of the tile before this one, which all lanes have left.
        if (j + STAGES - 1 < mine) copy_tile(j + STAGES - 1, entry);
        end_copies();
        entry = entry_of(tile_of(j + STAGES));

        // s[h][n]: token 8 * h + 2 * member + n.
        float s[2][2] = {{0.f, 0.f}, {0.f, 0.f}};
#pragma unroll
        for (int i = 0; i < CHUNKS; i++) {
#pragma unroll
            for (int h = 0; h < 2; h++) {
                const half8 key = read_tile(keys, h * 8 + group, i * 32 + member * 8);
                mma_upper(s[h], query[i].pair[0], query[i].pair[1], key.pair[0], key.pair[1]);
                mma_upper(s[h], query[i].pair[2], query[i].pair[3], key.pair[2], key.pair[3]);
            }
        }
        float top = running_max;
#pragma unroll
        for (int h = 0; h < 2; h++)
#pragma unroll
            for (int n = 0; n < 2; n++) {
                const int at = tile * TILE + 8 * h + 2 * member + n;
                s[h][n] = at >= first && at < context ? s[h][n] * scale : NEGATIVE_INFINITY;
                top = fmaxf(top, s[h][n]);
            }
        top = fmaxf(top, __shfl_xor_sync(FULL_WARP, top, 1));
        top = fmaxf(top, __shfl_xor_sync(FULL_WARP, top, 2));
        const float rescale = __expf(running_max - top);
        running_max = top;
        running_sum *= rescale;
#pragma unroll
        for (int h = 0; h < 2; h++)
#pragma unroll
            for (int n = 0; n < 2; n++) {
                s[h][n] = __expf(s[h][n] - top);
                running_sum += s[h][n];
            }
#pragma unroll
        for (int i = 0; i < VALUE_TILES; i++) {
            acc[i][0] *= rescale;
            acc[i][1] *= rescale;
        }
#if FP8_CACHE
        unsigned char* wide = ring + STAGES * 2 * TILE_BYTES;
        for (int i = lane; i < TILE * VALUE_TILES; i += 32) {
            const int row = i / VALUE_TILES, piece = i % VALUE_TILES;
            *(half8*)(wide + piece_offset(row, piece, HEAD_SIZE * 2)) = read_tile(values, row, piece * 8);
        }
        __syncwarp();
        values = wide;
#endif
        const u32 low = pack(s[0][0], s[0][1]), high = pack(s[1][0], s[1][1]);
#pragma unroll
        for (int i = 0; i < VALUE_TILES; i += 2) {
            // Four matrices of 8 tokens by 8 dimensions: tokens 0 and 8 of this tile of dimensions, then of the next.
            u32 v[4];
            transposed_matrices(v, values + piece_offset((lane & 15), i + (lane >> 4), HEAD_SIZE * 2));
            mma_upper(acc[i], low, high, v[0], v[1]);
            mma_upper(acc[i + 1], low, high, v[2], v[3]);
        }
        __syncwarp();
    }
    asm volatile("cp.async.wait_group 0;" ::: "memory");
    __syncthreads();
    float(*merged)[GROUP][HEAD_SIZE] = (float(*)[GROUP][HEAD_SIZE])memory;

    running_sum += __shfl_xor_sync(FULL_WARP, running_sum, 1);
    running_sum += __shfl_xor_sync(FULL_WARP, running_sum, 2);
    if (member == 0) {
        maxima[warp][group] = running_max;
        sums[warp][group] = running_sum;
    }
    if (group < GROUP) {
#pragma unroll
        for (int i = 0; i < VALUE_TILES; i++) *(float2*)&merged[warp][group][8 * i + 2 * member] = make_float2(acc[i][0], acc[i][1]);
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
