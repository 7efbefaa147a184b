"""Why a rule did not fire: traces of a real OPA, recorded by each test, and what is made of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.local_opa import find_opa
from mlgate.policy.workbench import trial
from mlgate.policy.workbench.conditions import World
from mlgate.policy.workbench.sources import Sources
from mlgate.policy.workbench.trial import facts, trace
from mlgate.policy.workbench.why import Reason, Reasoner

SETTINGS = {"demo": {"most": 5}}
PACKAGE = """package mlgate.rules.demo

import data.mlgate.lib.made
import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# scope: rule
# custom: {code: demo.other}
deny contains {"code": "demo.other"} if {
	input.never == "asked"
}

# METADATA
# scope: rule
# custom: {code: demo.tried}
"""
LIBS = {
    "present": "get(obj, path) := object.get(obj, path, null) if {\n\tis_object(obj)\n} else := null\n",
    "settings": "value := data.mlgate.settings\n",
    "made": """tables := [table |
	some given in input.tables
	not clear(given)
	table := {"given": given, "over": over(given)}
]

clear(given) if given.clear == true

over(given) := rows if {
	rows := [row | some row in given.rows; row.value > row.limit]
}
""",
}

Why = Callable[..., list[Reason]]


@pytest.fixture
def why(tmp_path: Path) -> Why:
    """Reasons of the rule with that text for a document."""

    def told(
        rule: str, document: Any, *, conceal: Any = str, shortcuts: tuple[str, ...] = ()
    ) -> list[Reason]:
        tree = tmp_path / "tree"
        for name, text in LIBS.items():
            write(tree / "mlgate" / "lib" / name / f"{name}.rego", f"package mlgate.lib.{name}\n\n{text}")
        path = write(tree / "mlgate" / "rules" / "demo" / "demo.rego", PACKAGE + rule)
        write(tree / "data.json", json.dumps({"mlgate": {"settings": SETTINGS}}))
        bundle, opa = tmp_path / "bundle.tar.gz", find_opa()
        command = [opa.absolute(), "build", "--bundle", ".", "--output", bundle]
        subprocess.run(command, cwd=tree, capture_output=True, check=True)  # noqa: S603 - literal arguments
        sources = Sources(tree, opa)
        line = PACKAGE.count("\n") + 1
        found = sources.rule_at(path.relative_to(tree).as_posix(), line)
        assert found is not None
        queries = trace(bundle, found, document, sources, shortcuts)
        reasoner = Reasoner(found, sources, World(document, SETTINGS), conceal, lambda name: Path(name).name)
        return reasoner.reasons(queries)

    return told


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def line(number: int) -> int:
    """The line of a rule's own line, counted from its head."""
    return PACKAGE.count("\n") + 1 + number


LIMITS = """deny contains {"code": "demo.tried"} if {
	some row in input.rows
	row.kind != "skip"
	row.value < row.limit
}
"""


def test_each_candidate_is_told_with_the_first_condition_that_failed(why: Why) -> None:
    rows = [
        {"name": "a", "kind": "x", "value": 0.91, "limit": 0.8},
        {"name": "fires", "kind": "x", "value": 0.1, "limit": 0.8},
        {"name": "b", "kind": "skip", "value": 0, "limit": 1},
    ]

    first, second = why(LIMITS, {"rows": rows})

    assert first.told == (
        f"demo.rego:{line(3)}: `row.value < row.limit` was false: row.value = 0.91, row.limit = 0.8"
    )
    assert first.about == (("row", '{name: "a", kind: "x", limit: 0.8, value: 0.91}'),)
    assert second.told == f'demo.rego:{line(2)}: `row.kind != "skip"` was false: row.kind = "skip"'


def test_a_field_that_is_not_there_is_said_to_be_undefined(why: Why) -> None:
    [reason] = why(LIMITS, {"rows": [{"kind": "x", "value": 1}]})

    assert reason.told.endswith("was false: row.value = 1, row.limit is undefined")
    assert reason.wire()["values"] == [
        {"term": "row.value", "value": "1"},
        {"term": "row.limit", "value": None},
    ]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "input.rows is undefined"),
        ({"rows": []}, "input.rows = []"),
        ({"rows": None}, "input.rows = null"),
    ],
)
def test_where_there_is_nothing_to_go_through_that_is_told(why: Why, document: Any, told: str) -> None:
    [reason] = why(LIMITS, document)

    assert reason.told == f"demo.rego:{line(1)}: `some row in input.rows` found nothing: {told}"
    assert reason.about == ()


def test_a_negation_is_told_with_what_the_call_in_it_came_to(why: Why) -> None:
    rule = """deny contains {"code": "demo.tried"} if {
	not present.get(input.pod, ["spec", "user"]) == 0
	not small(input.pod)
}

small(pod) if pod.size < settings.value.demo.most
"""

    [root] = why(rule, {"pod": {"spec": {"user": 0}, "size": 9}})
    [small] = why(rule, {"pod": {"spec": {"user": 1}, "size": 2}})

    assert root.verdict == "was false"
    assert root.values == (('present.get(input.pod, ["spec", "user"])', "0"),)
    assert (small.text, small.because) == ("not small(input.pod)", ())


