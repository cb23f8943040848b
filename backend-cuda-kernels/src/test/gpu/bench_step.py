"""Times a whole decoding step of the Llama-3.1-8B shape in one CUDA graph, kernels as the product launches them, and what the step takes
without each of its parts: what a part costs where it stands, caches cold and neighbours running, is not what it costs alone.

Run on a machine with a GPU of 40 GB:  python3 backend-cuda-kernels/src/test/gpu/bench_step.py
"""
import torch
from bench_kernels import graph_time
from kernels import i64, kernel, launch, launch_dependent

LAYERS, HIDDEN, INTERMEDIATE, VOCABULARY, HEADS, KV_HEADS, SIZE = 32, 4096, 14336, 128256, 32, 8, 128
BLOCK = 16
DTYPE = torch.bfloat16
PROCESSORS = torch.cuda.get_device_properties(0).multi_processor_count


def weight(rows, k):
    return torch.empty(rows, k, device="cuda", dtype=DTYPE).uniform_(-(k**-0.5), k**-0.5)


def ones():
    return torch.ones(HIDDEN, device="cuda", dtype=DTYPE)


class Model:
    def __init__(self):
        self.layers = [dict(input_norm=ones(), qkv=weight((HEADS + 2 * KV_HEADS) * SIZE, HIDDEN), output=weight(HIDDEN, HEADS * SIZE),
                            middle_norm=ones(), gate_up=weight(2 * INTERMEDIATE, HIDDEN), down=weight(HIDDEN, INTERMEDIATE))
                       for _ in range(LAYERS)]
        self.head = weight(VOCABULARY, HIDDEN)


