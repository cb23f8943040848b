#!/usr/bin/env python3
"""Makes src/test/resources/tokenizers/conversions.json: small folders without tokenizer.json, as base64, and what `transformers` answers
when it loads them. Run from the module's folder (needs `transformers` and `sentencepiece`). No test needs Python."""

import base64
import json
import pathlib
import tempfile

import sentencepiece
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import AutoTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

OUT = pathlib.Path("src/test/resources/tokenizers/conversions.json")
CORPUS = pathlib.Path("../CONTRIBUTING.md").read_text().splitlines() + ["Zażółć gęślą jaźń éàü ﬁne ①", "世界 你好 世界", "12 34"] * 5
CORPUS = [line for line in CORPUS if line.strip()]
RULES = "FB01\t66 69\nFF26\t46\n2460\t31\nA0\t20\n9\t20\n"
TEXTS = [
    "Hello world, don't WE'VE it's", "  two  spaces   here ", "Zażółć é e\u0301 ﬁ ① Ｆ", "世界你好 😀", "a\nb\n\n c\t d\r\n",
    "1234567", "<s>hi</s> <unk><pad>x <mask> y", "<|endoftext|> a <|im_start|>", "   ", "▁▁ under ▁a", "[CLS] a [SEP] [MASK]b ##s",
    "USER1 and<u2>x.* <extra_id_3>", "\u00a0nbsp", "",
]
LLAMA = "LlamaTokenizer"
PATTERN = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def pieces(**options):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "rules.tsv").write_text(RULES)
        if options.pop("rules", False):
            options["normalization_rule_tsv"] = folder + "/rules.tsv"
        else:
            options["normalization_rule_name"] = "identity"
        options = {"vocab_size": 420, "hard_vocab_limit": False, "minloglevel": 2, **options}
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(CORPUS), model_prefix=folder + "/m", **options)
        return (pathlib.Path(folder) / "m.model").read_bytes()


def pairs(**options):
    return pieces(model_type="bpe", byte_fallback=True, split_digits=True, **options)


def byte_level(special):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    model = json.loads(tokenizer.to_str())["model"]
    lines = "".join(" ".join(pair) + "\n" for pair in model["merges"])
    return {"vocab.json": json.dumps(model["vocab"]).encode(), "merges.txt": ("#version: 0.2\n" + lines).encode()}


def word_piece(special, lower):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        CORPUS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=special, show_progress=False)
    )
    vocabulary = tokenizer.get_vocab()
    return {"vocab.txt": ("\n".join(sorted(vocabulary, key=vocabulary.get)) + "\n").encode()}


def tekken():
    byte_of = {character: byte for byte, character in bytes_to_unicode().items()}
    vocabulary = json.loads(byte_level([])["vocab.json"])
    tokens = [bytes(byte_of[c] for c in token) for token in sorted(vocabulary, key=vocabulary.get)]
    special = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"]
    return {"tekken.json": json.dumps({
        "config": {"pattern": PATTERN, "default_vocab_size": len(tokens) + 8 - 30, "default_num_special_tokens": 8},
        "vocab": [{"rank": i, "token_bytes": base64.b64encode(t).decode()} for i, t in enumerate(tokens)],
        "special_tokens": [{"rank": i, "token_str": t, "is_control": True} for i, t in enumerate(special)],
    }).encode()}


def flagged(content, **flags):
    return {"__type": "AddedToken", "content": content, "lstrip": False, "rstrip": False, "normalized": False,
            "single_word": False, **flags}


