"""Syntax trees: what is kept of them, and what is told of a file that has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.opa_command import Ran
from mlgate.policy.syntax import package_of, parse_files

_TEXT = """package a["b"].c

import data.x

# METADATA
# custom: {code: a.b}
deny contains 1 if {
\tinput.y
\tx.z
}
"""


def test_a_tree_holds_the_rows_of_rules_and_conditions_and_no_others(tmp_path: Path, opa: Path) -> None:
    (tmp_path / "a.rego").write_text(_TEXT)
    tree = parse_files(["a.rego"], tmp_path, opa)["a.rego"]
    assert not isinstance(tree, Ran)
    rule = tree["rules"][0]
    assert package_of(tree) == "a.b.c"
    assert rule["location"] == {"row": 7, "lines": 4}
    assert [expression["location"] for expression in rule["body"]] == [{"row": 8}, {"row": 9}]
    assert "location" not in rule["body"][0]["terms"]
    assert rule["annotations"][0]["custom"] == {"code": "a.b"}


def test_a_file_that_is_no_rego_is_told_beside_the_others(tmp_path: Path, opa: Path) -> None:
    (tmp_path / "a.rego").write_text(_TEXT)
    (tmp_path / "b.rego").write_text("package b\n\nx := := 1\n")
    found = parse_files(["a.rego", "b.rego", "c.rego"], tmp_path, opa)
    assert [name for name, tree in found.items() if isinstance(tree, Ran)] == ["b.rego", "c.rego"]


def test_without_opa_nothing_is_parsed(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="opa cannot be started"):
        parse_files(["a.rego"], tmp_path, tmp_path / "opa")
