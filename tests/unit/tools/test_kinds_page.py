"""The page about kinds tells all the tables say, and is current."""

from __future__ import annotations

import re
from pathlib import Path

import kinds_page
import pytest
from kinds_guide import kinds, parts
from kinds_guide.phrases import LIBRARIES, MERGES, PURPOSES, ROLES, VOLUMES

from mlgate.workloads.kinds.rows import Component, Kind
from mlgate.workloads.kinds.table import gated_kinds
from mlgate.workloads.programs.catalog import catalog

PAGE = Path(__file__).resolve().parents[3] / "docs" / "kinds.md"
OF_THE_PART = {"path", "where", "id", "role", "canary_percent"}
"""Words of a component that are told beside its lines."""
OF_THE_KIND = {
    *("group", "kind", "resource", "versions", "scope", "webhook", "subresources", "components", "unread"),
    *("serves", "trains", "serves_with", "trains_with", "helps", "runtime", "makes_pods", "route", "batch"),
    "lasting",
}
"""Words of a row that are told before and behind its lines."""


def test_the_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert kinds_page.main(["--check"]) == 0, "run make generate"
    assert "is current" in capsys.readouterr().out


def test_a_page_that_is_not_current_is_told_and_written_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kinds_page, "PAGE", tmp_path / "kinds.md")
    assert kinds_page.main(["--check"]) == 1
    assert "run make generate" in capsys.readouterr().out
    assert kinds_page.main([]) == 0
    assert (tmp_path / "kinds.md").read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_every_word_of_the_table_is_told() -> None:
    told = {word for words in parts.WRITERS for word in words.split()}
    assert told | OF_THE_PART == set(Component.model_fields)
    told = {word for words in kinds.WRITERS for word in words.split()}
    assert told | OF_THE_KIND == set(Kind.model_fields)


def test_every_value_of_a_word_has_a_phrase() -> None:
    rows = gated_kinds().values()
    components = [component for row in rows for component in row.components]
    models = [field for component in components for field in component.models]
    assert {field.library for field in models} - {None} <= set(LIBRARIES)
    assert {field.role for field in models} - {None} <= set(ROLES)
    assert {field.kind for component in components for field in component.volumes} <= set(VOLUMES)
    assert {field.purpose for component in components for field in component.endpoints} <= set(PURPOSES)
    assert {field.merge for component in components for field in component.references} <= set(MERGES)


def test_every_kind_and_program_has_its_place() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for row in gated_kinds().values():
        assert (f'<a id="{kinds.anchor(row)}"></a>' in text) == (row.webhook != "records")
        assert all(line in text for line in row.unread)
    for program in catalog().programs:
        assert f"| {program.name} |" in text


def test_every_link_within_the_page_leads_somewhere() -> None:
    text = PAGE.read_text(encoding="utf-8")
    titles = {kinds_page._anchor(title) for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    known = titles | set(re.findall(r'<a id="([^"]+)">', text))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= known
