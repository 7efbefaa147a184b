"""The matrix as a table for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from mlgate.policy.workbench.matrix.csv_text import HEAD, csv_text, safe
from mlgate.policy.workbench.matrix.model import Matrix


@pytest.fixture(scope="module")
def rows(matrix: Matrix) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(matrix)), strict=True))


def test_a_row_names_framework_reference_requirement_and_code(rows: list[dict[str, str]]) -> None:
    found = next(
        row
        for row in rows
        if (row["reference"], row["code"]) == ("164.312(a)(2)(iv)", "encryption.at_rest_missing")
    )

    assert found["framework"] == "hipaa"
    assert found["mapping"] == "sure"
    assert found["references_checked"] == "from memory"
    assert found["requirement"] == "C57"
    assert found["severity"] == "critical"
    assert found["production"] == "warn (the policy says deny)"
    assert all(row.keys() == set(HEAD) and None not in row.values() for row in rows)


def test_rows_without_a_code_say_who_decides(rows: list[dict[str, str]]) -> None:
    alone = [row for row in rows if not row["code"]]

    assert any(row["requirement"] == "C102" and row["decided_by"] for row in alone)
    assert any(row["decided_by"] == "legal and compliance" and row["requirement"] == "C113" for row in alone)


def test_a_title_becomes_no_formula(rows: list[dict[str, str]]) -> None:
    title = next(row["code_title"] for row in rows if row["code"] == "ours.name_long")

    assert title.startswith("'=HYPERLINK(1) </td>")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  @sum", "'@sum"),
        ("\t-2", "'-2"),
        ("\r\n+3", "'+3"),
        ("＝1", "'＝1"),  # noqa: RUF001 - the wide sign is the case
        ("a; =cmd", "a; '=cmd"),
        ("a;;+1", "a;;'+1"),
        ("a = b - c", "a = b - c"),
        ('"=1', '"=1'),
        ("two\nlines", "two lines"),
        ("", ""),
    ],
)
def test_a_cell_is_shown_and_not_computed(cell: str, shown: str) -> None:
    assert safe(cell) == shown
