"""A case as it is on a day: written out if it is a twin, dated, and pinned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from casebook.cases import (
    Case,
    Change,
    case_folders,
    is_twin,
    read_case,
    read_expected,
    read_reference,
    read_twin,
)
from casebook.documents import CasebookError, Object, label, map_strings
from casebook.patch import patched
from casebook.pins import digests, renamed
from casebook.shift import parse_day, shifted

Sides = dict[str, list[Object]]
"""The objects of a case by the file they stand in: `manifest` and `evidence`."""


def cases_on(day: date, root: Path) -> list[Case]:
    """Every case below `root`, twins written out, as if it had been written for `day`.

    Raises:
        CasebookError: a file is not valid, or a twin no longer fits its original.
    """
    days = (day - parse_day(read_reference(root).reference_day)).days
    full = {folder.name: read_case(folder) for folder in case_folders(root) if not is_twin(folder)}
    cases = []
    for folder in case_folders(root):
        if is_twin(folder):
            cases.append(_twin(folder, full, days))
        else:
            case = full[folder.name]
            sides: Sides = {"manifest": list(case.manifest), "evidence": list(case.evidence)}
            cases.append(_finished(case.name, sides, case, days, kept=None))
    return cases


def _twin(folder: Path, full: dict[str, Case], days: int) -> Case:
    """A twin written out: its original in a namespace of its own, changed, dated and pinned."""
    twin = read_twin(folder)
    if twin.of not in full:
        raise CasebookError(f"{folder.name}: there is no case {twin.of} that is written out in full")
    original = full[twin.of]
    changed: Sides = {"manifest": list(original.manifest), "evidence": list(original.evidence)}
    for change in twin.changes:
        try:
            _apply(changed, change)
        except CasebookError as problem:
            raise CasebookError(f"{folder.name}: {problem}") from problem
    sides = {
        side: [_moved_to(folder.name, item, twin.of) for item in items] for side, items in changed.items()
    }
    case = Case(folder.name, read_expected(folder), original.manifest, original.evidence)
    return _finished(folder.name, sides, case, days, kept=original if twin.pins == "kept" else None)


def _apply(sides: Sides, change: Change) -> None:
    """Make one change in place."""
    if change.add is not None:
        sides[change.to].append(change.add)
        return
    for items in sides.values():
        for index, item in enumerate(items):
            if label(item) == change.object:
                items[index : index + 1] = [] if change.remove else [patched(item, change.patch)]
                return
    raise CasebookError(f"there is no {change.object}")


def _moved_to(namespace: str, item: Object, before: str) -> Object:
    """The object in another namespace; the Namespace itself under another name."""
    metadata = dict(item["metadata"])
    if metadata.get("namespace") == before:
        metadata["namespace"] = namespace
    if item["kind"] == "Namespace" and metadata["name"] == before:
        metadata["name"] = namespace
    return {**item, "metadata": metadata}


def _finished(name: str, sides: Sides, source: Case, days: int, kept: Case | None) -> Case:
    """The case dated, with pins that are right, or right for the cards of `kept`."""
    before = digests([*source.objects, *_new_cards(sides, source)])
    dated = {side: shifted(items, days) for side, items in sides.items()}
    after = digests(shifted(list(kept.objects), days)) if kept else digests(_all(dated))
    pinned = {side: tuple(renamed(item, before, after) for item in items) for side, items in dated.items()}
    return Case(name, source.expected, pinned["manifest"], pinned["evidence"])


def _new_cards(sides: Sides, source: Case) -> Iterable[Object]:
    """Objects that the original does not have."""
    known = {label(item) for item in source.objects}
    return [item for item in _all(sides) if label(item) not in known]


def _all(sides: Sides) -> list[Object]:
    """The objects of both files."""
    return [item for items in sides.values() for item in items]


def namespaces_are_apart(cases: Iterable[Case]) -> bool:
    """Whether every case keeps to a namespace of its own, so that one cluster can hold them all."""
    found = [set(map_strings([_home(item) for item in case.objects], str)) for case in cases]
    return all(len(homes) == 1 for homes in found) and len({homes.pop() for homes in found}) == len(found)


def _home(item: Object) -> str:
    """The namespace an object is in, or is."""
    metadata = item["metadata"]
    return str(metadata["name"] if item["kind"] == "Namespace" else metadata["namespace"])
