// Root-mean-square norm (Zhang and Sennrich, 2019), with the residual connection before it.

// residual[row] += addend[row] (if there is one); out[row] = residual[row] / rms(residual[row]) * weight.
// One block for each row; `hidden` is a multiple of 8. residual and out may be the same only without an addend that is kept.
// out_rows, if given, names the rows to norm: out is then compact, and nothing is added.
extern "C" __global__ void rms_norm(
    half_bits* __restrict__ residual,
    const half_bits* __restrict__ addend,
    const half_bits* __restrict__ weight,
    half_bits* __restrict__ out,
    const int* __restrict__ out_rows,
    int hidden,
    float epsilon) {
    __shared__ float scratch[32];
    extern __shared__ float row_values[];
    i64 source = out_rows ? out_rows[blockIdx.x] : blockIdx.x;
    half8* r = (half8*)(residual + source * hidden);
    const half8* a = (const half8*)(addend + source * hidden);
    half8* o = (half8*)(out + (i64)blockIdx.x * hidden);
    const half8* w = (const half8*)weight;
    let_next_kernel_begin();
    wait_for_previous_kernel();
    float sum = 0.f;
    for (int i = threadIdx.x; i < hidden / 8; i += blockDim.x) {
        float x[8];
        half8 v = r[i];
        unpack(v, x);
        if (addend) {
            float y[8];
            unpack(a[i], y);
#pragma unroll
            for (int j = 0; j < 8; j++) {
                x[j] += y[j];
            }
            v = pack8(x);
            r[i] = v;
            unpack(v, x);
        }
#pragma unroll
        for (int j = 0; j < 8; j++) {
            sum += x[j] * x[j];
            row_values[i * 8 + j] = x[j];
        }
    }
    float scale = rsqrtf(block_sum(sum, scratch) / hidden + epsilon);
    for (int i = threadIdx.x; i < hidden / 8; i += blockDim.x) {
        float g[8], y[8];
        unpack(w[i], g);
#pragma unroll
        for (int j = 0; j < 8; j++) {
            // Rounded before the weight is applied, as the reference implementations do.
            y[j] = to_float(to_half(row_values[i * 8 + j] * scale)) * g[j];
        }
        o[i] = pack8(y);
    }
}
