"""Rows of the tables of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from mlgate.policy.workbench.enforcement import PROFILES
from mlgate.policy.workbench.matrix.model import ELSEWHERE, UNSET, Cell, CodeRow, Mapped, Matrix

WORDS = {UNSET: "unset", ELSEWHERE: "none"}
"""Classes of the words that are none themselves."""


def head(caption: str, *names: str) -> Iterator[str]:
    """The beginning of a table of codes."""
    yield from ("<table>", f"<caption>{escape(caption)}</caption>", "<thead><tr>")
    yield from (
        f'<th scope="col" class="{name.lower()}">{name}</th>' for name in (*names, "Code", "Severity")
    )
    yield from (f'<th scope="col" class="p{index}">{profile}</th>' for index, profile in enumerate(PROFILES))
    yield "</tr></thead>"


def mapped_rows(matrix: Matrix, mapped: Sequence[Mapped], reference: str | None) -> Iterator[str]:
    """A row a code, under its requirement and, if there is one, the reference that they share."""
    first = ""
    if reference is not None:
        rows = sum(max(1, len(entry.codes)) for entry in mapped)
        first = f'<th scope="rowgroup" rowspan="{rows}">{escape(reference)}</th>'
    for entry in mapped:
        first += f'<td rowspan="{max(1, len(entry.codes))}"{_sureness(entry)}>{_requirement(entry)}</td>'
        if not entry.codes:
            instead = f'<td colspan="{2 + len(PROFILES)}" class="off">{escape(entry.instead)}</td>'
            yield f"<tr>{first}{instead}</tr>"
            first = ""
        for code in entry.codes:
            yield f"<tr>{first}{_row(matrix.codes[code])}</tr>"
            first = ""


def resting_rows(matrix: Matrix) -> Iterator[str]:
    """The codes that find nothing in some profile."""
    if not matrix.resting:
        return
    yield from ("<section>", "<h2>Not configured, or switched off by the site</h2>")
    yield from head("Codes that find nothing in at least one profile")
    yield "<tbody>"
    yield from (f"<tr>{_row(row)}</tr>" for row in matrix.resting)
    yield from ("</tbody>", "</table>", "</section>")


def _sureness(entry: Mapped) -> str:
    return ' class="unsure"' if entry.sure is False else ""


def _requirement(entry: Mapped) -> str:
    told = f"<strong>{escape(f'{entry.control} {entry.title}'.strip())}</strong>"
    if entry.statement:
        told += f"<small>{escape(entry.statement)}</small>"
    if entry.sure is not None:
        told += f"<small>mapping: {'sure' if entry.sure else 'not sure'}</small>"
    if entry.covered_by:
        told += f"<small>by the rules of {escape(entry.covered_by)}</small>"
    return told


def _row(row: CodeRow) -> str:
    shown = escape(row.code).replace(".", ".<wbr>").replace("_", "_<wbr>")
    name = f"<code>{shown}</code>"
    if row.docs:
        name = f'<a href="{escape(row.docs)}">{name}</a>'
    notes = "".join(f"<small>{escape(note)}</small>" for note in row.notes)
    own = "<small>the site's own</small>" if row.own else ""
    cells = "".join(_state(row.cells[profile], index) for index, profile in enumerate(PROFILES))
    return (
        f"<td>{name}<small>{escape(row.title)}</small>{own}{notes}</td><td>{escape(row.severity)}</td>{cells}"
    )


def _state(cell: Cell, index: int) -> str:
    told = [entry.text for entry in cell.raises]
    if cell.shipped is not None:
        told.append(f"the policy says {cell.shipped}")
    small = "".join(f"<small>{escape(text)}</small>" for text in told)
    word = WORDS.get(cell.word, cell.word)
    return f'<td class="state p{index} {escape(word)}">{escape(cell.word)}{small}</td>'
