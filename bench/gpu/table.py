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
http = find(r"HTTP, 256 streams, 512 in .*?, (\d+) output")
share = "not measured" if http is None or offline is None else f"{100 * http / offline:.0f} % of offline"
row("the same through HTTP", ">= 90 % of offline", shown(http, "output tokens/s"), share)
row("idle share, batch 128", "<= 3 %", shown(find(r"timeline: 128 rows: .*idle share ([\d.]+)"), "%"), "-")
row("process start to first token", "<= 20 s", shown(find(r"first token ([\d.]+) s"), "s"), "-")
