"""What counts as a change of a policy's source, and what does not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.policy.fingerprint import fingerprint


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    for name in ("mlgate/rules/ours/ours.rego", "mlgate/rules/ours/data.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("one")
    return folder


def _write(name: str, text: str) -> Callable[[Path], object]:
    def change(site: Path) -> None:
        (site / name).write_text(text)

    return change


def _move(site: Path) -> None:
    (site / "mlgate/rules/ours/ours.rego").rename(site / "mlgate/rules/ours/theirs.rego")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file with another content of the same length": _write("mlgate/rules/ours/ours.rego", "two"),
    "a file more": _write("mlgate/rules/ours/more.rego", ""),
    "a file less": lambda site: (site / "mlgate/rules/ours/data.yaml").unlink(),
    "another name": _move,
    "nothing left": lambda site: site.rename(site.with_name("gone")),
    "a file in place of the folder": lambda site: (site.rename(site.with_name("gone")), site.write_text("x")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_policy_is_built_of_counts(site: Path, name: str) -> None:
    before = fingerprint([site])
    CHANGES[name](site)
    assert fingerprint([site]) != before


def test_a_list_of_exceptions_counts(site: Path) -> None:
    before = fingerprint([site])
    (site / "exceptions.yaml").write_text("exceptions: []")
    assert fingerprint([site]) != before


def test_dates_notes_and_tests_do_not_count(site: Path) -> None:
    before = fingerprint([site])
    os.utime(site / "mlgate/rules/ours/ours.rego", (1, 1))
    (site / "README.md").write_text("x")
    (site / "mlgate/rules/ours/ours_test.rego").write_text("x")
    assert fingerprint([site]) == before


def test_each_source_counts_by_its_content(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("a: 1")
    found = [fingerprint([site, file])]
    file.write_text("a: 2")
    found.append(fingerprint([site, file]))
    file.unlink()
    found.append(fingerprint([site, file]))
    file.mkdir()
    found.append(fingerprint([site, file]))
    assert len(set(found)) == 4
    assert len({fingerprint([]), fingerprint([site])}) == 2


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert fingerprint([pipe]) != fingerprint([tmp_path / "missing"])
