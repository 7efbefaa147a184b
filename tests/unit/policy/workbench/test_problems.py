"""Problems: one line for a person, the same for a program."""

from __future__ import annotations

from mlgate.policy.workbench.problems import Problem, Report

PROBLEM = Problem("a.rego", 3, "loops", "r loops", "do not", "mlgate/a.rego", "r")


def test_a_problem_is_one_line() -> None:
    assert PROBLEM.text == "a.rego:3: r loops [loops]; do not"
    assert Problem("policy", 0, "x", "is bad", "mend it").text == "policy: is bad [x]; mend it"


def test_programs_read_the_same() -> None:
    shown = {"file": "a.rego", "line": 3, "check": "loops", "rule": "r", "what": "r loops", "fix": "do not"}
    assert Report((PROBLEM,), 7).wire() == {"files": 7, "problems": [shown]}


def test_problems_are_in_the_order_of_files_and_lines() -> None:
    later, other = Problem("a.rego", 10, "a", "", ""), Problem("b.rego", 1, "a", "", "")
    assert sorted([other, later, PROBLEM]) == [PROBLEM, later, other]