class Step:
    def __init__(self, model, rows, context, warps, stages, without="", dependent=True):
        self.model, self.rows, self.without = model, rows, without
        self.go = launch_dependent if dependent else launch
        self.warps, self.stages = warps, stages
        blocks = (context + BLOCK - 1) // BLOCK
        self.blocks = blocks

        def random(*shape):
            return torch.empty(*shape, device="cuda", dtype=DTYPE).normal_()

        self.caches = [(random(rows * blocks * BLOCK, KV_HEADS, SIZE), random(rows * blocks * BLOCK, KV_HEADS, SIZE)) for _ in range(LAYERS)]
        self.tables = torch.randperm(rows * blocks, device="cuda").int().view(rows, blocks).contiguous()
        self.slots = torch.arange(rows, device="cuda").int()
        self.lengths = torch.full((rows,), context, device="cuda").int()
        self.positions = self.lengths - 1
        self.entries = (self.tables[:, -1] * BLOCK + (context - 1) % BLOCK).int()
        self.cos_sin = torch.stack([torch.ones(context, SIZE // 2), torch.zeros(context, SIZE // 2)], -1).cuda().contiguous()
        self.residual, self.normed, self.attended = (random(rows, HIDDEN) for _ in range(3))
        self.qkv, self.queries = random(rows, (HEADS + 2 * KV_HEADS) * SIZE), random(rows, HEADS * SIZE)
        self.gate_up, self.gated, self.logits = random(rows, 2 * INTERMEDIATE), random(rows, INTERMEDIATE), random(rows, VOCABULARY)
        self.tokens, self.last = torch.zeros(rows, device="cuda").int(), torch.zeros(rows + 1, device="cuda").int()
        self.partial = torch.empty(rows * KV_HEADS * 16 * HEADS // KV_HEADS * (SIZE + 2), device="cuda")
        self.counters = torch.zeros(rows * KV_HEADS, device="cuda").int()
        self.states = torch.zeros(rows, 16, device="cuda", dtype=torch.int32)
        self.states[:, 7], self.states[:, 12] = self.slots, -1

    def norm(self, gain):
        if self.without != "norm":
            self.go(kernel("norm.cu", "rms_norm"), (self.rows,), (512,), (self.residual, gain, self.normed, None, HIDDEN, 1e-5), shared=HIDDEN * 4)

    def product(self, name, x, w, out, mode):
        """mode: 0 to store, 1 for SiLU, 2 to add."""
        if name == self.without:
            return
        rows, k = w.shape
        if self.rows <= 8:
            outputs = rows // 2 if mode == 1 else rows
            tiles = -(-outputs // (8 if mode == 1 else 16))
            self.go(kernel("linear.cu", "skinny_linear"), (min(tiles, PROCESSORS),), (288,), (w, x, None, out, outputs, k, self.rows, mode),
                    shared=3 * 65536)
        elif mode == 2:
            torch.addmm(out, x, w.t(), out=out)
        else:
            torch.mm(x, w.t(), out=out)

    def run(self):
        n = self.rows
        splits = max(1, min(16, PROCESSORS // (n * KV_HEADS)))
        shared = self.warps * self.stages * 2 * 16 * SIZE * 2
        attention = kernel("attention.cu", "paged_attention", (("GROUP", HEADS // KV_HEADS), ("STAGES", self.stages), ("WARPS", self.warps)))
        for layer, (keys, values) in zip(self.model.layers, self.caches):
            self.norm(layer["input_norm"])
            self.product("qkv", self.normed, layer["qkv"], self.qkv, 0)
            if self.without != "rope":
                self.go(kernel("elementwise.cu", "rope_and_write_kv"), (n, (HEADS + 2 * KV_HEADS) // 8), (256,),
                        (self.qkv, self.cos_sin, self.positions, self.entries, None, self.queries, keys, values, HEADS, KV_HEADS, SIZE, 1e-5, 0))
            if self.without != "attention":
                self.go(attention, (KV_HEADS, n, splits), (32 * self.warps,),
                        (self.queries, keys, values, self.tables, self.slots, self.lengths, self.attended, self.partial, self.counters, KV_HEADS,
                         BLOCK, self.blocks, 0, SIZE**-0.5), shared=shared)
            self.product("output", self.attended, layer["output"], self.residual, 2)
            self.norm(layer["middle_norm"])
            fused = n <= 8
            self.product("gate_up", self.normed, layer["gate_up"], self.gated if fused else self.gate_up, 1 if fused else 0)
            if not fused and self.without != "silu":
                vectors = n * INTERMEDIATE // 8
                self.go(kernel("elementwise.cu", "silu_mul"), (min((vectors + 255) // 256, 16 * PROCESSORS),), (256,),
                        (self.gate_up, self.gated, INTERMEDIATE, i64(vectors)))
            self.product("down", self.gated, layer["down"], self.residual, 2)
        self.norm(self.model.layers[0]["input_norm"])
        self.product("head", self.normed, self.model.head, self.logits, 0)
        if self.without != "sample":
            self.go(kernel("sampler.cu", "sample"), (n,), (1024,), (self.logits, None, None, self.states, None, None, self.tokens, self.last,
                                                                    VOCABULARY, (VOCABULARY + 31) // 32))

    def milliseconds(self):
        return graph_time([self.run]) / 1e3


PARTS = ("norm", "qkv", "rope", "attention", "output", "gate_up", "silu", "down", "head", "sample")
SHAPES = {1: (8, 2), 8: (8, 2), 16: (8, 2), 32: (4, 3), 64: (2, 3), 128: (2, 3)}


if __name__ == "__main__":
    model = Model()
    for rows, (warps, stages) in SHAPES.items():
        options = dict(model=model, rows=rows, context=256, warps=warps, stages=stages)
        whole = Step(**options).milliseconds()
        costs = ", ".join(f"{part} {1e3 * (whole - Step(**options, without=part).milliseconds()):.0f}" for part in PARTS)
        print(f"batch {rows}: {whole:.3f} ms; without its own launches' overlap {Step(**options, dependent=False).milliseconds():.3f} ms; "
              f"us a part makes the step longer: {costs}", flush=True)
