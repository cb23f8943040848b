#!/usr/bin/env python3
"""Makes src/test/resources/tokenizers/configured.json: many small random tokenizers, each in a folder whose other files name tokens at
random, and what `transformers` answers with them. Run from the module's folder (needs `transformers`). No test needs Python."""

import json
import pathlib
import random
import tempfile

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

OUT = pathlib.Path("src/test/resources/tokenizers/configured.json")
CONTENTS = ["Hello", "É", "ﬁ", "A", "A B", "<S>", "B<", "日", "Ｆ"]
CONTENTS += ["▁▁", "▁▁▁", "<0x42>", "Ġd", "é", "\n\n", " x ", "##q", "<|a|>", "<tool>", "▁<PRE>", "[X]", "ab", "你", "<｜end▁of▁x｜>"]
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


NORMALIZERS = [
    normalizers.Lowercase,
    normalizers.NFKC,
    normalizers.NFD,
    normalizers.BertNormalizer,
    lambda: normalizers.Replace(" ", "▁"),
    lambda: normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()]),
    lambda: normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]),
]


def flags(rng):
    return {name: rng.random() < 0.3 for name in FLAGS}


def named(rng, pool):
    content = rng.choice(pool)
    return {"content": content, **flags(rng), "__type": "AddedToken"} if rng.random() < 0.4 else content


def folder_files(rng, tokenizer, known):
    pool = NAMED + known[:3] + CONTENTS[:9]
    config = {"tokenizer_class": "PreTrainedTokenizerFast"}
    for role in rng.sample(ROLES + ["image_token", "boi_token"], 4):
        config[role] = named(rng, pool) if rng.random() < 0.9 else None
    for field in ("extra_special_tokens", "additional_special_tokens"):
        dice = rng.random()
        if dice < 0.3:
            config[field] = [rng.choice(pool) for _ in range(rng.randrange(3))]
        elif dice < 0.4 and field.startswith("extra"):
            config[field] = {"video_token": rng.choice(pool), "q_token": rng.choice(pool)}
    size = tokenizer.get_vocab_size()
    if rng.random() < 0.5:
        listed = {}
        for i, content in enumerate(rng.sample(CONTENTS, 5)):
            own = tokenizer.token_to_id(content)
            listed[str(own if own is not None and rng.random() < 0.8 else size + i)] = {"content": content, **flags(rng)}
        config["added_tokens_decoder"] = listed
    files = {}
    if rng.random() < 0.5:
        roles = {}
        for role in rng.sample(ROLES + ["image_token"], 3):
            content = rng.choice(pool)
            without_special = {name: rng.random() < 0.3 for name in FLAGS[:4]}
            roles[role] = {"content": content, **without_special} if rng.random() < 0.4 else content
        if rng.random() < 0.4:
            roles["additional_special_tokens"] = [rng.choice(pool) for _ in range(2)]
        if rng.random() < 0.2:
            extra = rng.random() < 0.6
            roles["extra_special_tokens"] = [rng.choice(pool) for _ in range(2)] if extra else {"zz_token": rng.choice(pool)}
        files["special_tokens_map.json"] = json.dumps(roles)
    if rng.random() < 0.4:
        contents = rng.sample(CONTENTS + NAMED, 3)
        files["added_tokens.json"] = json.dumps({c: size + i + rng.randrange(3) for i, c in enumerate(contents)})
    files["tokenizer_config.json"] = json.dumps(config)
    return files


def clear(backend):
    """Whether the library knows what to do: it takes one of two tokens that are normalised alike at random, and panics over
    white space that one token takes from behind and the next from before."""
    tokens = backend.get_added_tokens_decoder().values()
    normalized = [t.content if backend.normalizer is None else backend.normalizer.normalize_str(t.content)
                  for t in tokens if t.normalized]
    taken = any(t.rstrip for t in tokens) and any(t.lstrip and not t.content.strip() for t in tokens)
    return len(set(normalized)) == len(normalized) and "" not in normalized and not taken


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
    kind = rng.randrange(len(KINDS))
    tokenizer = KINDS[kind](rng)
    if rng.random() < 0.7:
        more = rng.choice(NORMALIZERS)()
        tokenizer.normalizer = more if tokenizer.normalizer is None else normalizers.Sequence([more, tokenizer.normalizer])
    known = rng.sample(CONTENTS, 5)
    tokenizer.add_tokens([AddedToken(c, **flags(rng)) for c in known])
    if rng.random() < 0.2:
        tokenizer.enable_padding(pad_token="<padding>")
    files = folder_files(rng, tokenizer, known)
    files["tokenizer.json"] = tokenizer.to_str()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            pathlib.Path(folder, name).write_text(text)
        backend = PreTrainedTokenizerFast.from_pretrained(folder).backend_tokenizer
    if not clear(backend):
        return None
    backend.no_padding()
    encodings = []
    pieces = CONTENTS + NAMED + LETTERS * 2 + ["  ", "\u00a0", "e\u0301"] + [c.lower() for c in CONTENTS[:9]]
    for _ in range(8):
        text = "".join(rng.choice(pieces) for _ in range(rng.randrange(1, 12)))
        encodings.append({"text": text, "ids": backend.encode(text, add_special_tokens=False).ids})
    streams = []
    usual = [i for i in range(backend.get_vocab_size()) if backend.id_to_token(i) is not None]
    added = backend.get_added_tokens_decoder()
    while len(streams) < 8:
        ids = [rng.choice(sorted(added) if rng.random() < 0.5 else usual) for _ in range(rng.randrange(1, 9))]
        if kind in (0, 3) or runs_of_bytes_are_characters(backend, ids):
            streams.append({
                "ids": ids,
                "decoded": backend.decode(ids, skip_special_tokens=True),
                "decoded_with_special": backend.decode(ids, skip_special_tokens=False),
            })
    ids = {token.content: i for i, token in added.items()}
    return {"files": files, "ids": ids, "encodings": encodings, "streams": streams}


if __name__ == "__main__":
    cases = [found for found in map(case, range(48)) if found]
    OUT.write_text('{"cases": [\n' + ",\n".join(json.dumps(each) for each in cases) + "\n]}\n")
