// Mixtures of experts for a few tokens: each token's router, and products with the experts that were chosen, at the speed of reading
// their weights once.
//
// Implementation notes. A token and one of its experts are a pair, number token * top + choice. `route` chooses, and sorts the pairs by
// expert into groups of up to eight, one group after another: the plan. `expert_linear` is skinny_linear (see linear.cu) over groups
// instead of one matrix: blocks stay, and take tiles of 16 weight rows of all groups in turn, so that the ring of stages runs on
// from tile to tile and from expert to expert. An expert with more than eight pairs is read once more for every eight, which
// are few where tokens are few; the caller takes another product where they are not. Nothing is read back by the host, and nothing
// that is launched depends on what was chosen.
//
// Which weights are to be read is known when `route` has ended. The first product waits for that; the second may begin while the first
// still runs and fill its ring with weights, since all blocks of the first have seen the end of `route` by then.
//
// plan: 4 + 5 * pairs ints. [0]: how many groups there are. From [4] on, four ints for each: expert, first place in the order, count, 0.
// From [4 + 4 * pairs] on the order: pairs, sorted by expert and then by number.

#define TILE 16
#define WARPS 8
#define STRETCHES 8
#define STAGE_K (32 * STRETCHES * WARPS)
#define STAGE_BYTES (TILE * STAGE_K * 2)
#define STAGES 3
#define COLUMNS 8

#define NEGATIVE_INFINITY __int_as_float(0xff800000)
#define POSITIVE_INFINITY __int_as_float(0x7f800000)
#define ROUTE_WARPS 32
#define MAX_PAIRS 1024
#define MAX_EXPERTS 256
#define EXPERTS_OF_LANE (MAX_EXPERTS / 32)