def folders():
    user = {"user_defined_symbols": ["USER1", "<u2>", ".*"]}
    llama = {"tokenizer_class": LLAMA, "add_bos_token": True}
    listed = {"0": {"content": "<unk>", "special": True}, "2": {"content": "</s>", "special": True, "rstrip": True},
              "5": {"content": "<|renamed|>", "special": True, "normalized": True}}
    yield "llama", "llama", llama, {"tokenizer.model": pairs(remove_extra_whitespaces=False, **user)}
    yield "llama legacy", "llama", {**llama, "legacy": True, "add_eos_token": True}, {"tokenizer.model": pairs()}
    yield "llama without prefix", "llama", {**llama, "add_prefix_space": False}, {"tokenizer.model": pairs()}
    yield "llama of no named class", "llama", {}, {"tokenizer.model": pairs(rules=True)}
    yield "mistral", "mistral", {**llama, "added_tokens_decoder": listed}, {"tokenizer.model": pairs(**user)}
    yield "phi3", "phi3", {**llama, "legacy": False}, {"tokenizer.model": pairs(rules=True, **user)}
    yield "unigram of no class", "mistral", {"tokenizer_class": LLAMA}, {
        "tokenizer.model": pieces(model_type="unigram", vocab_size=300, add_dummy_prefix=False)}
    yield "gemma", "gemma2", {"tokenizer_class": "GemmaTokenizer", "add_bos_token": True}, {"tokenizer.model": pairs(
        remove_extra_whitespaces=False, add_dummy_prefix=False, pad_id=0, eos_id=1, bos_id=2, unk_id=3, pad_piece="<pad>",
        eos_piece="<eos>", bos_piece="<bos>", user_defined_symbols=["<mask>", "<start_of_turn>", "\n", "\n\n"])}
    yield "t5", "t5", {"extra_ids": 10}, {"spiece.model": pieces(
        model_type="unigram", vocab_size=300, rules=True, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)}
    yield "xlm-roberta", "xlm-roberta", {"mask_token": flagged("<mask>", lstrip=True)}, {
        "sentencepiece.bpe.model": pieces(model_type="unigram", vocab_size=300, rules=True)}
    yield "gpt2", "gpt2", {"add_bos_token": True, "add_prefix_space": True, "pad_token": "<pad>"}, byte_level(["<|endoftext|>"])
    yield "qwen2", "qwen2", {"eos_token": "<|im_end|>", "added_tokens_decoder": {
        "400": {"content": "<|endoftext|>", "special": True}, "401": {"content": "<|im_start|>", "special": True}}}, byte_level([])
    yield "roberta", "roberta", {"mask_token": flagged("<mask>", lstrip=True)}, byte_level(
        ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    bert = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    yield "bert", "bert", {"tokenizer_class": "BertTokenizer"}, word_piece(bert, True)
    yield "bert cased", "bert", {"do_lower_case": False, "tokenize_chinese_chars": False}, word_piece(bert, False)
    yield "mpnet", "mpnet", {}, word_piece(["<s>", "<pad>", "</s>", "[UNK]", "<mask>"], True)
    yield "tekken", "mistral", {"add_bos_token": True, "bos_token": "<s>"}, tekken()


def case(name, model, config, files):
    files = {**files, "config.json": json.dumps({"model_type": model}).encode()}
    if config:
        files["tokenizer_config.json"] = json.dumps(config).encode()
    with tempfile.TemporaryDirectory() as folder:
        for file, content in files.items():
            pathlib.Path(folder, file).write_bytes(content)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    backend = tokenizer.backend_tokenizer
    encodings = []
    for text in TEXTS:
        ids = tokenizer(text)["input_ids"]
        encodings.append({
            "text": text,
            "ids": ids,
            "plain_ids": backend.encode(text, add_special_tokens=False).ids,
            "decoded": backend.decode(ids, skip_special_tokens=True),
            "decoded_with_special": backend.decode(ids, skip_special_tokens=False),
        })
    added = {token.content: i for i, token in backend.get_added_tokens_decoder().items()}
    encoded = {file: base64.b64encode(content).decode() for file, content in files.items()}
    return {"name": name, "files": encoded, "added": added, "encodings": encodings}


if __name__ == "__main__":
    OUT.write_text('{"cases": [\n' + ",\n".join(json.dumps(case(*each)) for each in folders()) + "\n]}\n")
