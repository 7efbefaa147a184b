"""The bridge to the checks in Rego: `tests/policy/test_checks.py` tells what they find."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.workbench.checks import evaluate, run_checks
from mlgate.policy.workbench.workspace import workspace


def test_a_query_reads_checks_and_what_the_policy_holds(tree: Path, opa: Path) -> None:
    with workspace(tree) as space:
        assert evaluate("data.mlgate.settings.enforcement.locked", {}, space, opa) == ["demo.refused"]
        assert "code" in evaluate("data.checks.words.required", {}, space, opa)


def test_a_query_that_cannot_be_evaluated_is_told(tree: Path, opa: Path) -> None:
    with workspace(tree) as space, pytest.raises(PolicyError, match=r"^opa eval: "):
        evaluate("data.checks[", {}, space, opa)


def test_problems_are_named_by_file_and_by_place_in_the_tree(tree: Path, opa: Path) -> None:
    with workspace(tree) as space:
        found = list(run_checks(space, {}, opa))
    named = {problem.name: problem.file for problem in found}
    assert named["mlgate/rules/demo/demo.rego"] == str(tree / "mlgate/rules/demo/demo.rego")
    assert named[""] == "policy"
