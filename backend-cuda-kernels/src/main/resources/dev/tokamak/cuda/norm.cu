// Root-mean-square norm (Zhang and Sennrich, 2019).

// out[row] = x[row] / rms(x[row]) * weight. One block for each row; `hidden` is a multiple of 8. rows, if given, names the rows of x to
// norm: out is then compact.
extern "C" __global__ void rms_norm(
    const half_bits* __restrict__ x,
    const half_bits* __restrict__ weight,
    half_bits* __restrict__ out,
    const int* __restrict__ rows,
    int hidden,
    float epsilon) {
    __shared__ float scratch[32];
    extern __shared__ float values[];
    const half8* w = (const half8*)weight;
    // Weights do not depend on the kernel before. They have to come from memory, since other weights have passed through L2 since last time.
    const half8 first = threadIdx.x < hidden / 8 ? load_early(w + threadIdx.x) : half8{};
    let_next_kernel_begin();
    wait_for_previous_kernel();
    const half8* from = (const half8*)(x + (rows ? rows[blockIdx.x] : (i64)blockIdx.x) * hidden);
    half8* to = (half8*)(out + (i64)blockIdx.x * hidden);
    float sum = 0.f;
    for (int i = threadIdx.x; i < hidden / 8; i += blockDim.x) {
        float v[8];
        unpack(from[i], v);
#pragma unroll
        for (int j = 0; j < 8; j++) {
            sum += v[j] * v[j];
            values[i * 8 + j] = v[j];
        }
    }
    float scale = rsqrtf(block_sum(sum, scratch) / hidden + epsilon);
    for (int i = threadIdx.x; i < hidden / 8; i += blockDim.x) {
        float g[8], y[8];
        half8 gain = first;
        if (i != threadIdx.x) gain = w[i];
        unpack(gain, g);
#pragma unroll
        for (int j = 0; j < 8; j++) {
            // Rounded before the weight is applied, as the reference implementations do.
            y[j] = to_float(to_half(values[i * 8 + j] * scale)) * g[j];
        }
        to[i] = pack8(y);
    }
}
