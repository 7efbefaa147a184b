"""What a folder of `examples/` says: the objects, what is expected of them, and what a twin changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from casebook.documents import CasebookError, Object, read_all, read_one
from casebook.patch import Operation
from mlgate.domain.base import Frozen

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

_Model = TypeVar("_Model", bound=Frozen)


class Requester(Frozen):
    """Who asks for an object to be stored."""

    username: str
    groups: tuple[str, ...]


class Reference(Frozen):
    """What all cases share (reference.yaml)."""

    reference_day: str
    requester: Requester


class Expectation(Frozen):
    """What is expected of one object of a manifest."""

    object: str
    """Kind and name."""
    verdict: Literal["allowed", "denied", "skipped"]
    profile: str | None = None
    tier: str | None = None
    violations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    audited: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    """Codes, one for each finding; their order is free."""
    user: Requester | None = None
    """Who asks, when it is not the shared requester."""
    needs_cluster: tuple[str, ...] = ()
    """Codes that files cannot decide, and skip: what is in no file may still be in the cluster."""
    refused_first: bool = False
    """A real API server refuses the object before it asks the webhook."""


class Expected(Frozen):
    """A case's expected.yaml: what it shows, and one expectation for each object, in order."""

    shows: str
    objects: tuple[Expectation, ...]


class Change(Frozen):
    """One thing a twin changes: exactly one of patch, remove and add."""

    why: str
    object: str | None = None
    patch: tuple[Operation, ...] = ()
    remove: bool = False
    add: dict[str, Any] | None = None
    to: Literal["manifest", "evidence"] = "evidence"
    """Where an added object goes."""


class Twin(Frozen):
    """A case that is another one but for a few changes (twin.yaml)."""

    of: str
    changes: tuple[Change, ...]
    pins: Literal["renewed", "kept"] = "renewed"
    """Whether digests of changed cards are computed again, as by honest people, or left as they were."""


@dataclass(frozen=True)
class Case:
    """One case with all its objects."""

    name: str
    expected: Expected
    manifest: tuple[Object, ...]
    evidence: tuple[Object, ...]

    @property
    def objects(self) -> Iterator[Object]:
        """Manifest and evidence."""
        yield from self.manifest
        yield from self.evidence


def read_reference(root: Path) -> Reference:
    """The day the examples in `root` are dated by, and who asks.

    Raises:
        CasebookError: reference.yaml does not say it.
    """
    return _read(Reference, root / "reference.yaml")


def read_expected(folder: Path) -> Expected:
    """What is expected of a case.

    Raises:
        CasebookError: its expected.yaml is not valid.
    """
    return _read(Expected, folder / "expected.yaml")


def read_twin(folder: Path) -> Twin:
    """What a twin changes.

    Raises:
        CasebookError: its twin.yaml is not valid.
    """
    return _read(Twin, folder / "twin.yaml")


def read_case(folder: Path) -> Case:
    """A case that is written out in full.

    Raises:
        CasebookError: a file is missing or not valid.
    """
    manifest, evidence = (tuple(read_all(folder / name)) for name in ("manifest.yaml", "evidence.yaml"))
    return Case(folder.name, read_expected(folder), manifest, evidence)


def case_folders(root: Path) -> list[Path]:
    """The folders of all cases, in order."""
    return sorted(path.parent for path in root.glob("*/expected.yaml"))


def is_twin(folder: Path) -> bool:
    """Whether the folder holds a twin of another case."""
    return (folder / "twin.yaml").is_file()


def _read(model: type[_Model], path: Path) -> _Model:
    """A YAML file as the type it must have."""
    try:
        return model.model_validate(read_one(path))
    except ValidationError as problem:
        raise CasebookError(f"{path}: {problem}") from problem
