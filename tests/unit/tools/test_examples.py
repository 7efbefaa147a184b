from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import examples
import pytest
from casebook.cases import EXAMPLES, read_case, read_reference
from casebook.table import renewed
from casebook.twins import cases_on

DAY = date(2027, 3, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    copy = tmp_path / "examples"
    shutil.copytree(EXAMPLES, copy)
    return copy


def test_the_checked_in_pins_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert examples.main(["--check"]) == 0
    assert "all right" in capsys.readouterr().out


def test_the_table_of_the_readme_is_that_of_the_cases() -> None:
    readme = (EXAMPLES / "README.md").read_text()
    assert readme == renewed(readme, EXAMPLES)


def test_the_copy_reads_as_the_cases_it_was_made_from(tmp_path: Path) -> None:
    target = tmp_path / "copy"
    assert examples.main(["--target", str(target), "--day", str(DAY)]) == 0
    assert [read_case(target / case.name) for case in cases_on(DAY, EXAMPLES)] == cases_on(DAY, EXAMPLES)
    assert read_reference(target).reference_day == str(DAY)
    assert (target / "cluster.yaml").read_text() == (EXAMPLES / "cluster.yaml").read_text()


def test_a_copy_replaces_the_one_before(tmp_path: Path) -> None:
    old = tmp_path / "copy" / "gone"
    old.mkdir(parents=True)
    examples.write_examples(tmp_path / "copy", DAY)
    assert not old.exists()


def test_a_copy_of_the_copy_is_the_same(tmp_path: Path) -> None:
    examples.write_examples(tmp_path / "one", DAY)
    examples.write_examples(tmp_path / "two", DAY, tmp_path / "one")
    one, two = (
        {path.relative_to(tmp_path / name): path.read_text() for path in (tmp_path / name).rglob("*.yaml")}
        for name in ("one", "two")
    )
    assert one == two


def test_an_edited_card_is_noticed_and_renewed(root: Path) -> None:
    path = root / "ticket-router" / "evidence.yaml"
    path.write_text(path.read_text().replace("affectsPeople: true", "affectsPeople: false"))
    found = examples.wrong(root)
    assert [(folder.name, who) for folder, who, _, _ in found] == [
        ("ticket-router", "InferenceService/ticket-router"),
        ("ticket-router", "SignOff/ticket-router-1.4.0-business"),
    ]
    assert examples.renew(root) == 2
    assert examples.wrong(root) == []
    assert "# A model of limited risk" in (root / "ticket-router" / "manifest.yaml").read_text()


def test_wrong_pins_fail_the_check_by_name(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = root / "custom-container" / "evidence.yaml"
    path.write_text(path.read_text().replace("task: detection", "task: other"))
    assert examples.main(["--root", str(root), "--check"]) == 1
    assert "custom-container: InferenceService/parts-tagger names sha256:" in capsys.readouterr().err
    assert examples.main(["--root", str(root), "--renew"]) == 0
    assert "2 pins corrected" in capsys.readouterr().out


def test_a_day_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert examples.main(["--target", str(tmp_path / "x"), "--day", "yesterday"]) == 2
    assert "examples: 'yesterday' is no day" in capsys.readouterr().err
