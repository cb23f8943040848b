"""Trains the byte-level BPE on a sample of the corpus and writes tokenizer.json and tokenizer_config.json.

A space is a token of its own, except before a hundred small words: so a name has the same tokens after a space, a
quote or an underscore, and copying it from a request into a call is a matter of copying tokens. Every digit is one token.
"""

import argparse
import json
import pathlib
import random

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

import chats

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MARKUP = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<tools>", "</tools>"]

SMALL_WORDS = """the a an is are was were of and to in on at for with from by it its I you he she they we that this these
what which who how do does can have has not as be or my your me so but then there one more all many much will into about
number word words list give please make write tell list when where if no yes up out said called day than each some any had
them him her very small model""".split()

PATTERN = (r" (?:" + "|".join(sorted(set(SMALL_WORDS), key=lambda w: (-len(w), w))) + r")(?!\p{L})"
           r"|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+(?!\p{Ll})|\p{L}|\p{N}|\r?\n"
           r"|[^\s\p{L}\p{N}]+(?: [\"{\[]+)?|\s")

CHAT_TEMPLATE = r"""{%- if tools %}
{{- '<|im_start|>system\n' }}
{%- if messages[0].role == 'system' and messages[0].content %}
{%- if messages[0].content is string %}
{{- messages[0].content }}
{%- else %}
{%- for part in messages[0].content %}
{%- if part.type == 'text' %}
{{- part.text }}
{%- endif %}
{%- endfor %}
{%- endif %}
{{- '\n\n' }}
{%- endif %}
{{- 'You can call these functions:\n<tools>' }}
{%- for tool in tools %}
{{- '\n' }}
{{- tool | tojson }}
{%- endfor %}
{{- '\n</tools>\nTo call one, write its name and arguments as JSON between <tool_call> and </tool_call>.<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
{%- if not (tools and loop.first and message.role == 'system') %}
{{- '<|im_start|>' + message.role + '\n' }}
{%- if message.role == 'tool' %}
{{- '<tool_response>\n' }}
{%- endif %}
{%- if message.content %}
{%- if message.content is string %}
{{- message.content }}
{%- else %}
{%- for part in message.content %}
{%- if part.type == 'text' %}
{{- part.text }}
{%- endif %}
{%- endfor %}
{%- endif %}
{%- endif %}
{%- if message.role == 'tool' %}
{{- '\n</tool_response>' }}
{%- endif %}
{%- if message.tool_calls %}
{%- for tool_call in message.tool_calls %}
{%- if message.content or not loop.first %}
{{- '\n' }}
{%- endif %}
{%- if tool_call.function %}
{%- set call = tool_call.function %}
{%- else %}
{%- set call = tool_call %}
{%- endif %}
{{- '<tool_call>\n{"name": ' }}
{{- call.name | tojson }}
{{- ', "arguments": ' }}
{%- if call.arguments is string %}
{{- call.arguments }}
{%- else %}
{{- call.arguments | tojson }}
{%- endif %}
{{- '}\n</tool_call>' }}
{%- endfor %}
{%- endif %}
{{- '<|im_end|>\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\n' }}
{%- endif %}"""


def train(documents, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIAL + MARKUP, show_progress=False, max_token_length=24,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(documents, trainer)
    return tokenizer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--documents", type=int, default=60_000)
    parser.add_argument("--vocabulary", type=int, default=4096)
    arguments = parser.parse_args()
    rng = random.Random(20_000)
    tokenizer = train((chats.document(rng) for _ in range(arguments.documents)), arguments.vocabulary)
    arguments.out.mkdir(parents=True, exist_ok=True)
    description = json.loads(tokenizer.to_str())
    for token in description["added_tokens"]:
        token["special"] = token["content"] in SPECIAL
    (arguments.out / "tokenizer.json").write_text(json.dumps(description, ensure_ascii=False, indent=1) + "\n")
    configuration = {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 16384, "add_bos_token": False, "add_eos_token": False,
        "bos_token": None, "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "unk_token": None,
        "clean_up_tokenization_spaces": False,
        "added_tokens_decoder": {str(t["id"]): {k: t[k] for k in ("content", "lstrip", "normalized", "rstrip", "single_word", "special")}
                                 for t in description["added_tokens"]},
        "chat_template": CHAT_TEMPLATE}
    (arguments.out / "tokenizer_config.json").write_text(json.dumps(configuration, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
