#!/usr/bin/env python3
"""Makes src/test/resources/tokenizers/pairs.json: what the Python library `tokenizers` makes of pairs of texts, with the tokenizer of
the folder wordpiece and the post-processors that encoders have. Run from the module's folder: python3 src/test/python/make_pairs.py
(needs `pip install tokenizers`). No test needs Python: the output is committed."""

import json
import pathlib

from tokenizers import Tokenizer, processors

OUT = pathlib.Path("src/test/resources/tokenizers")

PROCESSORS = {
    "bert": processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2)),
    "template": processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]),
    "roberta": processors.RobertaProcessing(("[SEP]", 3), ("[CLS]", 2)),
}

PAIRS = [
    ("what is a fox?", "The quick brown fox jumps over the lazy dog."),
    ("", "one side is empty"),
    ("one side is empty", ""),
    ("", ""),
    ("a [SEP] within", "and [CLS] here, 😀 Łódź"),
    ("word " * 100, "word " * 200),
]


def main():
    cases = []
    for name, processor in PROCESSORS.items():
        tokenizer = Tokenizer.from_file(str(OUT / "wordpiece" / "tokenizer.json"))
        tokenizer.post_processor = processor
        pairs = []
        for first, second in PAIRS:
            encoding = tokenizer.encode(first, second)
            second_text = encoding.type_ids.index(1) if 1 in encoding.type_ids else -1
            pairs.append({"first": first, "second": second, "ids": encoding.ids, "second_text": second_text})
        cases.append({
            "name": name, "post_processor": json.loads(tokenizer.to_str())["post_processor"], "pairs": pairs})
    (OUT / "pairs.json").write_text(json.dumps({"cases": cases}, indent=0))


if __name__ == "__main__":
    main()
