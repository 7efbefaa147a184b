"""A line's time is charged to whoever had the line evaluated."""

from __future__ import annotations

import pytest
from policy_costs import Head, Spent, costs, least, read_heads, read_profile, read_trace

RULES = "/mlgate/rules/demo/demo.rego"
LIB = "/mlgate/lib/present/present.rego"
FILES = {
    RULES: """package mlgate.rules.demo

import data.mlgate.lib.present

# METADATA
# custom:
#   code: demo.refused
deny contains finding if {
	present.absent(input.x)
	wanted
	finding := 1
}

wanted if input.y

helper(x) := 1 if {
	x
} else := 2
""",
    LIB: """package mlgate.lib.present

default none := false

none if count(names) == 0

names contains name if some name in input.names

absent(x) if x == null
""",
}
TRACE = """query:1                  Enter data.mlgate.main.decision = _
query:1                  | Eval data.mlgate.main.decision = _
query:1                  | Index data.mlgate.rules.demo.deny (matched 1 rule)
/mlgate/rules/demo/demo.rego:8   | Enter data.mlgate.rules.demo.deny
/mlgate/rules/demo/demo.rego:9   | | Eval data.mlgate.lib.present.absent(x)
/mlgate/lib/present/present.rego:9   | | Enter data.mlgate.lib.present.absent
/mlgate/lib/present/present.rego:9   | | | Eval x = null
/mlgate/lib/present/present.rego:9   | | | Exit data.mlgate.lib.present.absent early
a line of a text
/mlgate/rules/demo/demo.rego:10   | | Eval data.mlgate.rules.demo.wanted
/mlgate/rules/demo/demo.rego:14   | | Enter data.mlgate.rules.demo.wanted
/mlgate/rules/demo/demo.rego:14   | | | Eval input.y
/mlgate/lib/present/present.rego:5   | | | Enter data.mlgate.lib.present.none
/mlgate/lib/present/present.rego:5   | | | | Eval count(names, n)
/mlgate/lib/present/present.rego:5   | | | | Enter n = 0
/mlgate/lib/present/present.rego:9   | | | | | Eval x = null
/mlgate/rules/demo/demo.rego:8   | | Exit data.mlgate.rules.demo.deny
/mlgate/rules/demo/demo.rego:14   | Enter data.mlgate.rules.demo.wanted
/mlgate/rules/demo/demo.rego:14   | | Eval input.y
"""


def test_heads_are_found_with_their_codes() -> None:
    heads = read_heads(FILES)
    assert {place[1]: head for place, head in heads.items() if place[0] == RULES} == {
        8: Head("demo.refused", function=False),
        14: Head(None, function=False),
        16: Head(None, function=True),
        18: Head(None, function=True),
    }
    assert {place[1]: head.function for place, head in heads.items() if place[0] == LIB} == {
        3: False,
        5: False,
        7: False,
        9: True,
    }


def test_a_function_is_evaluated_for_its_caller_and_a_rule_for_itself() -> None:
    spent = read_trace(TRACE.splitlines(), read_heads(FILES))
    assert {place: dict(owners) for place, owners in spent.evaluations.items()} == {
        ("query", 1): {"query": 1},
        (RULES, 9): {"demo.refused": 1},
        (LIB, 9): {"demo.refused": 1, "present": 1},
        (RULES, 10): {"demo.refused": 1},
        (RULES, 14): {"demo.refused": 1, "rules": 1},
        (LIB, 5): {"present": 1},
    }


def test_a_code_whose_rule_is_left_with_a_finding_fires() -> None:
    heads = read_heads(FILES)
    assert read_trace(TRACE.splitlines(), heads).fired == {"demo.refused"}
    silent = [line for line in TRACE.splitlines() if "Exit data.mlgate.rules" not in line]
    assert read_trace(silent, heads).fired == set()


def test_a_profile_is_the_least_time_of_each_line() -> None:
    entries = [
        {"location": {"file": "a", "row": 1, "col": 2}, "total_time_ns_stats": {"min": 5, "max": 9}},
        {"location": {"file": "a", "row": 1, "col": 7}, "total_time_ns_stats": {"min": 2, "max": 9}},
        {"location": {"file": "b", "row": 1, "col": 1}, "total_time_ns_stats": {"min": 3, "max": 9}},
    ]
    assert read_profile({"aggregated_profile": entries}) == {("a", 1): 7.0, ("b", 1): 3.0}


def test_of_several_profiles_the_least_time_of_each_line_counts() -> None:
    assert least([{("a", 1): 7.0, ("a", 2): 3.0}, {("a", 1): 2.0, ("b", 1): 4.0}]) == {
        ("a", 1): 2.0,
        ("a", 2): 3.0,
        ("b", 1): 4.0,
    }
    assert least([]) == {}


def test_the_time_of_a_line_is_split_and_all_times_add_up_to_the_whole() -> None:
    spent = Spent()
    spent.evaluations["a", 1].update({"demo.one": 3, "demo.two": 1})
    spent.evaluations["a", 2].update({"demo.two": 5})
    spent.evaluations["a", 3].update({"demo.three": 1})
    found = costs(spent, {("a", 1): 40.0, ("a", 2): 10.0, ("b", 9): 99.0}, whole=500.0)
    assert found == pytest.approx({"demo.one": 300.0, "demo.two": 200.0, "demo.three": 0.0})


def test_without_times_nothing_costs_anything() -> None:
    assert costs(Spent(), {}, whole=500.0) == {}
