"""The compliance matrix as a table that spreadsheets open, in which no cell becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from mlgate.policy.workbench.enforcement import PROFILES
from mlgate.policy.workbench.matrix.model import Mapped, Matrix

HEAD = (
    *("framework", "framework_title", "references_checked", "reference", "mapping"),
    *("requirement", "requirement_title", "statement"),
    *("code", "code_title", "severity", *PROFILES, "notes", "decided_by"),
)
BLANK = dict.fromkeys(HEAD, "")
_FORMULA = re.compile(r"(\A|;\s*)(?=[=+\-@＝＋－＠])")  # noqa: RUF001 - spreadsheets take the wide ones too
"""What a spreadsheet would compute, in a cell or in the next where semicolons part cells."""


def csv_text(matrix: Matrix) -> str:
    """A row for each framework, reference, requirement and code; then what no rule decides."""
    written = io.StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writerow(HEAD)
    for row in _rows(matrix):
        table.writerow(safe(row[column]) for column in HEAD)
    return written.getvalue()


def safe(cell: str) -> str:
    """A cell on one line that a spreadsheet shows and does not compute."""
    return _FORMULA.sub(r"\1'", " ".join(cell.split()))


def _rows(matrix: Matrix) -> Iterator[dict[str, str]]:
    for found in matrix.frameworks:
        about = {"framework": found.key, "framework_title": found.title, "references_checked": found.checked}
        for reference in found.references:
            for entry in reference.mapped:
                sure = {"reference": reference.reference, "mapping": "sure" if entry.sure else "not sure"}
                yield from ({**BLANK, **about, **sure, **row} for row in _mapped(matrix, entry))
    for entry in matrix.unmapped:
        yield from ({**BLANK, **row} for row in _mapped(matrix, entry))
    for each in matrix.outside:
        yield {
            **BLANK,
            "requirement": " ".join(each.controls),
            "statement": each.matter,
            "notes": f"the gate shows {each.shows}",
            "decided_by": each.decided_by,
        }


def _mapped(matrix: Matrix, entry: Mapped) -> Iterator[dict[str, str]]:
    about = {
        "requirement": entry.control,
        "requirement_title": entry.title,
        "statement": entry.statement,
        "decided_by": entry.decided_by or "",
    }
    if not entry.codes:
        yield {**about, "notes": entry.instead}
    for code in entry.codes:
        row = matrix.codes[code]
        notes = [*row.notes, *([f"by the rules of {entry.covered_by}"] if entry.covered_by else [])]
        yield {
            **about,
            "code": code,
            "code_title": row.title,
            "severity": row.severity,
            **{profile: cell.text for profile, cell in row.cells.items()},
            "notes": "; ".join(notes),
        }
