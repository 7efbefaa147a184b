"""Copies of one package under names of their own, so that many mutants are tried by one OPA."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mutation.conditions import Mutant

_IMPORT = re.compile(r"\bdata\.(mlgate(?:\.\w+)+)")
_SHARED = ("mlgate/lib/fixtures/*.rego", "mlgate/settings/data.yaml", "mlgate/requirements/data.yaml")
"""What tests read without saying so."""


@dataclass(frozen=True)
class Package:
    """A folder of a library: its rules, and the tests of these."""

    tree: Path
    folder: str

    @property
    def name(self) -> str:
        """Its name in Rego."""
        return self.folder.replace("/", ".")

    @property
    def tests(self) -> list[Path]:
        """The files that should notice."""
        return [path for path in self._files() if path.stem.endswith("_test")]

    def beside(self, file: str) -> list[Path]:
        """The test file that is named like a file of it; all of them where there is none."""
        own = self.tree / self.folder / f"{Path(file).stem}_test.rego"
        return [own] if own in self.tests else self.tests

    def renamed(self, text: str, new: str) -> str:
        """A text of it in which it is called otherwise; its tests then are `<new>_test`."""
        below = [re.escape(path.name) for path in (self.tree / self.folder).iterdir() if path.is_dir()]
        stop = rf"(?!\w)(?!\.(?:{'|'.join(below)})\b)" if below else r"(?!\w)"
        name, last = re.escape(self.name), self.name.rpartition(".")[2]
        text = re.sub(rf"(?m)^package {name}(_test)?$", rf"package {new}\1", text)
        text = re.sub(rf"(?m)^import data\.{name}$", f"import data.{new} as {last}", text)
        return re.sub(rf"\bdata\.{name}(_test)?{stop}", rf"data.{new}\1", text)

    def write(self, folder: Path, new: str, mutant: Mutant | None = None) -> None:
        """Write a copy of it, changed or not, and the rules `asked.<new>` that hold what its tests say."""
        folder.mkdir(parents=True)
        short = new.rpartition(".")[2]
        for path in self._files():
            text = path.read_text(encoding="utf-8")
            if mutant is not None and path == self.tree / mutant.file:
                text = mutant.applied(text)
            (folder / path.name).write_text(self.renamed(text, new), encoding="utf-8")
        beside = self.beside(mutant.file) if mutant else []
        parts = {"beside": beside, "others": [path for path in self.tests if path not in beside]}
        rules = [f"{part} := {said(f'{new}_test', paths)}" for part, paths in parts.items()]
        (folder / "asked_tests.rego").write_text(f"package asked.{short}\n\n" + "\n\n".join(rules) + "\n")

    def digest(self) -> str:
        """Changes when anything does on which the outcome of its mutants depends."""
        found = hashlib.sha256()
        shared = [path for pattern in _SHARED for path in sorted(self.tree.glob(pattern))]
        for path in (*self._files(), *shared, *used(self._files(), self.tree)):
            found.update(json.dumps([path.name, path.read_text(encoding="utf-8")]).encode())
        return found.hexdigest()

    def _files(self) -> list[Path]:
        return sorted((self.tree / self.folder).glob("*.rego"))


def digest(tree: Path) -> str:
    """Changes when anything does in a whole library."""
    found = hashlib.sha256()
    for path in sorted(path for path in tree.rglob("*") if path.is_file()):
        found.update(json.dumps([path.relative_to(tree).as_posix(), path.read_text("utf-8")]).encode())
    return found.hexdigest()


def said(package: str, tests: Iterable[Path]) -> str:
    """The Rego object of the values of all tests in some files of a package; of none, where undefined."""
    names = {name for path in tests for name in re.findall(r"(?m)^(test_\w+)", path.read_text("utf-8"))}
    return "{" + ", ".join(f'"{name}": [x | x := data.{package}.{name}]' for name in sorted(names)) + "}"


@cache
def referred(path: Path) -> frozenset[str]:
    """The packages that a file refers to."""
    return frozenset(_IMPORT.findall(path.read_text(encoding="utf-8")))


def used(files: Iterable[Path], tree: Path) -> list[Path]:
    """The rules of all packages that some files refer to, and those that these refer to."""
    waiting = {name for path in files for name in referred(path)}
    found: set[Path] = set()
    while waiting:
        parts = waiting.pop().split(".")
        folders = (tree.joinpath(*parts[:end]) for end in (3, 2))
        folder = next((path for path in folders if path.is_dir()), None)
        if folder is not None and folder not in found:
            found.add(folder)
            waiting |= {name for path in rules_in(folder) for name in referred(path)}
    return sorted(path for folder in found for path in rules_in(folder))


def rules_in(folder: Path) -> list[Path]:
    """The files of a folder that are no tests."""
    return sorted(path for path in folder.glob("*.rego") if not path.stem.endswith("_test"))
