"""The part of the page about what a container is known by, whatever object runs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import yaml

from kinds_guide.phrases import LIBRARIES, listed
from mlgate.policy.workbench.pages.markdown import table

_ROLES = (
    ("servers", "Model servers and what fetches models"),
    ("trainers", "Trainers"),
    ("bystanders", "What loads no model"),
)


def plain_part() -> Iterator[str]:
    """Programs, words that name a model, weak signs and what speaks against them."""
    text = files("mlgate.workloads.programs").joinpath("servers.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    for key, title in _ROLES:
        yield from (f"### {title}", "")
        yield from table(("Program", "Images", "Commands", "Besides"), map(_program, data[key]))
    yield from ("### Words that name a model", "")
    yield from table(("What", "Flags", "Variables"), _words(data["flags"], data["variables"]))
    signs = data["signs"]
    yield from ("### Weak signs", "", _SIGNS, "")
    yield from (f"- Resources: {listed(data['gpus'])}",)
    yield from (f"- Mounts: {listed(signs['mounts'])}",)
    yield from (f"- Variables: {listed(signs['variables'])}",)
    yield from (f"- Ports: {listed(map(str, signs['ports']))}", "")
    yield from ("### What makes a program a client", "", _CLIENTS, "")
    clients = data["clients"]
    yield from (f"- Flags: {listed(_flags(clients['flags']))}",)
    yield from (f"- Variables: {listed(clients['variables'])}",)
    yield from (f"- With an address in them: {listed(clients['addresses'])}", "")
    yield from (
        _VALUES.format(
            schemes=listed(data["schemes"]), ends=listed(data["extensions"]), hosts=listed(data["hubs"])
        ),
        "",
    )


_SIGNS = (
    "A GPU with one of the others, or a mount of models with a variable, is a model being run; "
    "in what runs to an end, a model being trained. Of what keeps running, as a Deployment does, a GPU is "
    "enough."
)
_CLIENTS = (
    "A program with one of these talks to a server of others, unless it has a flag that only servers have."
)
_VALUES = (
    "A value reads as the address of a model by its scheme ({schemes}), by its end ({ends}) or by its host "
    "({hosts})."
)
_STRENGTH = {
    "strong": "the model, whatever program it is",
    "weak": "the model, where a server is known or the value reads as an address",
    "names": "the name for callers",
    "revision": "the revision",
    "tokenizerRevision": "the revision of the tokenizer",
    "draftRevision": "the revision of the draft model",
    "adapters": "adapters",
    "drafts": "draft models",
    "tokenizers": "tokenizers",
    "datasets": "data for training",
    "training": "that it trains",
    "trustRemoteCode": "that code of the model is run",
    "runtimeLora": "that callers may load adapters",
    "lists": "several models as name=address",
    "nested": "a map in which weights are named",
    "code": "a file with code the server takes in",
    "modules": "names classes of Python that the server takes in",
    "modelscope": "that names are looked up on ModelScope",
    "given": "what an operator runs in its pods",
    "configuration": "a file with the rest",
    "described": "a file, or what would stand in it",
    "describedByFiles": "a file with models, if it is one",
    "serving": "that it is a server",
    "switches": "nothing: they take no value",
    "arguments": "further arguments of the server",
    "withGpu": "the model, beside a GPU",
}


def _program(row: dict[str, Any]) -> Sequence[str]:
    commands = [*row.get("commands", ()), *row.get("follows", ())]
    besides = [
        LIBRARIES[row["library"]] if "library" in row else "",
        f"the model by {listed(_flags(row['model']))}" if "model" in row else "",
        f"the model by {listed(row['variables'])}" if "variables" in row else "",
        f"its configuration by {listed(_flags(row['config']))}" if "config" in row else "",
        "the first word is the model" if row.get("positional") else "",
        "counts if what it fetches reads as a model" if row.get("fetches") else "",
    ]
    return row["name"], listed(row.get("images", ())), listed(commands), "; ".join(filter(None, besides))


def _flags(names: Sequence[str]) -> list[str]:
    return [f"-{name}" if len(name) == 1 else f"--{name}" for name in names]


def _words(flags: dict[str, list[str]], variables: dict[str, list[str]]) -> Iterator[Sequence[str]]:
    for key in dict.fromkeys((*flags, *variables)):
        yield _STRENGTH[key], listed(_flags(flags.get(key, ()))), listed(variables.get(key, ()))
