"""Every kernel against a float64 reference in torch: random inputs, poisoned outputs, odd sizes.

Run on a machine with a GPU, torch, cupy and pytest:  python3 -m pytest -q backend-cuda-kernels/src/test/gpu
"""
import zlib

import pytest
import torch
from kernels import i64, kernel, launch, launch_dependent

DTYPES = [torch.bfloat16, torch.float16]
POISON = float("nan")


def defines(dtype, **more):
    named = dict(more)
    if dtype == torch.float16:
        named["TOKAMAK_FLOAT16"] = 1
    return tuple(sorted(named.items()))


def randn(*shape, dtype=torch.bfloat16, scale=1.0):
    return (torch.randn(*shape, device="cuda", dtype=torch.float32) * scale).to(dtype)


def poisoned(*shape, dtype=torch.bfloat16):
    return torch.full(shape, POISON, device="cuda", dtype=dtype)


def close(out, reference, dtype, factor=1.0):
    assert not torch.isnan(out.double()).any(), "an output was not written"
    error = (out.double() - reference).norm() / reference.norm().clamp_min(1e-30)
    limit = (4e-3 if dtype == torch.bfloat16 else 6e-4) * factor
    assert error < limit, f"relative error {error:.2e} over {limit:.2e}"


@pytest.fixture(autouse=True)
def seeded(request):
    torch.manual_seed(zlib.crc32(request.node.name.encode()))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rows,hidden", [(1, 4096), (7, 64), (3, 2056), (128, 4096), (2, 8192)])
