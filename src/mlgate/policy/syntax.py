"""Syntax trees of Rego files, as far as mlgate looks at them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mlgate.policy.opa_calls import handed_over
from mlgate.policy.opa_command import Ran, call_opa

PARSERS = 4
"""Files that are parsed at a time; each is a call of OPA, which mostly waits for its own start."""

Module = dict[str, Any]


def parse_files(names: Iterable[str], folder: Path, opa: Path) -> Mapping[str, Module | Ran]:
    """The syntax tree of each file, or the call that says why there is none.

    A tree is what `opa parse` prints, with locations cut down to the row (and the number of lines for
    rules), and on no terms: these are what a check walks through.

    Raises:
        PolicyError: OPA does not work.
    """

    def parsed(name: str) -> Module | Ran:
        return _parse(name, folder, opa)

    ordered = list(names)
    with ThreadPoolExecutor(PARSERS) as pool:
        return dict(zip(ordered, pool.map(handed_over(parsed), ordered), strict=True))


def package_of(module: Module) -> str:
    """The name of a module's package, with dots."""
    return ".".join(str(part["value"]) for part in module["package"]["path"][1:])


def _parse(name: str, folder: Path, opa: Path) -> Module | Ran:
    wanted = ("--format", "json", "--json-include", "locations,-comments")
    ran = call_opa(opa, "parse", *wanted, name, folder=folder)
    if ran.code != 0:
        return ran
    module: Module = _slim(json.loads(ran.out))
    return module


def _slim(node: Any) -> Any:
    if isinstance(node, list):
        return [_slim(item) for item in node]
    if not isinstance(node, dict):
        return node
    slim = {key: _slim(value) for key, value in node.items() if key != "location"}
    location = node.get("location")
    if isinstance(location, dict) and "type" not in node:
        slim["location"] = {"row": location.get("row", 0)}
        if "head" in node:
            slim["location"]["lines"] = _lines(location.get("text", ""))
    return slim


def _lines(text: str) -> int:
    return len(base64.b64decode(text).decode("utf-8", errors="replace").strip().splitlines())
