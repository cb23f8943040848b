"""Trains the demo model for a given wall time, and scores it on the held-out set while it learns.

Worker processes write the corpus in shards while the training reads them. Matrices learn by Muon (K. Jordan, 2024:
momentum whose update is orthogonalised by a Newton-Schulz iteration), embeddings and norms by AdamW.
"""

import argparse
import json
import pathlib
import queue
import random
import shutil
import threading
import time

import numpy
import torch
from tokenizers import Tokenizer

import corpus
import evaluation
from model import CONFIG, Model


class Batches:
    """Packs documents of the shards into rows of a fixed number of tokens, in a thread."""

    def __init__(self, folder, tokens, shortest, longest, device, keep=4000):
        self.folder, self.tokens, self.longest, self.device = folder, tokens, longest, device
        self.documents, self.targets = max(4, tokens // shortest), int(tokens * 0.3)
        self.fresh, self.again, self.read, self.keep = 0, 0, [], keep
        self.ready = queue.Queue(24)
        self.random = random.Random(7)
        threading.Thread(target=self._fill, daemon=True).start()

    def _shards(self):
        seen = set()
        while True:
            new = [p for p in sorted(self.folder.glob("[0-9]*.npz")) if p not in seen]
            for path in new:
                seen.add(path)
                with numpy.load(path) as shard:
                    loaded = shard["tokens"], shard["lengths"]
                path.unlink()
                self.read.append(loaded)
                self.fresh += 1
                yield loaded
            if not new:
                if len(self.read) < 30:
                    time.sleep(0.05)
                else:
                    self.again += 1
                    yield self.random.choice(self.read)

    def _fill(self):
        waiting, lengths, have = [], [], 0
        for tokens, sizes in self._shards():
            waiting.append(tokens)
            lengths.append(sizes)
            have += len(tokens)
            if have < self.tokens:
                continue
            flat, sizes = numpy.concatenate(waiting), numpy.concatenate(lengths)
            ends = numpy.cumsum(sizes)
            offset, first = 0, 0
            while offset + self.tokens <= len(flat):
                last = int(numpy.searchsorted(ends, offset + self.tokens, side="right"))
                inside = ends[first:last] - offset
                self._emit(flat[offset:offset + self.tokens], inside[:self.documents - 2])
                offset = int(ends[last - 1])
                first = last
            waiting, lengths, have = [flat[offset:]], [sizes[first:]], len(flat) - offset

    def _emit(self, flat, ends):
        used = int(ends[-1])
        starts = numpy.full(self.documents + 1, self.tokens, numpy.int32)
        starts[0] = 0
        starts[1:len(ends) + 1] = ends
        # the rest of the row is the beginning of one more document
        positions = numpy.arange(self.tokens, dtype=numpy.int64)
        begin = numpy.zeros(self.tokens, numpy.int64)
        begin[ends[:-1]] = ends[:-1]
        if used < self.tokens:
            begin[used] = used
        positions -= numpy.maximum.accumulate(begin)
        positions = numpy.minimum(positions, self.longest - 1)
        learned = numpy.flatnonzero(flat[1:] & corpus.LEARNED)[:self.targets]
        plain = (flat & (corpus.LEARNED - 1)).astype(numpy.int64)
        source, target = numpy.zeros(self.targets, numpy.int64), numpy.full(self.targets, -100, numpy.int64)
        source[:len(learned)] = learned
        target[:len(learned)] = plain[learned + 1]
        arrays = [torch.from_numpy(a) for a in (plain, positions, starts, source, target)]
        if self.device.type == "cuda":
            arrays = [a.pin_memory().to(self.device, non_blocking=True) for a in arrays]
        self.ready.put((arrays, len(learned)))

    def next(self):
        return self.ready.get()


def joined(batches):
    """One row of every kind of batch, behind each other, as the model's loss takes them; and how many tokens of it are learned."""
    rows, learned = zip(*(b.next() for b in batches))
    ids, positions, starts, sources, targets = zip(*rows)
    offsets = [sum(b.tokens for b in batches[:i]) for i in range(len(batches))]
    packs = [(b.tokens, s, b.longest) for b, s in zip(batches, starts)]
    sources = torch.cat([s + offset for s, offset in zip(sources, offsets)])
    return (torch.cat(ids), torch.cat(positions), packs, sources, torch.cat(targets)), sum(learned)


def orthogonal(update, steps=5):
    """The nearest orthogonal matrix of each matrix in a stack, by a quintic Newton-Schulz iteration."""
    x = update.bfloat16()
    tall = x.size(-2) > x.size(-1)
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        a = x @ x.mT
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.05):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                buffer = self.state[p].setdefault("buffer", torch.zeros_like(p))
                buffer.lerp_(p.grad, 1 - group["momentum"])
                update = orthogonal(p.grad.lerp(buffer, group["momentum"]))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(update.to(p.dtype), alpha=-group["lr"] * max(1, p.size(-2) / p.size(-1)) ** 0.5)