def test_rms_norm(dtype, rows, hidden):
    x, weight = randn(rows, hidden, dtype=dtype), randn(hidden, dtype=dtype)
    reference = x.double() / torch.sqrt((x.double() ** 2).mean(-1, keepdim=True) + 1e-5) * weight.double()
    out = poisoned(rows, hidden, dtype=dtype)
    threads = min(512, max(32, hidden // 8 // 32 * 32))
    launch(kernel("norm.cu", "rms_norm", defines(dtype)), (rows,), (threads,), (x, weight, out, None, hidden, 1e-5), shared=hidden * 4)
    close(out, reference, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_rms_norm_of_chosen_rows(dtype):
    residual, weight = randn(9, 256, dtype=dtype), randn(256, dtype=dtype)
    rows = torch.tensor([8, 0, 3], device="cuda", dtype=torch.int32)
    x = residual.double()[rows.long()]
    out = poisoned(3, 256, dtype=dtype)
    launch(kernel("norm.cu", "rms_norm", defines(dtype)), (3,), (32,), (residual, weight, out, rows, 256, 1e-6), shared=1024)
    close(out, x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6) * weight.double(), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_embed_takes_the_sampled_token_of_its_slot(dtype):
    table = randn(100, 72, dtype=dtype)
    ids = torch.tensor([5, -1, 99, -1], device="cuda", dtype=torch.int32)
    slots = torch.tensor([0, 2, 1, 0], device="cuda", dtype=torch.int32)
    last = torch.tensor([7, 8, 9], device="cuda", dtype=torch.int32)
    out = poisoned(4, 72, dtype=dtype)
    launch(kernel("elementwise.cu", "embed", defines(dtype)), (4,), (32,), (table, ids, slots, last, out, 72, 100))
    assert torch.equal(out, table[torch.tensor([5, 9, 99, 7], device="cuda")])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rows,width", [(1, 14336), (5, 72), (33, 1000)])
def test_silu_mul(dtype, rows, width):
    x = randn(rows, 2 * width, dtype=dtype, scale=3)
    out = poisoned(rows, width, dtype=dtype)
    launch(kernel("elementwise.cu", "silu_mul", defines(dtype)), (max(1, rows * width // 8 // 256),), (256,),
           (x, out, width, i64(rows * width // 8)))
    gate, up = x.double().chunk(2, -1)
    close(out, gate * torch.sigmoid(gate) * up, dtype, 2)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("heads,kv_heads,size", [(32, 8, 128), (4, 1, 64), (6, 2, 96), (3, 1, 256)])
@pytest.mark.parametrize("normed", [False, True])
@pytest.mark.parametrize("fp8", [0, 1])
def test_rope_and_write_kv(dtype, heads, kv_heads, size, normed, fp8):
    tokens, entries = 5, 40
    qkv = randn(tokens, heads + 2 * kv_heads, size, dtype=dtype)
    angle = torch.outer(torch.arange(64, dtype=torch.float64), 10000 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size))
    table = torch.stack([angle.cos(), angle.sin()], -1).float().cuda()
    positions = torch.tensor([0, 1, 63, 17, 2], device="cuda", dtype=torch.int32)
    where = torch.tensor([3, 39, 0, -1, 20], device="cuda", dtype=torch.int32)
    norms = randn(heads + kv_heads, size, dtype=dtype) if normed else None
    q_out = poisoned(tokens, heads, size, dtype=dtype)
    cache_type = torch.float8_e4m3fn if fp8 else dtype
    k_cache, v_cache = (torch.zeros(entries, kv_heads, size, device="cuda").to(cache_type) for _ in range(2))
    launch(kernel("elementwise.cu", "rope_and_write_kv", defines(dtype)), (tokens, (heads + 2 * kv_heads + 7) // 8), (256,),
           (qkv, table, positions, where, norms, q_out, k_cache, v_cache, heads, kv_heads, size, 1e-6, fp8))

    def rotate(x, norm):
        x = x.double()
        if norm is not None:
            x = x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6) * norm.double()
        c, s = table.double()[positions.long()].unsqueeze(1).unbind(-1)
        a, b = x.view(*x.shape[:-1], -1, 2).unbind(-1)
        return torch.stack([a * c - b * s, b * c + a * s], -1).flatten(-2)

    close(q_out, rotate(qkv[:, :heads], norms[:heads] if normed else None), dtype, 2)
    k, v = rotate(qkv[:, heads:heads + kv_heads], norms[heads:] if normed else None), qkv[:, heads + kv_heads:].double()
    kept = where >= 0
    for cache, value in ((k_cache, k), (v_cache, v)):
        if fp8:
            error = (cache.float()[where[kept].long()] - value[kept]).norm() / value[kept].norm()
            assert error < 0.05, f"relative error {error:.2e}: E4M3 has three bits of mantissa"
        else:
            close(cache[where[kept].long()], value[kept], dtype, 2)
        others = torch.ones(entries, dtype=torch.bool, device="cuda")
        others[where[kept].long()] = False
        assert (cache.float()[others] == 0).all(), "padding was written"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("heads,kv_heads,size", [(32, 8, 128), (8, 8, 64), (14, 2, 64), (6, 2, 256)])
@pytest.mark.parametrize("block_size,splits,window", [(16, 1, 0), (16, 7, 0), (1, 3, 0), (48, 2, 100)])
@pytest.mark.parametrize("fp8", [0, 1])
@pytest.mark.parametrize("warps,stages", [(4, 3), (8, 2)])
def test_paged_attention(dtype, heads, kv_heads, size, block_size, splits, window, fp8, warps, stages):
    contexts = [1, 15, 16, 17, 300, 0, 129]
    n, group, max_blocks = len(contexts), heads // kv_heads, 320 // block_size + 1
    total = n * max_blocks
    tables = torch.randperm(total, device="cuda").int().view(n, max_blocks)
    slots = torch.randperm(n, device="cuda").int()
    cache_type = torch.float8_e4m3fn if fp8 else dtype
    k, v = (randn(total * block_size, kv_heads, size, dtype=dtype).to(cache_type) for _ in range(2))
    q, out = randn(n, heads, size, dtype=dtype), poisoned(n, heads, size, dtype=dtype)
    partial = torch.full((n, kv_heads, splits, group, size + 2), POISON, device="cuda")
    counters = torch.zeros(n, kv_heads, device="cuda", dtype=torch.int32)
    lengths = torch.tensor(contexts, device="cuda", dtype=torch.int32)
    while warps * stages * 2 * 16 * size * (1 if fp8 else 2) > 200 * 1024:
        warps //= 2
    f = kernel("attention.cu", "paged_attention", defines(dtype, HEAD_SIZE=size, GROUP=group, FP8_CACHE=fp8, WARPS=warps, STAGES=stages))
    shared = warps * max(stages * 2 * 16 * size * (1 if fp8 else 2) + (32 * size if fp8 else 0), group * size * 4)
    for _ in range(2):  # the counters must be as they were
        out.fill_(POISON)
        launch(f, (kv_heads, n, splits), (32 * warps,), (q, k, v, tables, slots, lengths, out, partial, counters, kv_heads, block_size,
                                                         max_blocks, window, size**-0.5), shared=shared)
    reference = torch.zeros(n, heads, size, device="cuda", dtype=torch.float64)
    for i, context in enumerate(contexts):
        if context == 0:
            continue
        at = torch.arange(context, device="cuda")
        entry = tables[slots[i].long()].long()[at // block_size] * block_size + at % block_size
        if window:
            entry = entry[-window:]
        keys, values = (c.float()[entry].double().repeat_interleave(group, 1) for c in (k, v))
        score = torch.einsum("hd,thd->ht", q[i].double(), keys) * size**-0.5
        reference[i] = torch.einsum("ht,thd->hd", score.softmax(-1), values)
    close(out, reference, dtype)
    assert (counters == 0).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rows,k,n", [(6144, 4096, 1), (4096, 14336, 1), (64, 32, 1), (1000, 160, 8), (4096, 4096, 5), (77, 2080, 8), (35, 6144, 2)])
@pytest.mark.parametrize("mode", ["plain", "bias", "add", "silu"])
def test_skinny_linear(dtype, rows, k, n, mode):
    weight = randn(rows * 2 if mode == "silu" else rows, k, dtype=dtype, scale=k**-0.5)
    x, bias, residual = randn(n, k, dtype=dtype), randn(rows, dtype=dtype), randn(n, rows, dtype=dtype)
    f = kernel("linear.cu", "skinny_linear", defines(dtype))
    tiles = (rows + 7) // 8 if mode == "silu" else (rows + 15) // 16
    for blocks in {min(132, tiles), (tiles + 2) // 3}:
        y = residual.clone() if mode == "add" else poisoned(n, rows, dtype=dtype)
        launch(f, (blocks,), (288,), (weight, x, bias if mode == "bias" else None, y, rows, k, n, {"silu": 1, "add": 2}.get(mode, 0)),
               shared=3 * 65536)
    reference = x.double() @ weight.double().T
    if mode == "bias":
        reference = reference + bias.double()
    if mode == "add":
        reference = reference + residual.double()
    if mode == "silu":
        gate, up = reference.chunk(2, -1)
        reference = gate * torch.sigmoid(gate) * up
    close(y, reference, dtype, 2)


def routed(logits, top, kind="softmax", normalised=True, scale=1.0, correction=None):
    """Runs `route`. Returns the chosen experts, their shares and the plan."""
    tokens, experts = logits.shape
    chosen = torch.full((tokens, top), -7, device="cuda", dtype=torch.int64)
    shares = poisoned(tokens, top, dtype=torch.float32)
    plan = torch.full((4 + 5 * tokens * top,), -7, device="cuda", dtype=torch.int32)
    dtype = torch.float16 if logits.dtype == torch.float16 else torch.bfloat16
    launch(kernel("experts.cu", "route", defines(dtype)), (1,), (1024,),
           (logits, correction, chosen, shares, plan, tokens, experts, top, int(logits.dtype == torch.float32),
            ["softmax", "chosen", "sigmoid"].index(kind), int(normalised), scale))
    return chosen, shares, plan


def groups_of(plan, pairs):
    """The plan's groups: expert and pairs of each."""
    plan = plan.tolist()
    order = plan[4 + 4 * pairs:]
    entries = [plan[4 + 4 * i:8 + 4 * i] for i in range(plan[0])]
    return [(expert, order[first:first + count]) for expert, first, count, _ in entries]


@pytest.mark.parametrize("dtype", DTYPES + [torch.float32])
@pytest.mark.parametrize("tokens,experts,top", [(1, 128, 8), (64, 128, 8), (3, 8, 2), (16, 8, 2), (33, 60, 4), (40, 256, 8), (128, 256, 8), (5, 5, 5)])
@pytest.mark.parametrize("kind,normalised", [("softmax", False), ("softmax", True), ("chosen", False), ("sigmoid", False), ("sigmoid", True)])
def test_route(dtype, tokens, experts, top, kind, normalised):
    logits = randn(tokens, experts, dtype=dtype)
    correction = randn(experts, dtype=torch.float32) if kind == "sigmoid" else None
    wide = logits.double()
    scores = torch.sigmoid(wide) if kind == "sigmoid" else wide.softmax(-1)
    choice = scores if correction is None else scores + correction.double()
    chosen, shares, plan = routed(logits, top, kind, normalised, 1.5, correction)
    # Of equal scores, 16 bits have many, any may be chosen.
    least = choice.topk(top).values[:, -1:]
    assert (choice.gather(1, chosen) >= least - 1e-6).all() and all(len(set(row)) == top for row in chosen.tolist())
    expected = scores.gather(1, chosen)
    if normalised or kind == "chosen":
        expected = expected / expected.sum(-1, keepdim=True)
    assert torch.allclose(shares.double(), expected * 1.5, rtol=1e-4, atol=1e-6)

    pairs = tokens * top
    flat = chosen.flatten().tolist()
    groups = []
    for expert in range(experts):
        mine = [pair for pair in range(pairs) if flat[pair] == expert]
        groups += [(expert, mine[i:i + 8]) for i in range(0, len(mine), 8)]
    assert groups_of(plan, pairs) == groups


def test_route_bears_what_is_not_a_number():
    logits = randn(3, 64)
    logits[1] = float("nan")
    chosen, shares, plan = routed(logits, 4)
    assert ((chosen >= 0) & (chosen < 64)).all()
    assert torch.isnan(shares[1]).all() and not torch.isnan(shares[[0, 2]]).any()
    assert sum(len(pairs) for _, pairs in groups_of(plan, 12)) == 12


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tokens,experts,top,hidden,intermediate", [
    (1, 128, 8, 2048, 768), (64, 128, 8, 2048, 768), (7, 8, 2, 4096, 1792), (16, 8, 2, 64, 96), (30, 4, 3, 2080, 4128), (9, 60, 4, 2048, 1408)])
@pytest.mark.parametrize("launcher", [launch, launch_dependent])
def test_experts(dtype, tokens, experts, top, hidden, intermediate, launcher):
    up = randn(experts, 2 * intermediate, hidden, dtype=dtype, scale=hidden**-0.5)
    down = randn(experts, hidden, intermediate, dtype=dtype, scale=intermediate**-0.5)
    x, logits = randn(tokens, hidden, dtype=dtype), randn(tokens, experts, dtype=dtype)
    pairs = tokens * top
    for blocks in (132, 5):
        inner, parts = poisoned(pairs, intermediate, dtype=dtype), poisoned(pairs, hidden, dtype=dtype)
        y = poisoned(tokens, hidden, dtype=dtype)
        chosen, shares, plan = routed(logits, top)
        f = kernel("experts.cu", "expert_linear", defines(dtype))
        launcher(f, (blocks,), (288,), (up, x, plan, inner, intermediate, hidden, pairs, top, 1, 0), shared=3 * 65536)
        launcher(f, (blocks,), (288,), (down, inner, plan, parts, hidden, intermediate, pairs, 1, 0, 1), shared=3 * 65536)
        launcher(kernel("experts.cu", "combine_experts", defines(dtype)), (tokens, (hidden // 8 + 255) // 256), (256,),
                 (parts, shares, y, hidden, top))
        reference = torch.zeros(tokens, hidden, device="cuda", dtype=torch.float64)
        for token in range(tokens):
            for expert, share in zip(chosen[token].tolist(), shares[token].double().tolist()):
                gate, value = (up[expert].double() @ x[token].double()).chunk(2)
                reference[token] += share * (down[expert].double() @ (gate * torch.sigmoid(gate) * value))
        close(y, reference, dtype, 2)


def test_gather_kv_copies_entries():
    k, v = randn(50, 1024), randn(50, 1024)
    entries = torch.tensor([4, 0, 49, 4], device="cuda", dtype=torch.int32)
    k_out, v_out = poisoned(4, 1024), poisoned(4, 1024)
    launch(kernel("elementwise.cu", "gather_kv", defines(torch.bfloat16)), (4,), (128,), (k, v, entries, k_out, v_out, 1024, 0))
    assert torch.equal(k_out, k[entries.long()]) and torch.equal(v_out, v[entries.long()])
