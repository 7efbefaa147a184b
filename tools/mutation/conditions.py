"""Find every condition of a Rego file, and say how each is changed."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REGO = ROOT / "policies" / "rego"
OPA = ROOT / ".tools" / "bin" / "opa"
TRIED = ("rules", "lib", "main")
NO_CONDITIONS = frozenset({"assign", "eq"})
"""`x := f(y)` gives a name; without it nothing compiles. `x = y` is not used in this library."""
_SECONDS = 180


class MutantError(Exception):
    """OPA could not do what was asked."""


@dataclass(frozen=True)
class Mutant:
    """One changed condition."""

    file: str
    row: int
    offset: int
    text: str
    change: str

    @property
    def new(self) -> str:
        """What stands in its place."""
        if self.change == "removed":
            return "true"
        return self.text.removeprefix("not ").strip() if self.text.startswith("not ") else f"not {self.text}"

    @property
    def folder(self) -> str:
        """The folder of its package."""
        return Path(self.file).parent.as_posix()

    @property
    def name(self) -> str:
        """How it is named in lists: file, condition and change, without the line, which moves."""
        return f"{self.file}: {' '.join(self.text.split())} ({self.change})"

    def applied(self, text: str) -> str:
        """The text of its file with the change made."""
        return text[: self.offset] + self.new + text[self.offset + len(self.text) :]


def all_mutants(only: Iterable[str] = ()) -> list[Mutant]:
    """Every mutant of the library, or those whose file holds one of some texts, in the order of these.

    Raises:
        MutantError: OPA cannot parse a file.
    """
    files = [path for part in TRIED for path in sorted((REGO / "mlgate" / part).rglob("*.rego"))]
    named = {path.relative_to(REGO).as_posix(): path for path in files if not path.stem.endswith("_test")}
    wanted = [file for text in only or ("",) for file in named if text in file]
    return [mutant for file in dict.fromkeys(wanted) for mutant in mutants_of(named[file], REGO)]


def mutants_of(path: Path, tree: Path) -> Iterator[Mutant]:
    """The mutants of one file.

    Raises:
        MutantError: OPA cannot parse it.
    """
    name = path.relative_to(tree).as_posix()
    done = subprocess.run(
        [str(OPA), "parse", "-f", "json", "--json-include", "locations,-comments", name],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    if done.returncode != 0:
        raise MutantError(f"{name}: {done.stderr.strip()}")
    text = path.read_text(encoding="utf-8")
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    seen: set[int] = set()
    for expression in conditions(json.loads(done.stdout).get("rules", ())):
        place = expression["location"]
        words = base64.b64decode(place["text"]).decode()
        offset = starts[place["row"] - 1] + place["col"] - 1
        if offset in seen or not text.startswith(words, offset):
            continue
        seen.add(offset)
        changes = ("removed",) if words.startswith("every ") else ("removed", "negated")
        yield from (Mutant(name, place["row"], offset, words, change) for change in changes)


def conditions(node: Any) -> Iterator[dict[str, Any]]:
    """Every expression below a node of the syntax tree that decides something."""
    if isinstance(node, list):
        for item in node:
            yield from conditions(item)
    elif isinstance(node, dict):
        if is_condition(node):
            yield node
        for value in node.values():
            if isinstance(value, dict | list):
                yield from conditions(value)


def is_condition(node: dict[str, Any]) -> bool:
    """Whether a node is an expression that is neither a declaration nor the giving of a name."""
    if "terms" not in node or "location" not in node or node.get("generated") or "index" not in node:
        return False
    terms = node["terms"]
    if isinstance(terms, dict):
        return "symbols" not in terms and not (terms.get("type") == "boolean" and terms.get("value") is True)
    operator = terms[0].get("value")
    names = [part.get("value") for part in operator] if isinstance(operator, list) else []
    return not (len(names) == 1 and names[0] in NO_CONDITIONS)
