"""Tells whether the source of a policy has changed, by what it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from mlgate.errors import PolicyError
from mlgate.policy.stage import policy_files
from mlgate.policy.workbench.exceptions import FILE as EXCUSES


def fingerprint(sources: Iterable[Path]) -> str:
    """A digest over files and policy trees as they are now.

    Dates and everything that is no part of a policy do not count; names within a tree do. A source that
    cannot be read counts as one that says so, because that is a change as well.
    """
    total = hashlib.sha256()
    for source in sources:
        total.update(f"\0{source}\0".encode(errors="surrogateescape"))
        try:
            for name, path in _parts(source):
                total.update(f"{name}\0".encode(errors="surrogateescape") + _digest(path))
        except (OSError, PolicyError) as problem:
            total.update(f"\0\0{problem}".encode(errors="surrogateescape"))
    return total.hexdigest()


def _parts(source: Path) -> Iterable[tuple[str, Path]]:
    """The files of a source: itself, or those of the tree and what excuses them."""
    if not source.is_dir():
        return [("", source)]
    excuses = source / EXCUSES
    return [*policy_files(source).items(), *([(EXCUSES, excuses)] if excuses.is_file() else ())]


def _digest(path: Path) -> bytes:
    if not path.is_file():  # a pipe or a device would never end
        raise FileNotFoundError(f"{path} is no file")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
