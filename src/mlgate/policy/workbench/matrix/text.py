"""The compliance matrix as text and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from mlgate.policy.workbench.enforcement import PROFILES
from mlgate.policy.workbench.matrix.model import ELSEWHERE, CodeRow, Mapped, Matrix

COLUMN = 14
"""Width of `not configured`."""


def told(matrix: Matrix) -> Iterator[str]:
    """The matrix, line by line."""
    yield f"policy {matrix.revision}" + (f" at {matrix.at}" if matrix.at else "")
    yield from (f"mode in {profile}: {matrix.modes[profile]}" for profile in matrix.lowered)
    yield from (f"on {case}: {action} instead of deny" for case, action in matrix.instead.items())
    if matrix.changed:
        yield f"the site sets {', '.join(matrix.changed)}; * marks what the policy has otherwise"
    width = max((len(code) for code in matrix.codes), default=0)
    columns = "  ".join(f"{name.upper():{COLUMN}}" for name in PROFILES)
    for found in matrix.frameworks:
        yield ""
        yield f"{found.key.upper()}: {found.title}; references were checked {found.checked}"
        yield f"{'':6}{'':{width}}  {'SEVERITY':8}  {columns}".rstrip()
        for reference in found.references:
            yield f"  {reference.reference}"
            for entry in reference.mapped:
                yield from _mapped(matrix, entry, width)
    if matrix.unmapped:
        yield from ("", "WITHOUT A REFERENCE")
        for entry in matrix.unmapped:
            yield from _mapped(matrix, entry, width)
    yield from _not_judged(matrix)
    yield from ("", "WHAT THE GATE DOES NOT DECIDE")
    for each in matrix.outside:
        serves = f" [{', '.join(each.controls)}]" if each.controls else ""
        yield f"  {each.matter}: {each.decided_by}; the gate shows {each.shows}{serves}"


def _mapped(matrix: Matrix, entry: Mapped, width: int) -> Iterator[str]:
    sure = "" if entry.sure is not False else " (not sure)"
    yield f"    {f'{entry.control} {entry.title}: {entry.statement}'.strip().removesuffix(':')}{sure}"
    if entry.covered_by and entry.codes:
        yield f"      by the rules of {entry.covered_by}:"
    if not entry.codes:
        yield f"      {entry.instead}"
    for code in entry.codes:
        yield f"      {_row(matrix.codes[code], width)}".rstrip()


def _row(row: CodeRow, width: int) -> str:
    cells = (f"{_short(row, profile):{COLUMN}}" for profile in PROFILES)
    return f"{row.code:{width}}  {row.severity:8}  {'  '.join(cells)}  {'; '.join(row.notes)}"


def _short(row: CodeRow, profile: str) -> str:
    """The action, what it is raised to in the end, and a mark where the site's settings made it so."""
    cell = row.cells[profile]
    shown = f"{cell.word}→{cell.strictest}" if cell.raises else cell.word
    return shown if cell.shipped is None else f"{shown}*"


def _not_judged(matrix: Matrix) -> Iterator[str]:
    if not matrix.resting:
        return
    yield from ("", "NOT CONFIGURED, OR SWITCHED OFF BY THE SITE")
    for row in matrix.resting:
        by_word: dict[str, list[str]] = {}
        for profile, cell in row.cells.items():
            if not cell.enforced and cell.word != ELSEWHERE:
                by_word.setdefault(cell.word, []).append(profile)
        yield f"  {row.code}: " + "; ".join(
            f"{word} in {', '.join(names)}" for word, names in by_word.items()
        )


def wire(matrix: Matrix) -> dict[str, Any]:
    """The matrix for programs; each code once, under its name."""
    shown = asdict(matrix)
    shown["codes"] = {code: _code(row) for code, row in matrix.codes.items()}
    shown["notEnforced"] = [row.code for row in matrix.resting]
    return {_camel(key): _renamed(value) for key, value in shown.items()}


def _code(row: CodeRow) -> dict[str, Any]:
    shown = asdict(row)
    shown["enforcement"] = {
        profile: {**asdict(cell), "text": cell.text} for profile, cell in row.cells.items()
    }
    del shown["cells"], shown["code"]
    return shown


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {_camel(key): _renamed(entry) for key, entry in value.items()}
    return [_renamed(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def _camel(key: str) -> str:
    """As keys are written in JSON; a code holds a dot and stays as it is."""
    first, *rest = key.split("_")
    return key if "." in key else first + "".join(word.capitalize() for word in rest)
