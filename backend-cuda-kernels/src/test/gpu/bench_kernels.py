"""Times the kernels at the shapes of Llama-3.1-8B beside torch's, in CUDA graphs, weights rotating through memory.

Run on a machine with a GPU:  python3 backend-cuda-kernels/src/test/gpu/bench_kernels.py
"""
import torch
from kernels import i64, kernel, launch, launch_dependent


def graph_time(calls, repeats=20):
    torch.cuda.synchronize()
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for call in calls:
            call()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=stream):
            for call in calls:
                call()
        graph.replay()
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        times = []
        for _ in range(repeats):
            begin.record()
            graph.replay()
            end.record()
            end.synchronize()
            times.append(begin.elapsed_time(end) * 1e3 / len(calls))
    return sorted(times)[len(times) // 2]


def linear():
    print("skinny_linear, TB/s of weight (us); cuBLAS beside it")
    for name, rows, k, mode in [("qkv", 6144, 4096, 0), ("o", 4096, 4096, 2), ("gate_up", 14336, 4096, 1), ("down", 4096, 14336, 2),
                                ("lm_head", 128256, 4096, 0)]:
        weight_rows = rows * 2 if mode == 1 else rows
        copies = max(2, int(2e9 / (weight_rows * k * 2)))
        weights = [torch.randn(weight_rows, k, device="cuda", dtype=torch.bfloat16) * k**-0.5 for _ in range(copies)]
        tiles = -(-rows // (8 if mode == 1 else 16))
        f = kernel("linear.cu", "skinny_linear")
        for n in (1, 8, 32, 128):
            x = torch.randn(n, k, device="cuda", dtype=torch.bfloat16)
            y = torch.zeros(n, rows, device="cuda", dtype=torch.bfloat16)
            bytes_read = weight_rows * k * 2
            us = graph_time([(lambda w=w: torch.nn.functional.linear(x, w)) for w in weights])
            line = f"  {name:8} n={n:3}  cuBLAS {bytes_read / us / 1e6:.2f} ({us:.1f})"
            if n <= 8:
                us = graph_time([(lambda w=w: launch_dependent(f, (min(132, tiles),), (288,), (w, x, None, y, rows, k, n, mode), shared=3 * 65536))
                                 for w in weights])
                line += f"  ours {bytes_read / us / 1e6:.2f} ({us:.1f})"
            print(line)
        del weights


def attention():
    print("paged_attention, TB/s of cache, by (warps, stages)")
    for n, context, splits in [(1, 384, 16), (1, 8192, 16), (32, 256, 1), (128, 256, 1), (256, 640, 1), (128, 2048, 1)]:
        blocks = (context + 15) // 16
        copies = min(max(2, int(1e9 / (n * context * 4096))), 64)
        caches = [(torch.randn(n * blocks * 16, 8, 128, device="cuda", dtype=torch.bfloat16),
                   torch.randn(n * blocks * 16, 8, 128, device="cuda", dtype=torch.bfloat16)) for _ in range(copies)]
        tables = torch.randperm(n * blocks, device="cuda").int().view(n, blocks)
        slots = torch.arange(n, device="cuda").int()
        lengths = torch.full((n,), context, device="cuda").int()
        q = torch.randn(n, 32, 128, device="cuda", dtype=torch.bfloat16)
        out = torch.empty_like(q)
        partial = torch.empty(n * 8 * splits * 4 * 130, device="cuda")
        counters = torch.zeros(n * 8, device="cuda", dtype=torch.int32)
        row = []
        for warps, stages in ((8, 2), (4, 3), (2, 3)):
            f = kernel("attention.cu", "paged_attention", (("GROUP", 4), ("HEAD_SIZE", 128), ("STAGES", stages), ("WARPS", warps)))
            us = graph_time([(lambda c=c: launch(f, (8, n, splits), (32 * warps,), (q, c[0], c[1], tables, slots, lengths, out, partial, counters,
                                                                                   8, 16, blocks, 0, 128**-0.5), shared=warps * stages * 8192))
                             for c in caches])
            row.append(f"({warps}, {stages}): {n * context * 4096 / us / 1e6:.2f} ({us:.1f} us)")
        print(f"  n={n} context={context}  " + "  ".join(row))
        del caches


def experts():
    print("experts of Qwen3-30B-A3B, route to combine, TB/s of touched weights (us)")
    count, top, hidden, intermediate = 128, 8, 2048, 768
    layers = [(torch.randn(count, 2 * intermediate, hidden, device="cuda", dtype=torch.bfloat16) * hidden**-0.5,
               torch.randn(count, hidden, intermediate, device="cuda", dtype=torch.bfloat16) * intermediate**-0.5) for _ in range(4)]
    route, product = kernel("experts.cu", "route"), kernel("experts.cu", "expert_linear")
    combine = kernel("experts.cu", "combine_experts")
    for n in (1, 8, 32, 64):
        pairs = n * top
        x = torch.randn(n, hidden, device="cuda", dtype=torch.bfloat16)
        logits = torch.randn(n, count, device="cuda", dtype=torch.bfloat16)
        chosen = torch.zeros(n, top, device="cuda", dtype=torch.int64)
        shares = torch.zeros(n, top, device="cuda")
        plan = torch.zeros(4 + 5 * pairs, device="cuda", dtype=torch.int32)
        inner = torch.zeros(pairs, intermediate, device="cuda", dtype=torch.bfloat16)
        parts = torch.zeros(pairs, hidden, device="cuda", dtype=torch.bfloat16)
        y = torch.zeros_like(x)

        def layer(up, down):
            launch_dependent(route, (1,), (1024,), (logits, None, chosen, shares, plan, n, count, top, 0, 0, 1, 1.0))
            launch_dependent(product, (132,), (288,), (up, x, plan, inner, intermediate, hidden, pairs, top, 1, 0), shared=3 * 65536)
            launch_dependent(product, (132,), (288,), (down, inner, plan, parts, hidden, intermediate, pairs, 1, 0, 1), shared=3 * 65536)
            launch_dependent(combine, (n, 1), (256,), (parts, shares, y, hidden, top))

        us = graph_time([(lambda w=w: layer(*w)) for w in layers])
        touched = len(set(chosen.flatten().tolist())) * 3 * hidden * intermediate * 2
        print(f"  n={n:3} {touched / us / 1e6:.2f} ({us:.1f})")


def sampling():
    print("sample, us")
    for n in (1, 128, 256):
        logits = torch.randn(n, 128256, device="cuda", dtype=torch.bfloat16)
        tokens, last = torch.zeros(n, device="cuda").int(), torch.zeros(n, device="cuda").int()
        f = kernel("sampler.cu", "sample")
        for name, (t, p, k) in dict(greedy=(0.0, 1.0, 0), plain=(1.0, 1.0, 0), top_p=(1.0, 0.9, 0), top_k_p=(1.0, 0.9, 50)).items():
            state = torch.zeros(n, 16, dtype=torch.int32)
            state[:, :3] = torch.tensor([t, p, 0.0]).view(torch.int32)
            state[:, 3], state[:, 7], state[:, 12] = k, torch.arange(n), -1
            state = state.cuda()
            us = graph_time([lambda: launch(f, (n,), (1024,), (logits, None, None, state, None, None, tokens, last, 128256, 4008))] * 10)
            print(f"  n={n} {name}: {us:.1f}")
        adjusted, out = torch.empty(n, 128256, device="cuda"), torch.empty(n, 12, device="cuda", dtype=torch.int32)
        counts = torch.ones(n, 128256, device="cuda", dtype=torch.int16)
        adjustments = torch.zeros(n, 20, dtype=torch.int32)
        adjustments[:, 0], adjustments[:, 13] = torch.arange(n), -1
        adjustments[:, 8:11] = torch.tensor([0.5, 0.5, 1.1]).view(torch.int32)
        adjustments[:, 4:6] = (counts.data_ptr() + 2 * 128256 * torch.arange(n))[:, None].view(torch.int32)
        adjustments = adjustments.cuda()
        us = graph_time([lambda: launch(kernel("adjust.cu", "adjust"), (16, n), (256,), (logits, None, adjustments, adjusted, 128256, 8192))] * 10)
        print(f"  n={n} adjust: {us:.1f}")
        wanted = torch.stack([torch.arange(n), torch.full((n,), 5)], 1).int().cuda()
        us = graph_time([lambda: launch(kernel("logprobs.cu", "logprobs"), (n,), (1024,), (logits, None, wanted, tokens, out, 5, 128256))] * 10)
        print(f"  n={n} 5 log probabilities: {us:.1f}")


def small():
    print("small kernels, us a call in a graph")
    for n in (1, 32, 128):
        r = torch.randn(n, 4096, device="cuda", dtype=torch.bfloat16)
        w, o = torch.randn(4096, device="cuda", dtype=torch.bfloat16), torch.empty_like(r)
        f = kernel("norm.cu", "rms_norm")
        print(f"  n={n} rms_norm {graph_time([lambda: launch(f, (n,), (512,), (r, w, o, None, 4096, 1e-5), shared=16384)] * 50):.2f}")
        x, y = torch.randn(n, 28672, device="cuda", dtype=torch.bfloat16), torch.empty(n, 14336, device="cuda", dtype=torch.bfloat16)
        g = kernel("elementwise.cu", "silu_mul")
        print(f"  n={n} silu_mul {graph_time([lambda: launch(g, (max(1, n * 14336 // 8 // 256),), (256,), (x, y, 14336, i64(n * 14336 // 8)))] * 50):.2f}")


if __name__ == "__main__":
    a = torch.empty(2**30, device="cuda", dtype=torch.uint8)
    b = torch.empty_like(a)
    us = graph_time([lambda: b.copy_(a)] * 4)
    print(f"{torch.cuda.get_device_name()}: copy {2 * 2**30 / us / 1e6:.2f} TB/s")
    linear()
    attention()
    experts()
    sampling()
    small()