def test_within_a_helper_each_of_its_bodies_is_told(why: Why) -> None:
    rule = """deny contains {"code": "demo.tried"} if {
	some pod in input.pods
	flaw := flawed(pod)
	flaw != ""
}

flawed(pod) := "big" if pod.size > settings.value.demo.most

flawed(pod) := "odd" if {
	pod.size % 2 == 1
}
"""

    [reason] = why(rule, {"pods": [{"name": "p", "size": 4}]})

    assert reason.text == "flaw := flawed(pod)"
    assert reason.verdict == "has no value"
    big, odd = (inner.told for inner in reason.because)
    assert big == (
        f"demo.rego:{line(6)}: `pod.size > settings.value.demo.most` was false: "
        "pod.size = 4, settings.value.demo.most = 5"
    )
    assert odd == f"demo.rego:{line(9)}: `pod.size % 2 == 1` was false: pod.size = 4"


def test_an_empty_list_is_told_with_what_left_it_empty(why: Why) -> None:
    rule = """deny contains {"code": "demo.tried"} if {
	some pod in input.pods
	flaws := lacks(pod)
	count(flaws) > 0
}

lacks(pod) := [name |
	some name in ["user", "group"]
	not present.get(pod, name) == 1
]
"""

    [reason] = why(rule, {"pods": [{"user": 1, "group": 1}]})

    assert reason.values == (("count(flaws)", "0"),)
    assert [inner.values for inner in reason.because] == [
        (("present.get(pod, name)", "1"),),
    ]


TABLES = """deny contains {"code": "demo.tried"} if {
	some table in made.tables
	some row in table.over
}
"""


def test_an_empty_part_of_something_made_is_told_with_the_failures_of_its_own_making(why: Why) -> None:
    first = {"rows": [{"name": "a", "value": 1, "limit": 2}]}
    second = {"rows": [{"name": "b", "value": 3, "limit": 4}]}

    one, other = why(TABLES, {"tables": [first, second]})

    assert one.text == "some row in table.over"
    assert [inner.values for inner in one.because] == [(("row.value", "1"), ("row.limit", "2"))]
    assert [inner.values for inner in other.because] == [(("row.value", "3"), ("row.limit", "4"))]


def test_the_trace_goes_without_the_shortcuts_of_a_policy(why: Why) -> None:
    document = {"tables": [{"clear": True, "rows": [{"value": 1, "limit": 2}]}]}

    [short] = why(TABLES, document)
    [long] = why(TABLES, document, shortcuts=("mlgate.lib.made.clear",))

    assert short.text == "some table in made.tables"
    assert long.text == "some row in table.over"


def test_what_selects_a_rule_early_is_traced_as_well(why: Why) -> None:
    rule = """deny contains {"code": "demo.tried"} if {
	input.kind == "a"
	input.size == 1
}
"""

    [reason] = why(rule, {"kind": "b", "size": 1})

    assert reason.told == f'demo.rego:{line(1)}: `input.kind == "a"` was false: input.kind = "b"'


def test_a_value_in_the_head_is_told_as_the_line_it_stands_in(why: Why) -> None:
    rule = """deny contains finding if {
	some row in input.rows
	finding := {
		"code": "demo.tried",
		"path": row.path,
	}
}
"""

    [reason] = why(rule, {"rows": [{"name": "a"}]})

    assert reason.told == f"demo.rego:{line(4)}: `row.path` has no value: row.path is undefined"


def test_values_are_concealed_and_cut(why: Why) -> None:
    rows = [{"name": "p" * 500, "kind": "x", "value": "hunter2", "limit": "a"}]

    [reason] = why(LIMITS, {"rows": rows}, conceal=lambda text: text.replace("hunter2", "***"))

    told = json.dumps(reason.wire())
    assert "hunter2" not in told
    assert reason.values[0] == ("row.value", '"***"')
    assert len(dict(reason.about)["row"]) < 250


def test_a_rule_that_fired_for_all_has_no_reasons(why: Why) -> None:
    assert why(LIMITS, {"rows": [{"kind": "x", "value": 0, "limit": 1}]}) == []


def test_a_trace_too_long_to_read_is_refused(why: Why, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "MAX_TRACE", 10)

    with pytest.raises(PolicyError, match="more about this document than can be read"):
        why(LIMITS, {"rows": []})


def test_a_policy_that_is_not_made_like_the_shipped_one_has_no_facts(why: Why, tmp_path: Path) -> None:
    why(LIMITS, {"rows": []})
    sources = Sources(tmp_path / "tree", find_opa())
    [rule, _] = sources.rules("mlgate/rules/demo/demo.rego")

    with pytest.raises(PolicyError, match="undefined function"):
        facts(tmp_path / "bundle.tar.gz", rule, "demo.tried", [{}], sources.opa)
