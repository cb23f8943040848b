"""Streams completions of random prompts over many connections at once: http_streams.py URL STREAMS INPUT OUTPUT"""
import asyncio
import json
import random
import sys
import time

import aiohttp


async def stream(session, url, tokens, output):
    body = {"prompt": tokens, "max_tokens": output, "ignore_eos": True, "temperature": 0, "stream": True,
            "stream_options": {"include_usage": True}}
    first = None
    async with session.post(url + "/v1/completions", json=body) as response:
        assert response.status == 200, await response.text()
        async for line in response.content:
            if line.startswith(b"data: {"):
                first = first or time.time()
                last = line
    return first, json.loads(last[6:])["usage"]["completion_tokens"]


async def run(url, streams, inputs, output):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(300)) as session:
        prompts = [[random.randrange(1000, 4000) for _ in range(inputs)] for _ in range(streams)]
        begin = time.time()
        answers = await asyncio.gather(*(stream(session, url, p, output) for p in prompts))
        seconds = time.time() - begin
    tokens = sum(count for _, count in answers)
    waits = sorted(first - begin for first, _ in answers)
    print(f"HTTP, {streams} streams, {inputs} in / {output} out: {seconds:.3f} s, {tokens / seconds:.0f} output tokens/s, "
          f"time to first token p50 {waits[len(waits) // 2]:.2f} s")


if __name__ == "__main__":
    url, streams, inputs, output = sys.argv[1], *map(int, sys.argv[2:])
    asyncio.run(run(url, min(streams, 32), 64, 32))
    asyncio.run(run(url, streams, inputs, output))
    asyncio.run(run(url, streams, inputs, output))
