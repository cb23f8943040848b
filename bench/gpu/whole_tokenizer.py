"""Writes a tokenizer in which every id has text: whole_tokenizer.py FROM INTO VOCABULARY

A model with random weights draws any id of its vocabulary. An id that the tokenizer does not know has no text, and a token without text sends no event,
so that streams would be measured that are nearly empty. FROM is a folder with a byte-level tokenizer.json of fewer ids; words of four letters take the others.
"""
import itertools
import json
import pathlib
import string
import sys

SPACE = "\u0120"  # how byte-level BPE writes a space


def words():
    for letters in itertools.product(string.ascii_lowercase, repeat=4):
        yield SPACE + "".join(letters)


def main(source, target, size):
    tokenizer = json.loads((source / "tokenizer.json").read_text())
    known = tokenizer["model"]["vocab"]
    ids = set(known.values()) | {token["id"] for token in tokenizer["added_tokens"]}
    new = (word for word in words() if word not in known)
    known.update({next(new): i for i in range(size) if i not in ids})
    target.mkdir(parents=True, exist_ok=True)
    (target / "tokenizer.json").write_text(json.dumps(tokenizer))
    (target / "tokenizer_config.json").write_text((source / "tokenizer_config.json").read_text())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]))
