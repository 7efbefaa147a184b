"""Objects of a known kind in which something is odd: another type, far too much, or text that is none."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from row_slots import Object, merged, slots_of

from mlgate.workloads.kinds.rows import Kind

DEEP = 150
"""Levels; what the door lets through is a little more."""
KEYS = (
    "containers",
    "image",
    "env",
    "args",
    "command",
    "model",
    "name",
    "spec",
    "template",
    "uri",
    "storageUri",
)
"""Words that mean something in many kinds."""


def _nested(form: str) -> Any:
    value: Any = "x"
    for _ in range(DEEP):
        value = {"a": value} if form == "map" else [value]
    return value


ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        2**70,
        -(2**63),
        0.5,
        1e308,
        "",
        "x",
        " ",
        "\x00",
        "\n",
        "\ud800",
        "a\ud800b",
    ),
    *("s3://a b", "$(X)", "${X:-$(X)}", "{{ .Name }}", "://", "s3://", "hf:///", "oci://@", "%", "a" * 5000),
    *(
        "a: [",
        "- x",
        '{"a": 1}',
        '"\\ud800"',
        "a: &b c",
        "key: '\ud800'",
        "--model",
        "sh -c 'vllm serve \"",
        "[" * 300,
    ),
    *(
        [],
        [None],
        [[]],
        ["\ud800"],
        {},
        {"": None},
        {"\ud800": "\ud800"},
        {"name": {"name": 1}},
        {"a.b[0]": ["'\""]},
    ),
    *(_nested("map"), _nested("list"), [{"name": "\ud800", "value": 5}], [{"image": {}}] * 60, ["x"] * 300),
)


def sound(row: Kind, chance: Random, most: int = 5) -> Object:
    """An object with some slots of its row filled."""
    slots = list(slots_of(row))
    obj: Object = {"apiVersion": f"{row.group}/{row.versions[0]}".lstrip("/"), "kind": row.kind}
    obj["metadata"] = {"name": "a", "labels": {"app": "a"}}
    for slot in chance.sample(slots, min(chance.randrange(most + 1), len(slots))):
        obj = merged(obj, json.loads(json.dumps(slot.object(row, chance))))
    return obj


def hostile(row: Kind, chance: Random) -> Object:
    """The same with up to four odd changes; its kind is still what it says."""
    obj = sound(row, chance)
    said = {"apiVersion": obj["apiVersion"], "kind": obj["kind"]}
    for _ in range(chance.randrange(1, 5)):
        node, key = chance.choice(places(obj))
        action = chance.choice(("odd", "odd", "absent", "list", "map", "twice", "text", "added"))
        if action == "absent":
            del node[key]
        elif action == "odd":
            node[key] = json.loads(json.dumps(chance.choice(ODD)))
        elif action in {"list", "map"}:
            node[key] = [node[key]] if action == "list" else {chance.choice(KEYS): node[key]}
        elif action == "twice":
            node[key] = [node[key]] * chance.choice((2, 20))
        elif action == "text":
            node[key] = json.dumps(node[key])
        elif isinstance(node, dict):
            node[chance.choice(KEYS)] = json.loads(json.dumps(chance.choice(ODD)))
    return obj | said


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every map and list within a value, with each of its keys."""
    found: list[tuple[Any, Any]] = []
    stack = [value]
    while stack:
        node = stack.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
        found += [(node, key) for key in keys]
        stack += [node[key] for key in keys]
    return found


def maps(value: Any) -> list[Object]:
    """Every map within a value."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict) else []
    return own + [found for item in below for found in maps(item)]
