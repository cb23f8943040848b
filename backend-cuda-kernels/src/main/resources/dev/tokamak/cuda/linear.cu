// Products of a few rows of activations with a weight matrix, at the speed of reading the weight once:
// y[n][m] = sum over k of x[n][k] * W[m][k], for n of 1 to 8 rows.
//
// Implementation notes. The memory is kept busy by a ring of stages in shared memory (192 KB a multiprocessor), which a warp of its own fills
// with bulk copies as fast as eight computing warps empty it. A copy is 4 KB of one weight row: with fewer bytes a copy, the rate of copies becomes
// the bound. Weights do not depend on the kernels before, so the ring fills while those still run (programmatic dependent launch):
// the small kernels between two products cost the memory next to nothing. Blocks stay for the whole product and take tiles of 16
// rows in turn; the ring runs on from tile to tile.
//
// Tensor-core products (mma.m16n8k16) take the weight as their A operand. Since the order of k does not matter as long as both
// operands agree on it, a thread reads 16 consecutive bytes of a weight row and of an activation row as the operands of two products. The
// computing warps split a stage's k among themselves and add up when a tile ends. Weights are read once, so they leave L2 first and
// what the other kernels need stays there.

#define TILE 16
#define WARPS 8
#define STRETCHES 8
#define STAGE_K (32 * STRETCHES * WARPS)
#define STAGE_BYTES (TILE * STAGE_K * 2)
#define STAGES 3
#define MAX_COLUMNS 8

// weight: [rows][k], or [2 * rows][k] under SILU, gate above up. x: [n][k]. y: [n][rows]. n: 1 to 8. k: a multiple of 32.
// mode: 0 to store, 1 for SILU: y = silu(gate) * up, 2 to add to y. bias: [rows], or null; for mode 0.
// A tile holds 16 rows of the weight; under SILU, 8 of the gate and the 8 of up that belong to them.
// Any grid up to the number of tiles; block: 288 threads; dynamic shared memory: STAGES * STAGE_BYTES. Needs sm_90.
extern "C" __global__ void __launch_bounds__(WARPS * 32 + 32, 1) skinny_linear(
    const half_bits* __restrict__ weight,
    const half_bits* x,
    const half_bits* __restrict__ bias,
    half_bits* y,
    int rows,
    int k,
    int n,
    int mode) {
#if __CUDA_ARCH__ >= 900
    extern __shared__ __align__(128) unsigned char ring[];
    __shared__ float sums[WARPS][TILE][MAX_COLUMNS + 1];
    __shared__ __align__(8) u64 barriers[2 * STAGES];
    const bool silu = mode == 1;
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31, group = lane >> 2, member = lane & 3;
    const int outputs = silu ? TILE / 2 : TILE;
    const int tiles = (rows + outputs - 1) / outputs, tile_stages = (k + STAGE_K - 1) / STAGE_K;
    const int first = (int)((i64)tiles * blockIdx.x / gridDim.x), count = (int)((i64)tiles * (blockIdx.x + 1) / gridDim.x) - first;
    const u32 full = shared_address(barriers), empty = full + 8 * STAGES, stages = shared_address(ring);
    if (threadIdx.x == 0) {
        for (int s = 0; s < STAGES; s++) {
            barrier_init(full + 8 * s, 1);
            barrier_init(empty + 8 * s, WARPS);
        }
        asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    }
    __syncthreads();
    let_next_kernel_begin();

    if (warp == WARPS) {
        const u64 policy = evict_first();
        for (int i = 0; i < count * tile_stages; i++) {
            const int stage = i % STAGES, tile = first + i / tile_stages, at = i % tile_stages * STAGE_K;
            const u32 bytes = min(STAGE_K, k - at) * 2;
            if (i >= STAGES) barrier_wait(empty + 8 * stage, (i / STAGES - 1) & 1);
            if (lane == 0) barrier_expect(full + 8 * stage, bytes * TILE);
            __syncwarp();
            if (lane < TILE) {
                // Rows past the end stand for the last one and are not stored.
                const i64 row = min(tile * outputs + (silu ? lane & 7 : lane), rows - 1) + (silu && lane >= 8 ? (i64)rows : 0);
                bulk_copy(stages + stage * STAGE_BYTES + lane * (STAGE_K * 2), weight + row * k + at, bytes, full + 8 * stage, policy);
            }
        }
        return;
    }

    const half_bits* xp = x + (i64)min(group, n - 1) * k + warp * (32 * STRETCHES) + member * 8;
    half8 ahead[STRETCHES];
    auto load_x = [&](int at) {
#pragma unroll
        for (int j = 0; j < STRETCHES; j++) {
            ahead[j] = at + (warp * STRETCHES + j) * 32 < k ? *(const half8*)(xp + at + j * 32) : half8{};
        }
    };
    float c[4] = {0.f, 0.f, 0.f, 0.f};
    wait_for_previous_kernel();
    load_x(0);
    for (int i = 0; i < count * tile_stages; i++) {
        const int stage = i % STAGES, at = i % tile_stages * STAGE_K;
        half8 b[STRETCHES];
#pragma unroll
        for (int j = 0; j < STRETCHES; j++) b[j] = ahead[j];
        load_x(at + STAGE_K < k ? at + STAGE_K : 0);
        barrier_wait(full + 8 * stage, (i / STAGES) & 1);
        const unsigned char* from = ring + stage * STAGE_BYTES + group * (STAGE_K * 2) + warp * (64 * STRETCHES) + member * 16;
#pragma unroll
        for (int j = 0; j < STRETCHES; j++) {
            // What lies behind the end of k was not copied, and may be anything.
            if (at + (warp * STRETCHES + j) * 32 < k) {
                const half8 low = *(const half8*)(from + j * 64), high = *(const half8*)(from + 8 * (STAGE_K * 2) + j * 64);
                mma(c, low.pair[0], high.pair[0], low.pair[1], high.pair[1], b[j].pair[0], b[j].pair[1]);
                mma(c, low.pair[2], high.pair[2], low.pair[3], high.pair[3], b[j].pair[2], b[j].pair[3]);
            }
        }
        __syncwarp();
        if (lane == 0) barrier_arrive(empty + 8 * stage);
        if (at + STAGE_K < k) continue;

        // The tile is done. c[0], c[1]: weight row `group`, activation rows 2 * member and the next; c[2], c[3]: weight row group + 8.
#pragma unroll
        for (int j = 0; j < 4; j++) {
            sums[warp][(j >> 1) * 8 + group][member * 2 + (j & 1)] = c[j];
            c[j] = 0.f;
        }
        asm volatile("bar.sync 1, %0;" ::"n"(WARPS * 32) : "memory");
        for (int o = threadIdx.x; o < outputs * n; o += WARPS * 32) {
            const int r = o % outputs, column = o / outputs, row = (first + i / tile_stages) * outputs + r;
            if (row >= rows) continue;
            float value = 0.f, up = 0.f;
#pragma unroll
            for (int w = 0; w < WARPS; w++) {
                value += sums[w][r][column];
                if (silu) up += sums[w][r + 8][column];
            }
            half_bits* out = y + (i64)column * rows + row;
            if (silu) {
                value = to_float(to_half(value));
                *out = to_half(to_float(to_half(value / (1.f + __expf(-value)))) * to_float(to_half(up)));
            } else if (mode == 2) {
                *out = to_half(to_float(*out) + to_float(to_half(value)));
            } else {
                *out = to_half(bias ? value + to_float(bias[row]) : value);
            }
        }
        asm volatile("bar.sync 1, %0;" ::"n"(WARPS * 32) : "memory");
    }
#endif
}
