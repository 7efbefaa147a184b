"""Try mutants, many at a time, and remember what came of each."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from mutation.conditions import REGO, Mutant, MutantError
from mutation.copies import Package, digest
from mutation.others import Others
from mutation.server import DoesNotCompileError, Server, Values, lost, serving

BATCH = 48
"""As many copies are tried by one OPA: starting it costs as much as trying a dozen of them."""
KILLED, SURVIVED, INVALID = "killed", "survived", "invalid"
PARTS = ("beside", "others")
_FORMAT = 2
"""Changes when outcomes of an earlier version of this tool say nothing any more."""


class Memory:
    """Outcomes of earlier runs, in a file of the user's cache."""

    def __init__(self, path: Path | None = None) -> None:
        """Kept in `path`, or where the tools are kept as well."""
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        self._path = path or Path(base) / "mlgate" / "mutants.json"
        self._lock = threading.Lock()
        self._digests: dict[str, str] = {}

    def key(self, mutant: Mutant, tree: Path, *, of_all: bool = False) -> str:
        """What an outcome is kept under: all it depends on, by the tests of its package or of all."""
        folder = "" if of_all else mutant.folder
        if folder not in self._digests:
            self._digests[folder] = digest(tree) if of_all else Package(tree, folder).digest()
        told = [_FORMAT, self._digests[folder], mutant.file, mutant.offset, mutant.change]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def read(self) -> dict[str, str]:
        """All outcomes by their keys."""
        try:
            found: dict[str, str] = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def add(self, outcomes: dict[str, str]) -> None:
        """Keep some more."""
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_suffix(f".{os.getpid()}")
            part.write_text(json.dumps(self.read() | outcomes), encoding="utf-8")
            part.replace(self._path)


class Bench:
    """Tries mutants in copies of the packages they are of."""

    def __init__(self, folder: Path, memory: Memory, tree: Path = REGO) -> None:
        """Everything is written below `folder`; the library is the one in `tree`, as it is now."""
        self._folder = folder
        self._memory = memory
        self._others: Others | None = None
        self._tree = folder / "whole"
        self._base = folder / "base"
        shutil.copytree(tree, self._tree)
        shutil.copytree(tree, self._base)
        for path in self._base.rglob("*_test.rego"):
            if "fixtures" not in path.parts:
                path.unlink()

    def outcomes(self, mutants: Sequence[Mutant], jobs: int) -> Iterator[tuple[Mutant, str]]:
        """What came of each, those known from earlier first.

        Raises:
            MutantError: the library itself does not pass its tests.
        """
        earlier = self._memory.read()
        known = {mutant: earlier.get(self._memory.key(mutant, self._tree)) for mutant in mutants}
        new = [mutant for mutant, outcome in known.items() if outcome is None]
        batches = [new[start : start + BATCH] for start in range(0, len(new), BATCH)]
        with ThreadPoolExecutor(jobs) as workers:
            found = (some.items() for some in workers.map(self.tried, batches))
            for mutant, outcome in chain(known.items(), chain.from_iterable(found)):
                if outcome is None:
                    continue
                yield mutant, self._elsewhere(mutant) if outcome == SURVIVED else outcome

    def _elsewhere(self, mutant: Mutant) -> str:
        """What comes of a survivor once the tests of all other packages are asked as well."""
        key = self._memory.key(mutant, self._tree, of_all=True)
        outcome = self._memory.read().get(key)
        if outcome is None:
            self._others = self._others or Others(self._tree, self._folder)
            outcome = KILLED if self._others.notice(mutant) else SURVIVED
            self._memory.add({key: outcome})
        return outcome

    def tried(self, mutants: Iterable[Mutant]) -> dict[Mutant, str]:
        """What comes of some mutants that are tried by one OPA.

        Raises:
            MutantError: as `outcomes`.
        """
        found: dict[Mutant, str] = {}
        left = {f"m{number}": mutant for number, mutant in enumerate(mutants, start=1000)}
        while left:
            try:
                found |= self._asked(left)
                break
            except DoesNotCompileError as refused:
                if not set(map(str, refused.args)) <= set(left):
                    raise MutantError("the library does not compile as it is") from refused
                found |= {left.pop(name): INVALID for name in map(str, refused.args)}
        self._memory.add({self._memory.key(mutant, self._tree): outcome for mutant, outcome in found.items()})
        return found

    def _asked(self, mutants: dict[str, Mutant]) -> dict[Mutant, str]:
        folders = sorted({mutant.folder for mutant in mutants.values()})
        whole = {folder: f"m{number}" for number, folder in enumerate(folders)}
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            copies = Path(name) / "copies"
            for folder, copy in whole.items():
                Package(self._tree, folder).write(copies / copy, f"mutants.{copy}")
            for copy, mutant in mutants.items():
                package = Package(self._tree, mutant.folder)
                package.write(copies / copy, f"mutants.{copy}", mutant)
            with serving(Path(name), self._base, copies) as server:
                before = {folder: self._whole(server, folder, copy) for folder, copy in whole.items()}
                return {
                    mutant: outcome(server, copy, before[mutant.folder]) for copy, mutant in mutants.items()
                }

    @staticmethod
    def _whole(server: Server, folder: str, copy: str) -> Values:
        found = server.values(f"asked/{copy}/others")
        if found is None or not all(found.values()):
            failing = [name for name, value in (found or {"a built-in": []}).items() if not value]
            raise MutantError(f"{folder}: fails as it is: {', '.join(failing)}")
        return found


def outcome(server: Server, copy: str, before: Values) -> str:
    """What comes of one copy: the tests beside the file are asked first."""
    for part in PARTS:
        after = server.values(f"asked/{copy}/{part}")
        if after is None or lost({name: before[name] for name in after}, after):
            return KILLED
    return SURVIVED
