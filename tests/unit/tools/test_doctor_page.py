"""The page about the codes of `mlgate doctor` tells the whole table, and is current."""

from __future__ import annotations

import re
from pathlib import Path

import doctor_page
import pytest

from mlgate.doctor.codes import codes

PAGE = Path(__file__).resolve().parents[3] / "docs" / "doctor.md"


def test_the_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor_page.main(["--check"]) == 0, "run make generate"
    assert "is current" in capsys.readouterr().out


def test_a_page_that_is_not_current_is_told_and_written_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor_page, "PAGE", tmp_path / "doctor.md")
    assert doctor_page.main(["--check"]) == 1
    assert "run make generate" in capsys.readouterr().out
    assert doctor_page.main([]) == 0
    assert (tmp_path / "doctor.md").read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_every_code_has_its_place_and_its_fix() -> None:
    text = PAGE.read_text(encoding="utf-8")
    places = re.findall(r'<a id="([^"]+)">', text)
    assert len(places) == len(set(places)) == len(codes())
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) == set(places)
    assert all(f"```sh\n{row.fix}\n```" in text for row in codes().values())