def score(model, tokenizer, lines, dtype):
    prompts = [encoding.ids for encoding in tokenizer.encode_batch([evaluation.prompt(line) for line in lines])]
    together = 48 if max(map(len, prompts)) > 2048 else 512
    order = sorted(range(len(lines)), key=lambda i: (len(prompts[i]) // 4096, lines[i]["max_tokens"], len(prompts[i])))
    replies = [None] * len(lines)
    for begin in range(0, len(order), together):
        part = order[begin:begin + together]
        outputs = model.generate([prompts[i] for i in part], [lines[i]["max_tokens"] for i in part], {0, 2}, dtype)
        for i, text in zip(part, tokenizer.decode_batch(outputs, skip_special_tokens=True)):
            replies[i] = text
    return evaluation.scores(lines, replies), replies


def show(result, kinds=False):
    return " ".join(f"{name}={right / total:.3f}" for name, (right, total) in result.items() if kinds or "/" not in name)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--shards", type=pathlib.Path, default=pathlib.Path("/tmp/demo-corpus"))
    parser.add_argument("--resume", type=pathlib.Path, help="a checkpoint folder to go on from")
    parser.add_argument("--seconds", type=float, required=True, help="wall time from start to the end of training")
    parser.add_argument("--tokens", type=int, default=98304, help="tokens in a step, of documents as long as most chats")
    parser.add_argument("--long-tokens", type=int, default=65536, help="tokens in a step, of long documents; none for 0")
    parser.add_argument("--workers", type=int, default=12, help="processes that write the corpus")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--muon", type=float, default=0.02)
    parser.add_argument("--adam", type=float, default=0.004)
    parser.add_argument("--warm", type=int, default=100, help="steps of rising rate")
    parser.add_argument("--decay", type=float, default=0.55, help="share of the time in which the rate falls to zero")
    parser.add_argument("--every", type=float, default=60, help="seconds between evaluations")
    parser.add_argument("--eager", action="store_true", help="do not compile: worth it for less than a minute of training")
    arguments = parser.parse_args()
    began = time.time()
    shutil.rmtree(arguments.shards, ignore_errors=True)
    kinds = [("short", False, arguments.tokens, 24, corpus.SHORT, 4000)]
    if arguments.long_tokens:
        kinds.append(("long", True, arguments.long_tokens, 512, corpus.LONGEST, 50))
    workers = [corpus.start(arguments.tokenizer, arguments.shards / name, arguments.seed, max(1, arguments.workers // len(kinds)), documents, long)
               for name, long, _, _, _, documents in kinds]
    torch.manual_seed(arguments.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    cuda = device.type == "cuda"
    torch.set_float32_matmul_precision("high")
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
    model = Model(CONFIG).to(device)
    if arguments.resume:
        model.load(arguments.resume)
    print(f"{sum(p.numel() for p in model.parameters())} parameters on {device}", flush=True)
    small, large = evaluation.build(1), evaluation.build(2, 8)
    distant = list(evaluation.questions(evaluation.build_long(2, [(k, n) for k in evaluation.LONG_KINDS for n in (3000, 6000, 12000) for _ in range(3)])))
    matrices = [model.qkv, model.o, model.gate_up, model.down]
    muon = Muon(matrices, arguments.muon)
    adam = torch.optim.AdamW([model.embed, model.norms], arguments.adam, betas=(0.9, 0.95), weight_decay=0, fused=cuda)
    if cuda and not arguments.eager:
        global orthogonal
        orthogonal = torch.compile(orthogonal)
    loss_of = torch.compile(model.loss, dynamic=False) if cuda and not arguments.eager else model.loss
    batches = [Batches(arguments.shards / name, tokens, shortest, longest, device) for name, _, tokens, shortest, longest, _ in kinds]
    in_step = arguments.tokens + arguments.long_tokens
    step, tokens, learned, running, shown, evaluated, first = 0, 0, 0, 0.0, time.time(), time.time(), None
    while True:
        elapsed = time.time() - began
        left = 1 - elapsed / arguments.seconds
        if left <= 0:
            break
        rate = min(1, (step + 1) / arguments.warm, left / arguments.decay)
        for optimizer, base in ((muon, arguments.muon), (adam, arguments.adam)):
            for group in optimizer.param_groups:
                group["lr"] = base * rate
        inputs, count = joined(batches)
        loss = loss_of(*inputs)
        loss.backward()
        muon.step()
        adam.step()
        muon.zero_grad(set_to_none=True)
        adam.zero_grad(set_to_none=True)
        step, tokens, learned = step + 1, tokens + in_step, learned + count
        if step % 20 == 0 and cuda:
            torch.cuda.synchronize()
        if first is None and step == 20:
            first = (time.time(), tokens)
            print(f"{time.time() - began:.0f} s: first 20 steps done", flush=True)
        if step % 200 == 0 or not cuda:
            now = time.time()
            speed = (tokens - first[1]) / (now - first[0]) if first and tokens > first[1] else 0
            print(f"{now - began:.0f} s step {step} loss {loss.item():.4f} rate {rate:.3f} {speed / 1e6:.2f} Mtok/s "
                  f"learned {learned / max(tokens, 1):.3f} "
                  f"shards, again, queue {[(b.fresh, b.again, b.ready.qsize()) for b in batches]}", flush=True)
        if time.time() - evaluated > arguments.every:
            model.eval()
            began_score = time.time()
            result, _ = score(model, tokenizer, small, torch.bfloat16 if cuda else torch.float32)
            print(f"{time.time() - began:.0f} s eval {show(result)} ({time.time() - began_score:.1f} s)", flush=True)
            model.save(arguments.out)
            evaluated = time.time()
    for stop, _ in workers:
        stop.set()
    print(f"{time.time() - began:.0f} s trained {step} steps, {tokens / 1e6:.0f} M tokens, {learned / 1e6:.0f} M learned, "
          f"{[b.fresh for b in batches]} shards, {[b.again for b in batches]} read again", flush=True)
    model.save(arguments.out)
    model.load(arguments.out)
    for name, lines in (("held-out set", small), ("long prompts", distant), ("8 times larger set", large)) if cuda else (("held-out set", small[::20]),):
        result, replies = score(model, tokenizer, lines, torch.float32)
        print(f"{name}: {show(result, kinds=True)}", flush=True)
        wrong = [{"category": line["category"], "kind": line.get("kind"), "last": line["messages"][-1]["content"], "expect": line["expect"], "reply": reply,
                  "tools": [t["function"]["name"] for t in line.get("tools", [])]}
                 for line, reply in zip(lines, replies) if not evaluation.is_right(line, reply)]
        for w in wrong[::max(1, len(wrong) // 25)] if lines is not large else []:
            print(f"  {w['category']}: {w['kind'] or ''} {w['last'][:150]!r} -> {w['reply'][:200]!r}", flush=True)
        (arguments.out / f"wrong-{len(lines)}.jsonl").write_text("".join(json.dumps(w, ensure_ascii=False) + "\n" for w in wrong))
    print(f"{time.time() - began:.0f} s finished", flush=True)
    for _, processes in workers:
        for process in processes:
            process.terminate()


if __name__ == "__main__":
    main()
