"""From logits to tokens: adjusting, drawing and log probabilities against float64.

Run on a machine with a GPU, torch, cupy and pytest:  python3 -m pytest -q backend-cuda-kernels/src/test/gpu
"""
import math

import pytest
import torch
from kernels import kernel, launch
from test_kernels import POISON, defines, randn, seeded  # noqa: F401

STATE_INTS, ADJUSTMENT_INTS = 16, 20


def bits(*floats):
    return torch.tensor(floats, dtype=torch.float32).view(torch.int32)


def put_address(ints, at, tensor, offset=0):
    address = 0 if tensor is None else tensor.data_ptr() + offset
    ints[at:at + 2] = torch.tensor([address], dtype=torch.int64).view(torch.int32)


def type_of(logits):
    return torch.float16 if logits.dtype == torch.float16 else torch.bfloat16


def halves_and_floats(logits):
    return (None, logits) if logits.dtype == torch.float32 else (logits, None)


def sample(logits, temperature=1.0, top_p=1.0, min_p=0.0, top_k=0, seed=1, index=0, mask=None, adjusted=None, counts=None, history=None):
    rows, vocabulary = logits.shape
    state = torch.zeros(rows, STATE_INTS, dtype=torch.int32)
    state[:, :3] = bits(temperature, top_p, min_p)
    state[:, 3], state[:, 4], state[:, 5] = top_k, seed & 0x7FFFFFFF, 0
    state[:, 6], state[:, 7] = torch.arange(index, index + rows), torch.arange(rows)
    for r in range(rows if counts is not None or history is not None else 0):
        put_address(state[r], 8, counts, 2 * vocabulary * r)
        put_address(state[r], 10, history, 4 * r)
    state[:, 12] = -1 if adjusted is None else torch.arange(rows)
    state = state.cuda()
    tokens = torch.full((rows,), -7, device="cuda", dtype=torch.int32)
    last = torch.full((rows,), -7, device="cuda", dtype=torch.int32)
    mask_rows = torch.arange(rows, device="cuda", dtype=torch.int32)
    launch(kernel("sampler.cu", "sample", defines(type_of(logits))), (rows,), (1024,),
           (*halves_and_floats(logits), adjusted, state, mask, mask_rows, tokens, last, vocabulary, (vocabulary + 31) // 32))
    assert torch.equal(tokens.clamp_min(0), last)
    return tokens.cpu().long()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
@pytest.mark.parametrize("vocabulary", [128256, 4096, 33])
def test_greedy_takes_the_lowest_of_the_likeliest(dtype, vocabulary):
    logits = randn(17, vocabulary, dtype=dtype)
    logits[3, 20] = logits[3, 7] = 50
    tokens = sample(logits, temperature=0.0)
    assert tokens[3] == 7
    assert torch.equal(logits.float().gather(1, tokens.cuda()[:, None]).squeeze(1), logits.float().max(-1).values)


def test_a_row_that_is_not_a_number_fails_alone():
    logits = randn(3, 1000)
    logits[1, 999] = POISON
    assert sample(logits).tolist()[1] == -1
    assert (sample(logits)[[0, 2]] >= 0).all()


def kept(x, top_k=0, top_p=1.0, min_p=0.0, temperature=1.0):
    """Which tokens can be drawn, in float64; what equals the last one is kept as well."""
    x = x.double() / temperature
    keep = torch.isfinite(x)
    if min_p:
        keep &= x >= x.max() + math.log(min_p)
    if top_k:
        keep &= x >= x.topk(min(top_k, len(x))).values[-1]
    p, order = x.masked_fill(~keep, -math.inf).softmax(-1).sort(descending=True)
    return keep & (x >= x[order[min(int((p.cumsum(0) < top_p).sum()), len(x) - 1)]])


SETTINGS = [dict(top_k=5), dict(top_p=0.7), dict(min_p=0.2), dict(top_k=50, top_p=0.9, temperature=0.8), dict(top_k=40, min_p=0.01), {}]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("vocabulary", [64, 5001])
def test_draws_follow_the_distribution(settings, dtype, vocabulary):
    draws = 20000
    row = randn(1, vocabulary, dtype=dtype, scale=2)
    tokens = sample(row.expand(draws, vocabulary).contiguous(), **settings)
    keep = kept(row[0], **settings)
    x = row[0].double() / settings.get("temperature", 1.0)
    expected = x.masked_fill(~keep, -math.inf).softmax(-1).cpu()
    seen = torch.bincount(tokens, minlength=vocabulary).double() / draws
    assert (seen[expected == 0] == 0).all(), "a token outside of the set was drawn"
    assert ((seen - expected).abs() < 5 * (expected * (1 - expected) / draws).sqrt() + 1e-4).all()
    # Pearson's statistic over the tokens that can be expected five times, all others taken together.
    often = expected * draws >= 5
    expected = torch.cat([expected[often], expected[~often].sum()[None]]) * draws
    seen = torch.cat([seen[often], seen[~often].sum()[None]]) * draws
    terms = ((seen - expected) ** 2 / expected.clamp_min(1e-9))[expected > 5]
    degrees = len(terms) - 1
    assert terms.sum() < degrees + 5 * math.sqrt(2 * degrees) + 5


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("case", ["usual", "small", "negative", "equal", "wide", "mostly masked"])
@pytest.mark.parametrize("settings", [dict(top_k=1), dict(top_k=50), dict(top_k=3000), dict(top_k=200, top_p=0.6), dict(top_p=0.3), dict(top_p=0.999)])
def test_what_is_kept_is_exact(dtype, case, settings):
    """Whatever the number of rows that draw, all of what they draw is kept, and the likeliest and the least likely kept token can be drawn."""
    vocabulary, rows = 40000, 64
    x = randn(1, vocabulary, dtype=dtype, scale={"small": 1e-3, "wide": 30}.get(case, 2))[0]
    if case == "negative":
        x = -x.abs() - 1
    if case == "equal":
        x = torch.full_like(x, 1.5)
    if case == "mostly masked":
        x[torch.randperm(vocabulary, device="cuda")[30:]] = -math.inf
    keep = kept(x, **settings).cpu()
    tokens = sample(x.expand(rows, vocabulary).contiguous(), **settings)
    # Next to top-p's border the sum decides, which is float32.
    border = 0 if "top_p" not in settings else 1e-4
    loose = kept(x, **{**settings, **({"top_p": settings["top_p"] + border} if border else {})}).cpu()
    assert loose[tokens].all()
    below = x.double().masked_fill(~keep.cuda(), -math.inf).softmax(-1).cumsum(0)
    uniform = torch.tensor([philox_uniform(1, i) for i in range(rows)], device="cuda", dtype=torch.float64)
    expected = torch.searchsorted(below, uniform, right=True).cpu()
    assert (tokens == expected).double().mean() >= 0.9


def test_a_mask_forbids_tokens_and_seeds_repeat():
    logits = randn(64, 1000)
    mask = torch.zeros(64, 32, device="cuda", dtype=torch.int32)
    mask[:, 5] = 0b1010
    tokens = sample(logits, mask=mask)
    assert set(tokens.tolist()) <= {161, 163}
    assert torch.equal(tokens, sample(logits, mask=mask))
    assert not torch.equal(sample(logits, seed=1), sample(logits, seed=2))


def philox_uniform(seed, counter):
    """Philox 4x32-10 written from the paper's description, on Python integers."""
    c, k = [counter, 0, 0, 0], [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return (c[0] >> 8) / 2**24


def test_draws_use_philox_by_seed_and_output_index():
    vocabulary = 1000
    logits = torch.zeros(256, vocabulary, device="cuda")
    tokens = sample(logits, seed=42, index=5)
    expected = [min(int(philox_uniform(42, 5 + i) * vocabulary), vocabulary - 1) for i in range(256)]
    assert sum(abs(a - b) <= 1 for a, b in zip(tokens.tolist(), expected)) == 256
    assert sum(a == b for a, b in zip(tokens.tolist(), expected)) >= 250


@pytest.mark.parametrize("vocabulary", [128256, 50257])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
@pytest.mark.parametrize("top_k,top_p", [(0, 1.0), (0, 0.9), (40, 1.0), (1000, 0.5)])
def test_draws_from_a_large_vocabulary_invert_its_distribution(vocabulary, dtype, top_k, top_p):
    rows = 200
    row = randn(1, vocabulary, dtype=dtype, scale=3)
    tokens = sample(row.expand(rows, vocabulary).contiguous(), top_k=top_k, top_p=top_p, seed=9)
    x = row[0].double()
    keep = torch.ones_like(x, dtype=torch.bool)
    if top_k:
        keep &= x >= x.topk(top_k).values[-1]
    p, order = x.masked_fill(~keep, -math.inf).softmax(-1).sort(descending=True)
    keep &= x >= x[order[int((p.cumsum(0) < top_p).sum().clamp_max(vocabulary - 1))]]
    below = x.masked_fill(~keep, -math.inf).softmax(-1).cumsum(0)
    uniform = torch.tensor([philox_uniform(9, i) for i in range(rows)], device="cuda", dtype=torch.float64)
    expected = torch.searchsorted(below, uniform, right=True).cpu()
    # Sums in float32 move a draw that falls next to a border.
    assert (tokens.cpu() == expected).double().mean() >= 0.97


def counted(counts):
    return (counts.view(torch.int16).int() & 0xFFFF).cpu()


def test_tokens_are_counted_and_taken_back():
    vocabulary = 1001
    counts = torch.zeros(2, vocabulary, device="cuda", dtype=torch.int16)
    f = kernel("adjust.cu", "count_tokens")
    prompt = torch.tensor([5, 5, 1000, -1, 1001, 0], device="cuda", dtype=torch.int32)
    drawn = torch.tensor([5, 6, 7] * 700, device="cuda", dtype=torch.int32)
    own = counts[1]
    launch(f, (1,), (256,), (own, prompt, len(prompt), 0, vocabulary))
    launch(f, ((len(drawn) + 255) // 256,), (256,), (own, drawn, len(drawn), 1, vocabulary))
    launch(f, (1,), (256,), (own, drawn[:2], 2, 2, vocabulary))
    seen = counted(counts)
    expected = torch.zeros(2, vocabulary, dtype=torch.int32)
    expected[1, 5], expected[1, 6], expected[1, 7], expected[1, 1000], expected[1, 0] = 0x8000 + 699, 699, 700, 0x8000, 0x8000
    assert torch.equal(seen, expected)


def test_counting_ends_where_the_number_does():
    counts = torch.zeros(4, device="cuda", dtype=torch.int16)
    drawn = torch.ones(40000, device="cuda", dtype=torch.int32)
    launch(kernel("adjust.cu", "count_tokens"), (157,), (256,), (counts, drawn, len(drawn), 1, 4))
    assert counted(counts).tolist() == [0, 32767, 0, 0]


def test_drawn_tokens_are_counted_and_noted():
    logits = randn(5, 1000)
    logits[3, 0] = POISON
    counts = torch.zeros(5, 1000, device="cuda", dtype=torch.int16)
    counts[0] = -1  # a token of the prompt, drawn as often as can be counted
    history = torch.full((5,), -9, device="cuda", dtype=torch.int32)
    tokens = sample(logits, counts=counts, history=history)
    assert history.tolist() == [-9 if t < 0 else t for t in tokens.tolist()]
    expected = torch.zeros(5, 1000, dtype=torch.int32)
    expected[0] = 0xFFFF
    for r in (1, 2, 4):
        expected[r, tokens[r]] = 1
    assert tokens[3] == -1 and torch.equal(counted(counts), expected)


def test_adjusted_rows_stand_in_for_the_logits():
    logits, adjusted = randn(9, 4096), randn(9, 4096, dtype=torch.float32)
    assert torch.equal(sample(logits, temperature=0.0, adjusted=adjusted), adjusted.argmax(-1).cpu())


@pytest.mark.parametrize("vocabulary", [128256, 1003])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_adjusting_is_what_each_row_asks_for(vocabulary, dtype):
    logits = randn(3, vocabulary, dtype=dtype, scale=3)
    draw = torch.Generator().manual_seed(vocabulary)
    counts = torch.where(torch.rand(2, vocabulary, generator=draw) < 0.1, torch.randint(0, 5, (2, vocabulary), generator=draw), 0)
    counts += torch.where(torch.rand(2, vocabulary, generator=draw) < 0.1, 0x8000, 0)
    counts16 = counts.to(torch.int32).to(torch.int16).cuda()
    biased = torch.randperm(vocabulary, generator=draw)[:300]
    biases = torch.randn(300, generator=draw) * 20
    ends = torch.tensor([7, vocabulary - 1])
    words = [[11], [3, 12], [3, 4, 13], [9, 4, 14], [4, 3, 4, 15], list(range(12)) + [16]]
    tokens = [9, 4, 3, 4, 3]  # the history: only [11], [3, 12] and no other word may go on
    allowed = torch.rand(vocabulary, generator=draw) < 0.9
    ring = 16
    length = 37
    lists = torch.zeros(4096 + vocabulary // 32 + 1, dtype=torch.int32)
    lists[:300], lists[300:600] = biased.int(), biases.view(torch.int32)
    lists[600:602] = ends.int()
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    lists[602:602 + len(starts)] = torch.tensor(starts)
    flat = [t for word in words for t in word]
    lists[602 + len(starts):602 + len(starts) + len(flat)] = torch.tensor(flat)
    history_at, allowed_at = 2000, 2100
    for i, token in enumerate(tokens):
        lists[history_at + (length - len(tokens) + i) % ring] = token
    for t in allowed.nonzero()[:, 0].tolist():
        value = (int(lists[allowed_at + t // 32]) & 0xFFFFFFFF) | (1 << (t % 32))
        lists[allowed_at + t // 32] = value - (1 << 32) if value >= 1 << 31 else value
    lists = lists.cuda()
    presence, frequency, repetition = 0.7, 0.3, 1.3
    # Row 2 asks for everything, row 0 for penalties alone.
    adjustments = torch.zeros(2, ADJUSTMENT_INTS, dtype=torch.int32)
    for i, (row, all_of_it) in enumerate([(2, True), (0, False)]):
        a = adjustments[i]
        a[0], a[1], a[2], a[3] = row, 300 * all_of_it, 2 * all_of_it, len(words) * all_of_it
        put_address(a, 4, counts16[i])
        put_address(a, 6, lists)
        a[8:11] = bits(presence, frequency, repetition)
        a[11], a[12], a[13], a[14], a[15], a[16] = 600, 602, allowed_at if all_of_it else -1, history_at, ring - 1, length
    adjusted = torch.full((2, vocabulary), POISON, device="cuda")
    stretch = 8192
    launch(kernel("adjust.cu", "adjust", defines(type_of(logits))), ((vocabulary + stretch - 1) // stretch, 2), (256,),
           (*halves_and_floats(logits), adjustments.cuda(), adjusted, vocabulary, stretch))
    for i, (row, all_of_it) in enumerate([(2, True), (0, False)]):
        y = logits[row].double().cpu()
        refused = torch.zeros(vocabulary, dtype=torch.bool)
        if all_of_it:
            refused |= ~allowed
            refused[torch.tensor([11, 12, 7, vocabulary - 1])] = True
            y[biased] += biases.double()
        drawn = counts[i] & 0x7FFF
        y = torch.where(counts[i] != 0, torch.where(y > 0, y / repetition, y * repetition), y)
        y = y - drawn * frequency - (drawn > 0) * presence
        out = adjusted[i].double().cpu()
        assert not torch.isnan(out).any()
        assert torch.equal(out == -math.inf, refused)
        error = (out - y)[~refused].abs() / y[~refused].abs().clamp_min(1)
        assert error.max() < 1e-6


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("vocabulary", [128256, 1003, 5])
@pytest.mark.parametrize("case", ["usual", "equal", "small"])
@pytest.mark.parametrize("most", [0, 1, 5, 20, 3000])
def test_log_probabilities_ranks_and_the_likeliest(dtype, vocabulary, case, most):
    rows = 4
    logits = randn(rows, vocabulary, dtype=dtype, scale=1e-3 if case == "small" else 3)
    if case == "equal":
        logits.fill_(0.5)
        logits[:, 2] = 1
    tokens = torch.tensor([0, vocabulary - 1, -1, 3], device="cuda", dtype=torch.int32)
    most = min(most, vocabulary)
    counts = [most, most // 2, most, 0]
    wanted = torch.tensor([[3, counts[0]], [0, counts[1]], [2, counts[2]], [1, counts[3]]], device="cuda", dtype=torch.int32)
    out = torch.full((rows, 2 + 2 * most), -77, device="cuda", dtype=torch.int32)
    launch(kernel("logprobs.cu", "logprobs", defines(type_of(logits))), (rows,), (1024,),
           (*halves_and_floats(logits), wanted, tokens, out, most, vocabulary))
    reference = logits.double().log_softmax(-1).cpu()
    for i, (row, count) in enumerate(wanted.tolist()):
        token = int(tokens[row])
        if token < 0:
            assert (out[i] == -77).all()
            continue
        got = out[i].cpu()
        assert abs(got[:1].view(torch.float32).double() - reference[row, token]) < 2e-5
        assert got[1] == (logits[row] > logits[row, token]).sum() + 1
        # A stable sort: of equal ones the lowest id first.
        best = logits[row].float().cpu().sort(descending=True, stable=True).indices[:count]
        assert torch.equal(got[2:2 + count].long(), best)
        values = got[2 + most:2 + most + count].view(torch.float32).double()
        assert (values - reference[row, best]).abs().max() < 2e-5 if count else True
