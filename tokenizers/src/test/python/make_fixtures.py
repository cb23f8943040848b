#!/usr/bin/env python3
"""Makes the small tokenizers under src/test/resources/tokenizers, and what the Python library `tokenizers` answers on texts that
are easy to get wrong. Run from the module's folder: python3 src/test/python/make_fixtures.py (needs `pip install tokenizers`).
No test needs Python: the outputs are committed."""

import json
import pathlib
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

OUT = pathlib.Path("src/test/resources/tokenizers")

CORPUS = [
    "The quick brown fox jumps over the lazy dog, and the dog does not mind at all.",
    "In 1984 there were 365 days; 2 + 2 = 4 and 17 * 3 = 51.",
    "def main():\n    return {\"name\": \"value\", \"list\": [1, 2, 3]}\n",
    "Übergröße, naïve café, Ærøskøbing; señor, garçon, Łódź.",
    "Привет, как дела? Всё хорошо.",
    "你好，世界。今天天气很好。",
    "こんにちは世界",
    "the tokens of a text are what the model reads, one after the other, " * 4,
]

TEXTS = [
    "",
    " ",
    "  two  spaces   three",
    "Hello, world!",
    " leading and trailing ",
    "line\nbreak\r\nand\ttab",
    "😀 emoji 👍🏽 with skin tone",
    "family 👨‍👩‍👧‍👦 joined by ZWJ",
    "flags 🇩🇪🇯🇵",
    "e\u0301 combining a\u0308\u0323 marks",
    "你好，世界 こんにちは 안녕하세요",
    "𝕳𝖊𝖑𝖑𝖔 outside the basic plane 𠜎",
    "مرحبا بالعالم עברית",
    "null \x00 and control \x07 \x1b[0m",
    "\ufeffbyte order mark \u200b zero width \u2028 separator",
    "replacement \ufffd itself",
    "<|im_start|>user\nhi<|im_end|>\n",
    "<s> text </s> <|im_start|><|im_end|>",
    "▁ already a mark",
    "<0x0A> looks like a byte",
    "x" * 300,
    "word " * 700,
    "1234567890 3.14159 -1e-7",
    "camelCase snake_case kebab-case",
    "'s 't 're don't I'll",
]


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_tokens([AddedToken("<tool_call>", normalized=False), AddedToken("</tool_call>", normalized=False)])
    # Both are what a reader of the file must undo: it would cut and pad.
    tokenizer.enable_truncation(max_length=16)
    tokenizer.enable_padding(length=8)
    return tokenizer


def llama_like():
    base = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    base.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trainer = trainers.BpeTrainer(
        vocab_size=700,
        special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)],
        show_progress=False,
    )
    base.train_from_iterator([line for line in CORPUS if line.isascii()], trainer)
    data = json.loads(base.to_str())
    data["added_tokens"] = [t for t in data["added_tokens"] if not t["content"].startswith("<0x")]
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    trainer = trainers.UnigramTrainer(
        vocab_size=420,
        special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator([line for line in CORPUS if line.isascii()], trainer)
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = [t for t in data["added_tokens"] if not t["content"].startswith("<0x")]
    data["model"]["byte_fallback"] = True
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return tokenizer


def word_piece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(cleanup=True)
    trainer = trainers.WordPieceTrainer(
        vocab_size=300, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"], show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


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


def main():
    for name, make in [
        ("byte-level", byte_level),
        ("sentencepiece-bpe", llama_like),
        ("unigram", unigram),
        ("wordpiece", word_piece),
    ]:
        tokenizer = make()
        folder = OUT / name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        encodings = []
        for text in TEXTS:
            ids = tokenizer.encode(text, add_special_tokens=True).ids
            encodings.append({
                "text": text,
                "ids": ids,
                "plain_ids": tokenizer.encode(text, add_special_tokens=False).ids,
                "decoded": tokenizer.decode(ids, skip_special_tokens=True),
                "decoded_with_special": tokenizer.decode(ids, skip_special_tokens=False),
            })
        rng = random.Random(20261122)
        streams = []
        while len(streams) < 60:
            ids = [rng.randrange(tokenizer.get_vocab_size()) for _ in range(rng.randrange(1, 24))]
            if name in ("byte-level", "wordpiece") or runs_of_bytes_are_characters(tokenizer, ids):
                streams.append({
                    "ids": ids,
                    "decoded": tokenizer.decode(ids, skip_special_tokens=True),
                    "decoded_with_special": tokenizer.decode(ids, skip_special_tokens=False),
                })
        # transformers adds the padding token, which tokenizers does not.
        size = len(PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json")))
        expected = {"size": size, "encodings": encodings, "streams": streams}
        (folder / "expected.json").write_text(json.dumps(expected, indent=0))


if __name__ == "__main__":
    main()
