// Products of a few rows of activations with a weight matrix, at the speed of reading the weight once:
// y[n][m] = sum over k of x[n][k] * W[m][k], for n of 1 to 32 rows.
//
// Implementation notes. Tensor-core products (mma.m16n8k16) take the weight as their A operand. Since the order of k does not matter
// as long as both operands agree on it, every thread loads 16 consecutive bytes of a weight row and of an activation row straight
// into the registers of two products: no shared memory, no shuffles, fully used sectors. A warp covers 16 * M_TILES weight rows and a
// slice of k; the warps of a block share the rows, split k among themselves in stretches of 32 * STAGES (256 bytes of a row at a time
// keep DRAM pages open) and add up at the end through shared memory. Weight loads run a stretch ahead, and the first of them do not
// wait for the kernel before (programmatic dependent launch).
//
// With SILU the block's rows come in pairs of tiles, gate rows and up rows, and y[n][m] = silu(gate) * up; W has 2 * rows rows then.
// With ADD, y[n][m] += instead: y is the residual.

#ifndef M_TILES
#define M_TILES 2
#endif
#ifndef N_TILES
#define N_TILES 1
#endif
#ifndef WARPS
#define WARPS 8
#endif
#ifndef STAGES
#define STAGES 4
#endif

// rows: rows of y (of W, or half of W's under SILU), any number. k: a multiple of 32. n: rows of x, 1 to 8 * N_TILES. mode: 0 to store, 1
// for SILU (M_TILES even), 2 for ADD. Grid: ceil(rows / rows per block), which is 16 * M_TILES, or half of that under SILU.
extern "C" __global__ void __launch_bounds__(WARPS * 32) skinny_linear(
    const half_bits* __restrict__ weight,
    const half_bits* __restrict__ x,
    const half_bits* __restrict__ bias,
    half_bits* __restrict__ y,
    int rows,
    int k,
    int n,
    int mode) {
    const bool silu = mode == 1;
    const bool add = mode == 2;
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31, group = lane >> 2, member = lane & 3;
    const int tile_rows = 16 * M_TILES;
    const int block_rows = silu ? tile_rows / 2 : tile_rows;
    const int row0 = blockIdx.x * block_rows;

    const half8* w[M_TILES][2];
#pragma unroll
    for (int m = 0; m < M_TILES; m++) {
#pragma unroll
        for (int h = 0; h < 2; h++) {
            int row;
            if (silu) {
                row = row0 + (m >> 1) * 16 + h * 8 + group;
                row = min(row, rows - 1) + (m & 1) * rows;
            } else {
                row = min(row0 + m * 16 + h * 8 + group, rows - 1);
            }
            w[m][h] = (const half8*)(weight + (i64)row * k) + member;
        }
    }
    const half8* xp[N_TILES];
#pragma unroll
    for (int t = 0; t < N_TILES; t++) {
        xp[t] = (const half8*)(x + (i64)min(t * 8 + group, n - 1) * k) + member;
    }

    float c[M_TILES][N_TILES][4];
#pragma unroll
    for (int m = 0; m < M_TILES; m++)
#pragma unroll
        for (int t = 0; t < N_TILES; t++)
#pragma unroll
            for (int j = 0; j < 4; j++) c[m][t][j] = 0.f;

    const int chunks = k / 32;
    half8 a[STAGES][M_TILES][2];
#pragma unroll
    for (int s = 0; s < STAGES; s++) {
        int chunk = min(warp * STAGES + s, chunks - 1);
#pragma unroll
        for (int m = 0; m < M_TILES; m++)
#pragma unroll
            for (int h = 0; h < 2; h++) a[s][m][h] = load_streaming(w[m][h] + chunk * 4);
    }
    wait_for_previous_kernel();
    let_next_kernel_begin();

    for (int base = warp * STAGES; base < chunks; base += WARPS * STAGES) {
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            int chunk = base + s;
            half8 b[N_TILES];
#pragma unroll
            for (int t = 0; t < N_TILES; t++) {
                b[t] = half8{};
                if (chunk < chunks) b[t] = xp[t][chunk * 4];
            }
#pragma unroll
            for (int m = 0; m < M_TILES; m++)
#pragma unroll
                for (int t = 0; t < N_TILES; t++) {
                    mma(c[m][t], a[s][m][0].pair[0], a[s][m][1].pair[0], a[s][m][0].pair[1], a[s][m][1].pair[1],
                        b[t].pair[0], b[t].pair[1]);
                    mma(c[m][t], a[s][m][0].pair[2], a[s][m][1].pair[2], a[s][m][0].pair[3], a[s][m][1].pair[3],
                        b[t].pair[2], b[t].pair[3]);
                }
            int next = chunk + WARPS * STAGES;
            if (next < chunks) {
#pragma unroll
                for (int m = 0; m < M_TILES; m++)
#pragma unroll
                    for (int h = 0; h < 2; h++) a[s][m][h] = load_streaming(w[m][h] + next * 4);
            }
        }
    }

    // c[0], c[1]: weight row `group`, activation rows 2 * member and the next; c[2], c[3]: weight row group + 8.
    __shared__ float sums[WARPS][16 * M_TILES][8 * N_TILES + 1];
#pragma unroll
    for (int m = 0; m < M_TILES; m++)
#pragma unroll
        for (int t = 0; t < N_TILES; t++)
#pragma unroll
            for (int j = 0; j < 4; j++)
                sums[warp][m * 16 + (j >> 1) * 8 + group][t * 8 + member * 2 + (j & 1)] = c[m][t][j];
    __syncthreads();
    for (int i = threadIdx.x; i < block_rows * n; i += WARPS * 32) {
        int r = i % block_rows, column = i / block_rows, row = row0 + r;
        if (row >= rows) continue;
        int tile_row = silu ? (r >> 4) * 32 + (r & 15) : r;
        float value = 0.f;
#pragma unroll
        for (int s = 0; s < WARPS; s++) value += sums[s][tile_row][column];
        if (silu) {
            float up = 0.f;
#pragma unroll
            for (int s = 0; s < WARPS; s++) up += sums[s][tile_row + 16][column];
            value = to_float(to_half(value));
            float act = to_float(to_half(value / (1.f + __expf(-value))));
            value = act * to_float(to_half(up));
        } else if (bias) {
            value += to_float(bias[row]);
        }
        half_bits* out = y + (i64)column * rows + row;
        *out = to_half(add ? to_float(*out) + to_float(to_half(value)) : value);
    }
}
