#!/usr/bin/env python3
"""Renders random templates with jinja2 and with this module, and reports every difference.

    mvn -q -pl chat-templates -am test-compile
    python3 chat-templates/fuzz/fuzz.py --count 10000 --seed 1

Texts have to be equal. Errors have to be of the same class; jinja2's own also have to say the same, while the wording of
Python's built-in errors is Python's business. Exit status 1 when anything differs.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

MODULE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(MODULE / "fixtures"))
sys.dont_write_bytecode = True

import hugging_face  # noqa: E402
from generator import Generator  # noqa: E402

JARS = ["jakarta/json/jakarta.json-api", "org/eclipse/parsson/parsson"]
# What these print is an address or belongs to numbers that templates do not have.
SKIPPED = [" at 0x", "complex", "j)", "int too large", "Exceeds the limit", "RecursionError"]
WORDED = {"UndefinedError", "SecurityError", "TemplateError", "TemplateRuntimeError", "TemplateAssertionError"}


def classpath():
    repository = pathlib.Path.home() / ".m2" / "repository"
    jars = [str(sorted((repository / jar).glob("*/*.jar"))[-1]) for jar in JARS]
    built = [MODULE / "target/classes", MODULE / "target/test-classes"]
    built += [MODULE.parent / name / "target/classes" for name in ("spi", "api")]
    return ":".join([*map(str, built), *jars])


def render_in_java(cases, path):
    with tempfile.TemporaryDirectory() as folder:
        given, made = pathlib.Path(folder, "cases.json"), pathlib.Path(folder, "outcomes.json")
        given.write_text(json.dumps(cases))
        subprocess.run(["java", "-cp", path, "dev.tokamak.chattemplates.RenderCases", given, made], check=True)
        return json.loads(made.read_text())


def same(expected, actual):
    if "text" in expected or "text" in actual:
        return expected == actual
    kind = expected["error"].split(":")[0]
    return expected == actual if kind in WORDED else kind == actual["error"].split(":")[0]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", type=int, default=10)
    arguments.add_argument("--classpath")
    given = arguments.parse_args()
    reference = hugging_face.environment()
    cases, expected, index = [], [], 0
    while len(cases) < given.count:
        generator = Generator(random.Random(f"{given.seed}/{index}"))
        index += 1
        case = {"template": generator.template(), "context": generator.context()}
        outcome = hugging_face.render(reference, case["template"], case["context"])
        # Most random templates fail somewhere; one failure in four is enough of them.
        if "error" in outcome and generator.random.random() > 0.07:
            continue
        if not any(text in outcome.get("text", "") + outcome.get("error", "") for text in SKIPPED):
            cases.append(case)
            expected.append(outcome)
    actual = render_in_java(cases, given.classpath or classpath())
    differences = [i for i in range(len(cases)) if not same(expected[i], actual[i])]
    for i in differences[: given.show]:
        print(f"--- {json.dumps(cases[i], ensure_ascii=False)}\n  jinja2 {expected[i]}\n  ours   {actual[i]}")
    errors = sum("error" in outcome for outcome in expected)
    print(f"{len(cases)} templates ({errors} of them fail in jinja2), seed {given.seed}: {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
