"""Streams completions of random prompts from several client processes: streams.py NAME URL WORK...

WORK is STREAMSxINPUTxOUTPUT, such as 256x512x256, with :WAY behind it one of the WAYS below; or long: while 32 streams run, a prompt of 7,800 tokens comes.
Prints throughput, the time to the first token and the gaps between events; each work runs three times after a shorter one, and the middle one counts, for long
the middle first token and the middle longest gap. Ends with status 1 if streams send fewer events than tokens: then something else was measured.
"""
import asyncio
import json
import multiprocessing
import random
import sys
import time
import urllib.request

import aiohttp

CLIENTS = 8
ROUNDS = 3
# Tokens that are the beginning of a character have no text yet.
LEAST_EVENTS = 0.98
WAYS = {
    "greedy": {"temperature": 0},
    "temperature": {"temperature": 0.8},
    "top-p,top-k": {"temperature": 0.8, "top_p": 0.95, "top_k": 50},
    "top-p": {"temperature": 0.8, "top_p": 0.95},
    "penalties": {"temperature": 0, "presence_penalty": 0.5, "frequency_penalty": 0.5, "repetition_penalty": 1.1},
    "logit-bias": {"temperature": 0, "logit_bias": {str(i): 2.0 for i in range(5000, 5100)}},
    "bad-words": {"temperature": 0, "bad_words": ["house", "aaab aaac"]},
    "allowed": {"temperature": 0, "allowed_token_ids": list(range(1000, 100000, 7))},
    "min-tokens": {"temperature": 0, "min_tokens": 10_000, "stop_token_ids": [7, 8, 9]},
    "logprobs": {"temperature": 0, "logprobs": 5},
    "expression": {"temperature": 0, "structured_outputs": {"regex": "([a-z]+ ){400,}"}},
}


async def stream(session, url, model, work, delay):
    """When the request began, and when each event came that has text."""
    streams, inputs, output, way = work
    options = dict(WAYS[way])
    if "min_tokens" in options:
        options["min_tokens"] = output
    body = {"model": model, "prompt": [random.randrange(1000, 4000) for _ in range(inputs)], "max_tokens": output, "ignore_eos": True,
            "stream": True, "stream_options": {"include_usage": True}, **options}
    await asyncio.sleep(delay)
    begin, times, last = time.time(), [], None
    async with session.post(url + "/v1/completions", json=body) as response:
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {await response.text()}")
        async for line in response.content:
            if line.startswith(b"data: {"):
                last = line
                if b'"text":""' not in line and b'"text": ""' not in line:
                    times.append(time.time())
    end = json.loads(last[6:])
    tokens = (end.get("usage") or {}).get("completion_tokens")
    if tokens != output:
        raise RuntimeError(f"{tokens} tokens instead of {output}: {end}")
    return begin, times


def client(arguments):
    url, model, work, at, delay = arguments

    async def run():
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(240)) as session:
            await asyncio.sleep(max(0, at - time.time()))
            return await asyncio.gather(*(stream(session, url, model, work, delay) for _ in range(work[0])))

    return asyncio.run(run())


def together(pool, url, model, works):
    """Runs works, given as (work, delay), from processes of their own that begin at the same time."""
    at = time.time() + 0.3
    return pool.map(client, [(url, model, work, at, delay) for work, delay in works], chunksize=1)


def spread(work):
    streams, *rest = work
    processes = min(CLIENTS, streams)
    return [((streams // processes + (i < streams % processes), *rest), 0.0) for i in range(processes)]


def percentile(values, share):
    values = sorted(values) or [0.0]
    return values[min(len(values) - 1, int(share * len(values)))] * 1e3


def gaps(times):
    return [after - before for before, after in zip(times, times[1:])]


def measure(pool, url, model, name, text):
    shape, _, way = text.partition(":")
    streams, inputs, output = map(int, shape.split("x"))
    work = (streams, inputs, output, way or "greedy")
    together(pool, url, model, spread((min(streams, 64), inputs, min(output, 32), work[3])))
    rounds = []
    for _ in range(ROUNDS):
        answers = [a for part in together(pool, url, model, spread(work)) for a in part]
        seconds = max(times[-1] for _, times in answers) - min(begin for begin, _ in answers)
        rounds.append((streams * output / seconds, answers))
    rate, answers = sorted(rounds, key=lambda r: r[0])[ROUNDS // 2]
    first = [times[0] - begin for begin, times in answers]
    between = [gap for _, times in answers for gap in gaps(times)]
    events = sum(len(times) for _, times in answers)
    print(f"HTTP {name} {text}: {rate:.0f} tokens/s ({', '.join(f'{r:.0f}' for r, _ in rounds)}); {events} events of {streams * output} tokens; first token p50 "
          f"{percentile(first, 0.5):.0f} p99 {percentile(first, 0.99):.0f} ms; gaps p50 {percentile(between, 0.5):.1f} p99 {percentile(between, 0.99):.1f} max "
          f"{percentile(between, 1):.0f} ms", flush=True)
    if events < LEAST_EVENTS * streams * output:
        sys.exit(f"streams sent {events} events for {streams * output} tokens")


def long_prompt(pool, url, model, name):
    rounds = []
    for _ in range(ROUNDS + 1):
        works = [((8, 128, 256, "greedy"), 0.0)] * 4 + [((1, 7800, 8, "greedy"), 0.8)]
        *others, (alone,) = together(pool, url, model, works)
        begin, times = alone
        longest = max(gap for part in others for _, own in part for gap in gaps(own[5:]))
        rounds.append(((times[0] - begin) * 1e3, longest * 1e3))
    del rounds[0]
    first, longest = (sorted(values)[ROUNDS // 2] for values in zip(*rounds))
    print(f"HTTP {name} long: a prompt of 7,800 tokens beside 32 streams: its first token {first:.0f} ms "
          f"({', '.join(f'{f:.0f}' for f, _ in rounds)}); longest gap of the others {longest:.0f} ms ({', '.join(f'{g:.0f}' for _, g in rounds)})", flush=True)


def main(name, url, works):
    model = json.load(urllib.request.urlopen(url + "/v1/models"))["data"][0]["id"]
    with multiprocessing.Pool(CLIENTS) as pool:
        for work in works:
            try:
                if work == "long":
                    long_prompt(pool, url, model, name)
                else:
                    measure(pool, url, model, name, work)
            except (RuntimeError, asyncio.TimeoutError, aiohttp.ClientError) as failure:
                print(f"HTTP {name} {work}: not measured, {type(failure).__name__}: {str(failure)[:200]}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [work for work in sys.argv[3:] if work])
