"""Makes the table of bench/RESULTS.md from what run.sh has printed: table.py LOG"""
import re
import sys

text = open(sys.argv[1]).read()


def find(pattern, kind=float):
    """The last match's first group as a number, or None."""
    found = re.findall(pattern, text)
    return kind(found[-1]) if found else None


def row(work, wanted, measured, peer):
    print(f"| {work} | {wanted} | {measured} | {peer} |")


def ratio(ours, theirs):
    return "not measured" if ours is None or theirs is None else f"{theirs:g}; {ours / theirs:.1f} times"


def shown(value, unit):
    return "not measured" if value is None else f"{value:,g} {unit}"


peer = {n: find(rf"transformers generate, batch {n}, .*?: ([\d.]+) ms") for n in (1, 32, 128)}
# By the wall clock: the whole time less that of the same batch with one output token, over the steps between.
ours = {n: find(rf" {n} requests, .* ([\d.]+) ms a step") for n in (1, 32, 128)}
copy = find(r"copy ceiling: ([\d.]+)")
print("| work | wanted | measured | peer in the same run |\n|---|---|---|---|")
row("copy ceiling", "-", shown(copy, "TB/s"), "-")
floor = None if copy is None else 15.01 / copy
row("decode, batch 1, 128 in / 512 out", "<= 4.3 ms a step", shown(ours[1], "ms a step"),
    f"transformers {shown(peer[1], 'ms')}; floor {shown(floor and round(floor, 2), 'ms')}")
for n, wanted in ((32, 6500), (128, 20000)):
    rate = ours[n] and round(n / ours[n] * 1e3)
    row(f"decode, batch {n}, context 192-320", f">= {wanted:,} tokens/s", f"{shown(rate, 'tokens/s')} ({shown(ours[n], 'ms a step')})",
        f"transformers {ratio(rate, peer[n] and round(n / peer[n] * 1e3))}")
offline = find(r" 256 requests, 512 in / 256 out: .*?, (\d+) output")
row("256 requests, 512 in / 256 out", ">= 9,000 output tokens/s", shown(offline, "output tokens/s"),
    "transformers, 32 out: " + ratio(offline, find(r"continuous batching, .*: (\d+) output")))
http = find(r"HTTP tokamak 256x512x256: (\d+)")
share = "not measured" if http is None or offline is None else f"{100 * http / offline:.0f} % of offline"
row("the same through HTTP", ">= 90 % of offline", shown(http, "output tokens/s"), share)
row("idle share, batch 128", "<= 3 %", shown(find(r"timeline: 128 rows: .*idle share ([\d.]+)"), "%"), "-")
row("process start to first token", "<= 20 s", shown(find(r"first token ([\d.]+) s"), "s"), "-")
own, vllm = (find(rf"HTTP {name} 256x512x256: (\d+)") for name in ("tokamak", "vllm"))
row("HTTP, 256 streams, beside vLLM", "-", shown(own, "tokens/s"), f"vLLM {ratio(own, vllm)}")
for part, what in ((r"its first token (\d+)", "first token"), (r"longest gap of the others (\d+)", "others' longest gap")):
    own, vllm = (find(rf"HTTP {name} long: .*?{part}") for name in ("tokamak", "vllm"))
    row(f"7,800 tokens beside 32 streams, {what}", {"first token": "<= 210 ms"}.get(what, "<= 195 ms"), shown(own, "ms"), f"vLLM {shown(vllm, 'ms')}")


def way(name, which):
    return find(rf"HTTP {name} 64x192x128:{re.escape(which)}: (\d+)")


for which, wanted in (("temperature", "97"), ("top-p,top-k", "97"), ("top-p", "97"), ("penalties", "95"), ("logit-bias", "95"), ("bad-words", "95"), ("allowed", "95"),
                      ("min-tokens", "95"), ("logprobs", "95"), ("expression", "90")):
    own, greedy = way("tokamak", which), way("tokamak", "greedy")
    share = "" if None in (own, greedy) else f", {100 * own / greedy:.0f} % of greedy"
    row(f"HTTP, 64 streams, {which}", f">= {wanted} % of greedy", shown(own, "tokens/s") + share, f"vLLM {shown(way('vllm', which), 'tokens/s')}")
