"""Writes the corpus as shards of token ids. Shard number n depends on the seed and n alone.

A shard is an .npz of "tokens" (uint16; the highest bit is set where the token is learned) and "lengths" of its documents.
"""

import argparse
import multiprocessing
import os
import pathlib
import random

import numpy
from tokenizers import Tokenizer

import chats

LEARNED = 1 << 15
SHORT, LONGEST = 2048, 16384


def encode(tokenizer, documents, longest):
    """Tokens with their learned bit, and the documents' lengths."""
    start, stop, assistant = (tokenizer.token_to_id(t) for t in ("<|im_start|>", "<|im_end|>", "assistant"))
    arrays = []
    for encoding in tokenizer.encode_batch(documents):
        ids = numpy.asarray(encoding.ids[:longest], numpy.uint16)
        if ids[0] == start:
            opens = numpy.flatnonzero(ids[:-1] == start)
            opens = opens[ids[opens + 1] == assistant]
            closes = numpy.flatnonzero(ids == stop)
            for position in opens:
                close = closes[numpy.searchsorted(closes, position)] if position < closes[-1] else len(ids) - 1
                ids[position + 3:close + 1] |= LEARNED
        else:
            ids[1:] |= LEARNED
        arrays.append(ids)
    return numpy.concatenate(arrays), numpy.array([len(a) for a in arrays], numpy.int32)


def write_shard(tokenizer, folder, seed, number, documents, long):
    rng = random.Random(f"{'long' if long else 'corpus'} {seed} {number}")
    write, longest = (chats.long_document, LONGEST) if long else (chats.document, SHORT)
    tokens, lengths = encode(tokenizer, [write(rng) for _ in range(documents)], longest)
    unfinished = folder / f".{number}.npz"
    numpy.savez(unfinished, tokens=tokens, lengths=lengths)
    os.replace(unfinished, folder / f"{number:06d}.npz")


def work(path, folder, seed, first, step, documents, ahead, stop, long):
    """Writes every step-th shard, at most `ahead` of them, until told to stop."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.nice(5)
    tokenizer = Tokenizer.from_file(str(path))
    for number in range(first, first + step * ahead, step):
        if stop is not None and stop.is_set():
            return
        write_shard(tokenizer, folder, seed, number, documents, long)


def start(path, folder, seed, workers, documents, long=False, ahead=1 << 20):
    """Starts worker processes; the returned event stops them."""
    folder.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    processes = [context.Process(target=work, args=(path, folder, seed, i, workers, documents, ahead, stop, long), daemon=True) for i in range(workers)]
    for process in processes:
        process.start()
    return stop, processes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--long", action="store_true", help="long documents")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    work(arguments.tokenizer, arguments.out, arguments.seed, 0, 1, arguments.documents, arguments.shards, None, arguments.long)


if __name__ == "__main__":
    main()
