"""The Rego of a policy tree as its author wrote it: syntax trees with every place, read when asked for."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mlgate.policy.opa_command import run_opa
from mlgate.policy.syntax import PARSERS, Module

_PACKAGE = re.compile(r"^package[ \t]+([A-Za-z0-9_.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Definition:
    """One rule of a package, or one of several of its name."""

    package: str
    name: str
    file: str
    node: Module
    imports: Mapping[str, str]
    """What the names that its file imports stand for, as `data.mlgate.lib.dates`."""

    @property
    def line(self) -> int:
        """Where it begins."""
        return int(self.node["location"]["row"])

    @property
    def full_name(self) -> str:
        """Its path below `data`."""
        return f"{self.package}.{self.name}"


@dataclass
class Sources:
    """The Rego files of a tree, tests left out."""

    tree: Path
    opa: Path
    _parsed: dict[str, Module] = field(default_factory=dict)

    @cached_property
    def files(self) -> Mapping[str, str]:
        """The text of each file by its name."""
        found = sorted(self.tree.rglob("*.rego"))
        return {
            path.relative_to(self.tree).as_posix(): path.read_text(encoding="utf-8", errors="replace")
            for path in found
            if not path.name.endswith("_test.rego")
        }

    @cached_property
    def packages(self) -> Mapping[str, tuple[str, ...]]:
        """The files of each package."""
        found: dict[str, tuple[str, ...]] = {}
        for name, text in self.files.items():
            said = _PACKAGE.search(text)
            if said is not None:
                found[said.group(1)] = (*found.get(said.group(1), ()), name)
        return found

    def module(self, file: str) -> Module:
        """The syntax tree of a file, as `opa parse` prints it.

        Raises:
            PolicyError: OPA cannot parse it.
        """
        if file not in self._parsed:
            self._parse([file])
        return self._parsed[file]

    def definitions(self, package: str, name: str) -> list[Definition]:
        """The rules of one name in a package, in the order of its files.

        Raises:
            PolicyError: OPA cannot parse a file of the package.
        """
        files = self.packages.get(package, ())
        self._parse(file for file in files if file not in self._parsed)
        return [found for file in files for found in self.rules(file) if found.name == name]

    def rules(self, file: str) -> list[Definition]:
        """All rules of a file."""
        module = self.module(file)
        package = ".".join(str(part["value"]) for part in module["package"]["path"][1:])
        imports = imported(module)
        return [
            Definition(package, rule["head"]["ref"][0]["value"], file, rule, imports)
            for rule in module.get("rules", [])
        ]

    def lines(self, rule: Definition) -> list[str]:
        """A rule as it is written, without what stands above it."""
        count = len(_written(rule.node).strip().splitlines())
        return self.files[rule.file].splitlines()[rule.line - 1 :][:count]

    def rule_at(self, file: str, line: int) -> Definition | None:
        """The rule that a line belongs to."""
        for rule in self.rules(file):
            if rule.line <= line < rule.line + len(self.lines(rule)):
                return rule
        return None

    def package_of(self, file: str) -> str:
        """The package of a file; empty where it has none."""
        return next((name for name, files in self.packages.items() if file in files), "")

    def _parse(self, files: Iterable[str]) -> None:
        wanted = ("--format", "json", "--json-include", "locations,-comments")

        def parsed(name: str) -> Module:
            module: Module = json.loads(run_opa(self.opa, "parse", *wanted, name, folder=self.tree))
            return module

        names = list(files)
        with ThreadPoolExecutor(PARSERS) as pool:
            self._parsed.update(zip(names, pool.map(parsed, names), strict=True))


def imported(module: Module) -> dict[str, str]:
    """What each imported name stands for."""
    found: dict[str, str] = {}
    for entry in module.get("imports", []):
        path = [str(part["value"]) for part in entry["path"]["value"]]
        found[entry.get("alias") or path[-1]] = ".".join(path)
    return found


def all_of(node: Any) -> Iterable[Module]:
    """Every object in a syntax tree, from the outside to the inside."""
    if isinstance(node, list):
        for item in node:
            yield from all_of(item)
    elif isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in {"location", "annotations"}:
                yield from all_of(value)


def text_of(node: Module) -> str:
    """A node as it is written, in one line."""
    return " ".join(_written(node).split())


def is_long(node: Module) -> bool:
    """Whether a node is written in several lines."""
    return "\n" in _written(node)


def covers(node: Module, line: int, column: int) -> bool:
    """Whether a place lies in a node."""
    if "location" not in node:
        return False
    first, written = node["location"], _written(node).split("\n")
    start = (first["row"], first["col"])
    end = (first["row"] + len(written) - 1, len(written[-1]) + (first["col"] if len(written) == 1 else 1))
    return start <= (line, column) < end


def _written(node: Module) -> str:
    return base64.b64decode(node["location"]["text"]).decode("utf-8", errors="replace")
