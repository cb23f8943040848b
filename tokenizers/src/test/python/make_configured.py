#!/usr/bin/env python3
"""Makes src/test/resources/tokenizers/configured.json: many small random tokenizers, each with a random tokenizer_config.json, and
what `transformers` answers with them. Run from the module's folder (needs `transformers`). No test needs Python."""

import json
import pathlib
import random
import tempfile

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

OUT = pathlib.Path("src/test/resources/tokenizers/configured.json")
CONTENTS = ["▁▁", "▁▁▁", "<0x42>", "Ġd", "é", "\n\n", " x ", "##q", "<|a|>", "<tool>", "▁<PRE>", "[X]", "ab", "你", "<｜end▁of▁x｜>"]
NAMED = ["<s>", "</s>", "[SEP]", "[CLS]", "[MASK]", "<|pad|>", "<img>", "b"]
ROLES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]
FLAGS = ["single_word", "lstrip", "rstrip", "normalized", "special"]
LETTERS = list("abdx <>|#qp")


def byte_level(rng):
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def sentence_piece(rng, unigram):
    pieces = ["<unk>"] + [f"<0x{b:02X}>" for b in range(256)] + ["▁"] + [c for c in LETTERS if c != " "] + ["▁a", "ab"]
    if unigram:
        model = models.Unigram([(p, -float(i % 7)) for i, p in enumerate(pieces)], unk_id=0, byte_fallback=True)
    else:
        vocabulary = {p: i for i, p in enumerate(pieces)}
        model = models.BPE(vocab=vocabulary, merges=[("▁", "a"), ("a", "b")], unk_token="<unk>", byte_fallback=True)
    tokenizer = Tokenizer(model)
    prefixed = rng.random() < 0.5
    steps = [normalizers.Prepend("▁")] if prefixed else []
    tokenizer.normalizer = normalizers.Sequence(steps + [normalizers.Replace(" ", "▁")])
    strip = [decoders.Strip(" ", 1, 0)] if prefixed else []
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()] + strip)
    return tokenizer


def word_piece(rng):
    words = ["[UNK]"] + [c for c in LETTERS if c != " "] + ["##" + c for c in "abdxqp"] + ["ab"]
    tokenizer = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(cleanup=False)
    return tokenizer


KINDS = [byte_level, lambda rng: sentence_piece(rng, False), lambda rng: sentence_piece(rng, True), word_piece]


def flags(content, seed):
    """The same for one token in both files. None is normalised: how those are decoded depends on the library's release."""
    rng = random.Random(f"{content} {seed}")
    return {name: name != "normalized" and rng.random() < 0.3 for name in FLAGS}


def runs_of_bytes_are_characters(tokenizer, ids):
    """Whether every run of SentencePiece byte tokens is valid UTF-8: elsewhere our decoding differs on purpose."""
    run = bytearray()
    for token in [tokenizer.id_to_token(i) for i in ids] + [""]:
        if len(token) == 6 and token.startswith("<0x"):
            run.append(int(token[3:5], 16))
        elif run:
            try:
                run.decode()
            except UnicodeDecodeError:
                return False
            run.clear()
    return True


def case(seed):
    rng = random.Random(seed)
    tokenizer = KINDS[seed % len(KINDS)](rng)
    tokenizer.add_tokens([AddedToken(c, **flags(c, seed)) for c in rng.sample(CONTENTS, 4)])
    config = {"tokenizer_class": "PreTrainedTokenizerFast"}
    config.update({role: rng.choice(NAMED) for role in rng.sample(ROLES, 3)})
    if rng.random() < 0.5:
        config["extra_special_tokens"] = rng.sample(NAMED, 2)
    if rng.random() < 0.5:
        size = tokenizer.get_vocab_size()
        names = rng.sample(CONTENTS, 3)
        config["added_tokens_decoder"] = {str(size + i): {"content": c, **flags(c, seed)} for i, c in enumerate(names)}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        tokenizer.save(str(path / "tokenizer.json"), pretty=False)
        (path / "tokenizer_config.json").write_text(json.dumps(config))
        file = (path / "tokenizer.json").read_text()
        loaded = PreTrainedTokenizerFast.from_pretrained(folder)
    backend = loaded.backend_tokenizer
    encodings = []
    for _ in range(8):
        text = "".join(rng.choice(CONTENTS + NAMED + LETTERS * 2) for _ in range(rng.randrange(1, 12)))
        encodings.append({"text": text, "ids": backend.encode(text, add_special_tokens=False).ids})
    streams = []
    usual = [i for i in range(backend.get_vocab_size()) if backend.id_to_token(i) is not None]
    added = sorted(backend.get_added_tokens_decoder())
    while len(streams) < 12:
        ids = [rng.choice(added if rng.random() < 0.5 else usual) for _ in range(rng.randrange(1, 9))]
        if seed % 4 in (0, 3) or runs_of_bytes_are_characters(backend, ids):
            streams.append({
                "ids": ids,
                "decoded": backend.decode(ids, skip_special_tokens=True),
                "decoded_with_special": backend.decode(ids, skip_special_tokens=False),
            })
    return {"tokenizer": file, "config": json.dumps(config), "encodings": encodings, "streams": streams}


if __name__ == "__main__":
    OUT.write_text('{"cases": [\n' + ",\n".join(json.dumps(case(seed)) for seed in range(24)) + "\n]}\n")