// What another kernel has written, past the caches that were filled before it did.
__device__ __forceinline__ int load_written(const int* p) {
    int v;
    asm volatile("ld.global.cg.s32 %0, [%1];" : "=r"(v) : "l"(p));
    return v;
}
__device__ __forceinline__ int4 load_written(const int4* p) {
    int4 v;
    asm volatile("ld.global.cg.v4.s32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(p));
    return v;
}

// The place of the largest choice that is not taken, in every lane; of equal ones the first. What is not a number counts most, as it does
// in torch.topk.
__device__ __forceinline__ int best_of_warp(const float* choice, u32 taken, int experts, int lane) {
    float best = 0.f;
    int at = -1;
#pragma unroll
    for (int i = 0; i < EXPERTS_OF_LANE; i++) {
        const int expert = i * 32 + lane;
        if (expert < experts && !(taken >> i & 1) && (at < 0 || choice[i] > best)) {
            best = choice[i];
            at = expert;
        }
    }
#pragma unroll
    for (int offset = 16; offset > 0; offset >>= 1) {
        const float other = __shfl_xor_sync(FULL_WARP, best, offset);
        const int other_at = __shfl_xor_sync(FULL_WARP, at, offset);
        if (other_at >= 0 && (at < 0 || other > best || (other == best && other_at < at))) {
            best = other;
            at = other_at;
        }
    }
    return at;
}

// logits: [tokens][experts], float32 if wide, else 16 bits. kind: 0 for a softmax over all experts, 1 for one over the chosen, 2 for sigmoids.
// correction: [experts], added for the choice alone, or null. chosen, shares: [tokens][top].
// One block of 1024 threads. experts: up to MAX_EXPERTS. top: up to 32 and to experts. tokens * top: up to MAX_PAIRS.
extern "C" __global__ void __launch_bounds__(ROUTE_WARPS * 32, 1) route(
    const void* logits,
    const float* correction,
    i64* chosen,
    float* shares,
    int* plan,
    int tokens,
    int experts,
    int top,
    int wide,
    int kind,
    int normalised,
    float scale) {
    __shared__ int expert_of[MAX_PAIRS];
    __shared__ int counts[MAX_EXPERTS], firsts[MAX_EXPERTS], groups[MAX_EXPERTS];
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31, pairs = tokens * top;
    for (int e = threadIdx.x; e < MAX_EXPERTS; e += blockDim.x) counts[e] = 0;
    wait_for_previous_kernel();
    let_next_kernel_begin();

    for (int token = warp; token < tokens; token += ROUTE_WARPS) {
        float score[EXPERTS_OF_LANE], choice[EXPERTS_OF_LANE];
        float largest = NEGATIVE_INFINITY, all = 0.f;
#pragma unroll
        for (int i = 0; i < EXPERTS_OF_LANE; i++) {
            const int expert = i * 32 + lane;
            const i64 at = (i64)token * experts + expert;
            score[i] = expert >= experts ? NEGATIVE_INFINITY : wide ? ((const float*)logits)[at] : to_float(((const half_bits*)logits)[at]);
            largest = fmaxf(largest, score[i]);
        }
#pragma unroll
        for (int offset = 16; offset > 0; offset >>= 1) largest = fmaxf(largest, __shfl_xor_sync(FULL_WARP, largest, offset));
#pragma unroll
        for (int i = 0; i < EXPERTS_OF_LANE; i++) {
            const int expert = i * 32 + lane;
            score[i] = kind == 2 ? 1.f / (1.f + __expf(-score[i])) : __expf(score[i] - largest);
            all += expert < experts ? score[i] : 0.f;
            choice[i] = score[i] + (correction && expert < experts ? correction[expert] : 0.f);
            if (choice[i] != choice[i]) choice[i] = POSITIVE_INFINITY;
        }
        all = warp_sum(all);
        u32 taken = 0;
        float sum = 0.f, mine = 0.f;
        int my_expert = 0;
        for (int j = 0; j < top; j++) {
            const int best = best_of_warp(choice, taken, experts, lane);
            float value = 0.f;
#pragma unroll
            for (int i = 0; i < EXPERTS_OF_LANE; i++) {
                if (best == i * 32 + lane) {
                    value = score[i];
                    taken |= 1u << i;
                }
            }
            value = __shfl_sync(FULL_WARP, value, best & 31);
            sum += value;
            if (lane == j) {
                mine = value;
                my_expert = best;
            }
        }
        if (lane < top) {
            const float whole = kind == 2 ? (normalised ? sum + 1e-20f : 1.f) : (kind == 1 || normalised ? sum : all);
            const int pair = token * top + lane;
            expert_of[pair] = my_expert;
            chosen[pair] = my_expert;
            shares[pair] = mine / whole * scale;
        }
    }
    __syncthreads();

    for (int pair = threadIdx.x; pair < pairs; pair += blockDim.x) atomicAdd(&counts[expert_of[pair]], 1);
    __syncthreads();
    if (warp == 0) {
        int first = 0, group = 0;
        for (int from = 0; from < experts; from += 32) {
            const int count = counts[from + lane], own = (count + COLUMNS - 1) / COLUMNS;
            int firsts_before = count, groups_before = own;
#pragma unroll
            for (int offset = 1; offset < 32; offset <<= 1) {
                const int a = __shfl_up_sync(FULL_WARP, firsts_before, offset), b = __shfl_up_sync(FULL_WARP, groups_before, offset);
                if (lane >= offset) {
                    firsts_before += a;
                    groups_before += b;
                }
            }
            firsts[from + lane] = first + firsts_before - count;
            groups[from + lane] = group + groups_before - own;
            first += __shfl_sync(FULL_WARP, firsts_before, 31);
            group += __shfl_sync(FULL_WARP, groups_before, 31);
        }
        if (lane == 0) plan[0] = group;
    }
    __syncthreads();
    int4* entries = (int4*)(plan + 4);
    int* order = plan + 4 + 4 * pairs;
    for (int e = threadIdx.x; e < experts; e += blockDim.x) {
        for (int done = 0; done < counts[e]; done += COLUMNS) {
            entries[groups[e] + done / COLUMNS] = make_int4(e, firsts[e] + done, min(COLUMNS, counts[e] - done), 0);
        }
    }
    for (int pair = threadIdx.x; pair < pairs; pair += blockDim.x) {
        const int expert = expert_of[pair];
        int place = firsts[expert];
        for (int before = 0; before < pair; before++) place += expert_of[before] == expert;
        order[place] = pair;
    }
}

// y[pair][row] = sum over k of x[pair / sharing][k] * weights[expert of pair][row][k], for all pairs of the plan.
// weights: [experts][rows][k], or [experts][2 * rows][k] under SILU, gate above up: y = silu(gate) * up. x: [pairs / sharing][k].
// k: a multiple of 32. rows: a multiple of 16. planned: 1 if the kernel before is one of these that was launched with 0.
// Any grid; block: 288 threads; dynamic shared memory: STAGES * STAGE_BYTES. Needs sm_90.
extern "C" __global__ void __launch_bounds__(WARPS * 32 + 32, 1) expert_linear(
    const half_bits* __restrict__ weights,
    const half_bits* x,
    const int* plan,
    half_bits* y,
    int rows,
    int k,
    int pairs,
    int sharing,
    int silu,
    int planned) {
#if __CUDA_ARCH__ >= 900
    extern __shared__ __align__(128) unsigned char ring[];
    __shared__ float sums[WARPS][TILE][COLUMNS + 1];
    __shared__ __align__(8) u64 barriers[2 * STAGES];
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31, column = lane >> 2, member = lane & 3;
    const int outputs = silu ? TILE / 2 : TILE, tiles = rows / outputs, tile_stages = (k + STAGE_K - 1) / STAGE_K;
    const u32 full = shared_address(barriers), empty = full + 8 * STAGES, stages = shared_address(ring);
    if (threadIdx.x == 0) {
        for (int s = 0; s < STAGES; s++) {
            barrier_init(full + 8 * s, 1);
            barrier_init(empty + 8 * s, WARPS);
        }
        asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    }
    __syncthreads();
    if (!planned) wait_for_previous_kernel();
    let_next_kernel_begin();
    const int4* entries = (const int4*)(plan + 4);
    const int* order = plan + 4 + 4 * pairs;
    const i64 items = (i64)load_written(plan) * tiles;
    const int first = (int)(items * blockIdx.x / gridDim.x), count = (int)(items * (blockIdx.x + 1) / gridDim.x) - first;

    if (warp == WARPS) {
        const u64 policy = evict_first();
        for (int i = 0; i < count * tile_stages; i++) {
            const int stage = i % STAGES, item = first + i / tile_stages, at = i % tile_stages * STAGE_K;
            const int group = item / tiles, tile = item - group * tiles;
            const half_bits* from = weights + (i64)load_written(entries + group).x * (silu ? 2 * rows : rows) * k;
            const u32 bytes = min(STAGE_K, k - at) * 2, to = stages + stage * STAGE_BYTES;
            if (i >= STAGES) barrier_wait(empty + 8 * stage, (i / STAGES - 1) & 1);
            if (lane == 0) barrier_expect(full + 8 * stage, bytes * TILE);
            __syncwarp();
            if (tile_stages == 1) {
                // Whole rows lie one behind another, in memory as in the stage.
                if (lane < 2) {
                    const i64 row = tile * outputs + lane * (silu ? (i64)rows : TILE / 2);
                    bulk_copy(to + lane * (TILE / 2) * bytes, from + row * k, bytes * (TILE / 2), full + 8 * stage, policy);
                }
            } else if (lane < TILE) {
                const i64 row = tile * outputs + (silu ? (lane & 7) + (lane >> 3) * (i64)rows : lane);
                bulk_copy(to + lane * (STAGE_K * 2), from + row * k + at, bytes, full + 8 * stage, policy);
            }
        }
        return;
    }

    wait_for_previous_kernel();
    const int stride = tile_stages == 1 ? k : STAGE_K;
    auto row_of = [&](int item) {
        const int4 entry = load_written(entries + item / tiles);
        const int pair = load_written(order + entry.y + min(column, entry.z - 1));
        return x + (i64)(pair / sharing) * k + warp * 32 + member * 8;
    };
    half8 ahead[STRETCHES];
    auto load_x = [&](const half_bits* from, int at) {
#pragma unroll
        for (int j = 0; j < STRETCHES; j++) {
            ahead[j] = at + (j * WARPS + warp) * 32 < k ? *(const half8*)(from + at + j * WARPS * 32) : half8{};
        }
    };
    float c[4] = {0.f, 0.f, 0.f, 0.f};
    const half_bits* xp = x;
    if (count > 0) {
        xp = row_of(first);
        load_x(xp, 0);
    }
    for (int i = 0; i < count * tile_stages; i++) {
        const int stage = i % STAGES, item = first + i / tile_stages, at = i % tile_stages * STAGE_K;
        const bool last = at + STAGE_K >= k;
        half8 b[STRETCHES];
#pragma unroll
        for (int j = 0; j < STRETCHES; j++) b[j] = ahead[j];
        if (last && item + 1 < first + count && (item + 1) % tiles == 0) xp = row_of(item + 1);
        load_x(xp, last ? 0 : at + STAGE_K);
        barrier_wait(full + 8 * stage, (i / STAGES) & 1);
        const unsigned char* from = ring + stage * STAGE_BYTES + column * (stride * 2) + warp * 64 + member * 16;
#pragma unroll
        for (int j = 0; j < STRETCHES; j++) {
            // What lies behind the end of k was not copied, and may be anything.
            if (at + (j * WARPS + warp) * 32 < k) {
                const half8 low = *(const half8*)(from + j * (WARPS * 64));
                const half8 high = *(const half8*)(from + 8 * (stride * 2) + j * (WARPS * 64));
                mma(c, low.pair[0], high.pair[0], low.pair[1], high.pair[1], b[j].pair[0], b[j].pair[1]);
                mma(c, low.pair[2], high.pair[2], low.pair[3], high.pair[3], b[j].pair[2], b[j].pair[3]);
            }
        }
        __syncwarp();
        if (lane == 0) barrier_arrive(empty + 8 * stage);
        if (!last) continue;

        // The tile is done. c[0], c[1]: weight row `column`, pairs 2 * member and the next; c[2], c[3]: weight row column + 8.
#pragma unroll
        for (int j = 0; j < 4; j++) {
            sums[warp][(j >> 1) * 8 + column][member * 2 + (j & 1)] = c[j];
            c[j] = 0.f;
        }
        asm volatile("bar.sync 1, %0;" ::"n"(WARPS * 32) : "memory");
        const int4 entry = load_written(entries + item / tiles);
        for (int o = threadIdx.x; o < outputs * entry.z; o += WARPS * 32) {
            const int r = o % outputs, place = o / outputs;
            float value = 0.f, up = 0.f;
#pragma unroll
            for (int w = 0; w < WARPS; w++) {
                value += sums[w][r][place];
                if (silu) up += sums[w][r + 8][place];
            }
            if (silu) {
                value = to_float(to_half(value));
                value = to_float(to_half(value / (1.f + __expf(-value)))) * to_float(to_half(up));
            }
            y[(i64)load_written(order + entry.y + place) * rows + item % tiles * outputs + r] = to_half(value);
        }
        asm volatile("bar.sync 1, %0;" ::"n"(WARPS * 32) : "memory");
    }
#endif
}

// y[token][i] = sum over choices of shares[token][choice] * parts[token * top + choice][i]. width: a multiple of 8.
// Grid: tokens by as many blocks as cover width / 8 threads.
extern "C" __global__ void combine_experts(const half_bits* parts, const float* shares, half_bits* y, int width, int top) {
    wait_for_previous_kernel();
    let_next_kernel_begin();
    const int at = (blockIdx.y * blockDim.x + threadIdx.x) * 8, token = blockIdx.x;
    if (at >= width) return;
    float sum[8] = {0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f};
    for (int choice = 0; choice < top; choice++) {
        const i64 pair = (i64)token * top + choice;
        const float share = shares[pair];
        float part[8];
        unpack(*(const half8*)(parts + pair * width + at), part);
#pragma unroll
        for (int i = 0; i < 8; i++) sum[i] += share * part[i];
    }
    *(half8*)(y + (i64)token * width + at) = pack8(sum);
}
