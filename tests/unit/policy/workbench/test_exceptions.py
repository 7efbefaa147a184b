"""Exceptions: each has a reason, and none outlives what it excuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.workbench.exceptions import FILE, read_excuses, without_excused
from mlgate.policy.workbench.problems import Problem
from mlgate.policy.workbench.workspace import Workspace, workspace

ENTRY = {"check": "loops", "file": "mlgate/a.rego", "rule": "r", "reason": "There are two of them at most."}
PROBLEM = Problem("a.rego", 3, "loops", "r loops", "do not", "mlgate/a.rego", "r")


def written(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / FILE
    path.write_text(json.dumps({"exceptions": entries}))
    return path


def left(space: Workspace, *found: Problem) -> list[str]:
    return [problem.what for problem in without_excused(found, space)]


def test_a_breach_is_excused_by_check_file_and_rule(tree: Path) -> None:
    written(tree, ENTRY)
    other = Problem("a.rego", 9, "loops", "s loops", "do not", "mlgate/a.rego", "s")
    with workspace(tree) as space:
        assert left(space, PROBLEM) == []
        assert left(space, PROBLEM, other) == ["s loops"]


@pytest.mark.parametrize("key", ["check", "file", "rule"])
def test_an_exception_that_excuses_nothing_is_a_problem(tree: Path, key: str) -> None:
    written(tree, ENTRY | {key: "negation"})
    with workspace(tree) as space:
        found = left(space, PROBLEM)
    assert found[0] == "r loops"
    assert found[1].endswith("excuses nothing")


def test_without_a_list_nothing_is_excused(tree: Path) -> None:
    with workspace(tree) as space:
        assert left(space, PROBLEM) == ["r loops"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps({"exceptions": [{**ENTRY, "reason": "short"}]}), r"exceptions\.0\.reason: "),
        (json.dumps({"exceptions": [{**ENTRY, "why": "x"}]}), r"exceptions\.0\.why: "),
        (
            json.dumps({"exceptions": [{**ENTRY, "check": "rules"}]}),
            "rules has no exceptions; loops, negation",
        ),
        (json.dumps([]), "valid dictionary"),
        ("exceptions: [", "not valid YAML"),
        ("", "0 documents"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_the_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / FILE
    path.write_text(text)
    with pytest.raises(PolicyError, match=words) as caught:
        read_excuses(path)
    assert str(caught.value).startswith(str(path))


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="Is a directory"):
        read_excuses(tmp_path)
