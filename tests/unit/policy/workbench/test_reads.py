"""What a rule reads, found in its syntax tree and those of its helpers."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.policy.local_opa import find_opa
from mlgate.policy.shipped import shipped_rego
from mlgate.policy.workbench.reads import Reads, reads
from mlgate.policy.workbench.sources import Sources
from mlgate.policy.workbench.symbols import shown

RESULT = """package mlgate.lib.result

candidate(annotation, fields) := object.union_n([{"path": ""}, fields, {"code": annotation.custom.code}])
"""
FACTS = """package mlgate.lib.facts

import data.mlgate.lib.settings

pairs contains {"model": model, "card": card} if {
	some model in input.workload.models
	some card in input.cards
	model.id in card.models
}

first(xs) := xs[0]

level(card) := "high" if card.risk.tier in settings.value.tiers.high
else := card.risk.other

by_name[entry.name] := entry.size if some entry in input.entries

known("models", x) if x.known == true

known("cards", x) if x.filed == true
"""
SETTINGS = "package mlgate.lib.settings\n\nvalue := data.mlgate.settings if input.never\n"

Found = Callable[[str], Reads]


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """What a rule with that body reads."""

    def told(body: str) -> Reads:
        for name, text in (("result", RESULT), ("facts", FACTS), ("settings", SETTINGS)):
            path = tmp_path / "mlgate" / "lib" / name / f"{name}.rego"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        rules = tmp_path / "mlgate" / "rules" / "demo" / "demo.rego"
        rules.parent.mkdir(parents=True, exist_ok=True)
        imports = "import data.mlgate.lib.facts\nimport data.mlgate.lib.result\n"
        rules.write_text(f"package mlgate.rules.demo\n\n{imports}\n{body}\n")
        sources = Sources(tmp_path, find_opa())
        return reads(sources.definitions("mlgate.rules.demo", "deny")[0], sources)

    return told


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ("deny contains 1 if input.a.b == 1", ["input.a.b"]),
        ("deny contains 1 if not input.a.b", ["input.a.b"]),
        ('deny contains 1 if input.labels["a/b"] == 1', ['input.labels["a/b"]']),
        ("deny contains 1 if { some x in input.xs; x.a == 1 }", ["input.xs[].a"]),
        ("deny contains 1 if { some x in input.xs; is_object(x) }", ["input.xs"]),
        ("deny contains 1 if { some k, v in input.map; k == v.name }", ["input.map[].name"]),
        ('deny contains 1 if { x := input.x; object.get(x, ["a", "b"], null) == 1 }', ["input.x.a.b"]),
        (
            'deny contains 1 if { some f in ["a", "b"]; object.get(input.x, f, 1) }',
            ["input.x.a", "input.x.b"],
        ),
        ("deny contains 1 if { every x in input.xs { x.ok } }", ["input.xs[].ok"]),
        ("deny contains 1 if { [a, _] := input.pair; a.b == 1 }", ["input.pair[].b"]),
        ('deny contains 1 if { {"k": v} := input.obj; v == 1 }', ["input.obj.k"]),
        ("deny contains 1 if { input.x = y; y == 1 }", ["input.x"]),
        ("deny contains 1 if count([x | some x in input.xs; x.a == 1]) > 0", ["input.xs[].a"]),
        (
            "deny contains 1 if { y := {x.k: x.v | some x in input.xs}; y.z }",
            ["input.xs[].k", "input.xs[].v"],
        ),
        ("deny contains 1 if input.list[_].name in {input.other}", ["input.list[].name", "input.other"]),
        ('deny contains 1 if $"{input.a}!" == "b!"', ["input.a"]),
        (
            "deny contains 1 if { x := array.concat(input.a, input.b); x[0].c }",
            ["input.a[].c", "input.b[].c"],
        ),
        ('deny contains 1 if { x := {"a": input.y}.a; x == 1 }', ["input.y"]),
        ("deny contains 1 if input.a == 1 with input.b as input.c", ["input.a", "input.c"]),
        (
            "deny contains 1 if { some pair in facts.pairs; pair.card.name == 1 }",
            ["input.cards[].models[]", "input.cards[].name", "input.workload.models[].id"],
        ),
        ("deny contains 1 if facts.first(input.xs).a == 1", ["input.xs[].a"]),
        ("deny contains 1 if facts.level(input.card)", ["input.card.risk.other", "input.card.risk.tier"]),
        (
            "deny contains 1 if facts.by_name[input.key] == 1",
            ["input.entries[].name", "input.entries[].size", "input.key"],
        ),
        ('deny contains 1 if facts.known("cards", input.x)', ["input.x.filed"]),
        ('deny contains f if f := result.candidate(rego.metadata.rule(), {"path": input.p})', ["input.p"]),
        ("deny contains 1 if data.mlgate.unknown[input.k].x == 1", ["input.k"]),
        ("deny contains 1 if 1 == 1", []),
    ],
)
def test_places_are_followed_through_names_calls_and_helpers(
    found: Found, body: str, paths: list[str]
) -> None:
    assert list(found(body).paths) == paths


def test_helpers_are_named_and_those_it_calls_itself_told_apart(found: Found) -> None:
    told = found(
        "deny contains 1 if { some pair in facts.pairs; own(pair.card) }\n\nown(c) if facts.first(c.xs) == 1"
    )

    assert [helper.full_name for helper in told.helpers] == [
        "mlgate.lib.facts.first",
        "mlgate.lib.facts.pairs",
        "mlgate.rules.demo.own",
    ]
    assert told.direct == {"mlgate.lib.facts.pairs", "mlgate.rules.demo.own"}
    assert told.helpers[1].line == 5


@pytest.mark.parametrize("subject", ["environment", "runtime"])
def test_opa_itself_knows_of_no_place_that_is_not_told(subject: str) -> None:
    """All rules of a subject together, because `opa deps` takes them so."""
    sources = Sources(shipped_rego(), find_opa())
    told = [
        path
        for rule in sources.definitions(f"mlgate.rules.{subject}", "deny")
        for path in reads(rule, sources).paths
    ]

    done = subprocess.run(  # noqa: S603 - the program of the project, and literal arguments
        [
            sources.opa, "deps", "--format", "json", "--data", sources.tree,
            "--ignore", "*_test.rego", f"data.mlgate.rules.{subject}.deny",
        ],
        capture_output=True, check=True,
    )  # fmt: skip
    base = {_known(terms) for terms in json.loads(done.stdout)["base"] if terms[0]["value"] == "input"}

    assert base
    assert [place for place in base if not any(path.startswith(place) for path in told)] == []


def _known(terms: list[dict[str, str]]) -> str:
    """A place as `opa deps` gives it, up to the first key that depends on a document."""
    keys = itertools.takewhile(lambda term: term["type"] == "string", terms[1:])
    return shown(tuple(term["value"] for term in keys))
