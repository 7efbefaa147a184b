"""The conventions of the Rego code, as Rego: the shipped rules keep them, and each breach is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rego import CHECKS, REGO, evaluated, opa, said

_HEAD = """# METADATA
# scope: subpackages
# title: mlgate
# description: The policy.
# schemas:
# - input: schema.input
package mlgate
"""
_ENTRYPOINT = """# METADATA
# title: main
# description: The only entrypoint.
package mlgate.main

# METADATA
# entrypoint: true
decision := true
"""
_PACKAGE = """# METADATA
# title: demo
# description: Rules of an example.
package mlgate.rules.demo
"""
_RULE = """
# METADATA
# title: A rule
# description: What it demands.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF
# custom:
#   code: demo.deny
#   controls: [C15]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [high]}
#   per: model
#   enforcement: {sandbox: audit, development: warn, staging: deny, production: deny}
#   raise: [{tiers: [high], to: {development: deny}}]
#   needs: [signOffs]
#   settings: [fairness.tolerance]
#   message: "{model} is {observed}."
#   fix: "Make it {required}."
deny contains 1 if input.object.bad
"""
_SECOND = _RULE.replace("demo.deny", "demo.also").replace("deny contains", "also contains")
_ALONE = _SECOND.replace("#   settings: [fairness.tolerance]\n", "")


def inspected(folder: Path, **changed: str) -> Any:
    """What `opa inspect -a` tells of a small policy that keeps every convention, but for what is changed."""
    files = {"head": _HEAD, "main": _ENTRYPOINT, "demo": _PACKAGE + _RULE} | changed
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.rego").write_text(text)
    done = opa("inspect", "-a", "-f", "json", folder)
    assert done.returncode == 0, said(done)
    return json.loads(done.stdout)


def problems(given: Any, check: str = "annotations") -> list[str]:
    """What a check finds, by the requirements and settings that ship."""
    shipped = (
        part
        for name in ("requirements", "settings")
        for part in ("--data", f"mlgate.{name}:{REGO / 'mlgate' / name / 'data.yaml'}")
    )
    return sorted(evaluated(f"data.checks.{check}.problems", given, *shipped, "--data", CHECKS))


def negations(text: str) -> list[str]:
    """What the check of negated calls finds in one file."""
    return problems({"files": {"a.rego": text}}, "negation")


def test_the_shipped_rules_keep_every_convention_of_annotations() -> None:
    done = opa("inspect", "-a", "-f", "json", REGO)
    assert problems(json.loads(done.stdout)) == []


def test_the_small_policy_of_these_tests_keeps_every_convention(tmp_path: Path) -> None:
    assert problems(inspected(tmp_path / "policy")) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("# title: A rule\n", "", ["title is missing"]),
        ("# description: What it demands.\n", "", ["description is missing"]),
        ("#   per: model\n", "", ["per is missing"]),
        ("#   per: model\n", "#   per: model\n#   colour: red\n", ["unknown key colour"]),
        ("severity: high", "severity: huge", ["unknown severity huge"]),
        ("priority: 1", "priority: 9", ["unknown priority 9"]),
        ("objects: [serving]", "objects: [server]", ["unknown object server"]),
        ("serving], tiers: [high]", "serving], tiers: [top]", ["unknown tier top"]),
        ("serving], tiers: [high]", "serving], classifications: [x]", ["unknown classification x"]),
        ("serving], tiers: [high]", "serving], profiles: [prod]", ["unknown profile prod"]),
        ("per: model", "per: planet", ["unknown granularity planet"]),
        ("needs: [signOffs]", "needs: [moonPhase]", ["unknown lookup moonPhase"]),
        ("{sandbox: audit", "{sandbox: ignore", ["unknown action ignore"]),
        ("to: {development: deny}", "to: {development: stop}", ["unknown action stop"]),
        ("to: {development: deny}", "to: {dev: deny}", ["unknown profile dev"]),
        ("[{tiers: [high], to", "[{tiers: [top], to", ["unknown tier top"]),
        ("{model} is {observed}", "{mode} is {observed}", ["unknown placeholder mode"]),
        ("Make it {required}", "Make it {req}", ["unknown placeholder req"]),
        ("{sandbox: audit, ", "{", ["enforcement names 3 profiles"]),
        ("[fairness.tolerance]", "[fairness.tolerence]", ["no setting fairness.tolerence"]),
        ("#   needs:", "#   alsoUses: [nothing.here]\n#   needs:", ["no setting nothing.here"]),
        ("#   needs:", "#   configuredBy: [nothing.here]\n#   needs:", ["no setting nothing.here"]),
        ("controls: [C15]", "controls: [C15, C999]", ["no requirement C999"]),
        ("code: demo.deny", "code: other.deny", ["other.deny is no code of this package"]),
        ("code: demo.deny", "code: Demo.Deny", ["Demo.Deny is no code of this package"]),
    ],
)
def test_a_rule_that_breaks_one_convention_is_named_with_it(
    tmp_path: Path, before: str, after: str, found: list[str]
) -> None:
    assert before in _RULE
    rule = _RULE.replace(before, after, 1)
    seen = problems(inspected(tmp_path / "policy", demo=_PACKAGE + rule))
    assert [line.split(": ", 1)[1] for line in seen] == found
    assert all("demo.rego:" in line for line in seen)


def test_a_rule_without_any_annotation_of_its_own_is_named(tmp_path: Path) -> None:
    bare = "\n# METADATA\n# title: A rule\ndeny contains 1 if input.object.bad\n"
    seen = problems(inspected(tmp_path / "policy", demo=_PACKAGE + bare))
    assert any(line.endswith("code is missing") for line in seen)


def test_two_rules_with_one_code_are_named(tmp_path: Path) -> None:
    twice = _ALONE.replace("demo.also", "demo.deny")
    seen = problems(inspected(tmp_path / "policy", demo=_PACKAGE + _RULE + twice))
    assert sum(line.endswith("demo.deny is used by 2 rules") for line in seen) == 2


def test_a_setting_belongs_to_one_rule(tmp_path: Path) -> None:
    assert problems(inspected(tmp_path / "one", demo=_PACKAGE + _RULE + _ALONE)) == []
    seen = problems(inspected(tmp_path / "two", demo=_PACKAGE + _RULE + _SECOND))
    assert any(line.endswith("setting fairness.tolerance belongs to demo.also as well") for line in seen)


@pytest.mark.parametrize("line", ["# title: demo\n", "# description: Rules of an example.\n"])
def test_a_package_without_title_or_description_is_named(tmp_path: Path, line: str) -> None:
    package = _PACKAGE.replace(line, "")
    seen = problems(inspected(tmp_path / "policy", demo=package + _RULE))
    assert seen == ["data.mlgate.rules.demo: has no title or no description"]


@pytest.mark.parametrize(("count", "text"), [(0, "# title: x\n"), (2, "# entrypoint: true\n")])
def test_there_is_one_entrypoint(tmp_path: Path, count: int, text: str) -> None:
    main = _ENTRYPOINT.replace("# entrypoint: true\n", text)
    if count:
        main += "\n# METADATA\n# entrypoint: true\nother := true\n"
    assert problems(inspected(tmp_path / "policy", main=main)) == [f"there are {count} entrypoints"]


@pytest.mark.parametrize("schemas", ["", "# schemas: []\n"])
def test_the_schema_of_the_input_is_named_over_all_packages(tmp_path: Path, schemas: str) -> None:
    head = _HEAD.replace("# schemas:\n# - input: schema.input\n", schemas)
    seen = problems(inspected(tmp_path / "policy", head=head))
    assert seen == ["no annotation over all packages names the schema of the input"]


def test_no_shipped_rule_negates_a_call_over_a_path_that_may_be_missing() -> None:
    files = {str(path.relative_to(REGO)): path.read_text() for path in REGO.rglob("*.rego")}
    rules = {name: text for name, text in files.items() if not name.endswith("_test.rego")}
    assert problems({"files": rules}, "negation") == []
    assert len(rules) > 50


@pytest.mark.parametrize(
    "body",
    [
        "not startswith(input.object.name, `x`)",
        "not input.object.name in {1}",
        "some card in input.cards\n\tnot helper(card.digest)",
        "not helper([input.object.name])",
        "every card in input.cards { not helper(card.digest) }",
    ],
)
def test_a_negated_call_over_a_path_is_found(body: str) -> None:
    text = f"package a\n\nr if {{\n\t{body}\n}}\n\nhelper(x) if x == 1\n"
    assert negations(text) == ["a.rego: r negates a call over a path that may be missing"]


@pytest.mark.parametrize(
    "body",
    [
        "not helper(input)",
        "not input.object.name == 1",
        "not holds",
        "not data.b.there",
        "some card in input.cards\n\tnot good(card)",
        "not names.there(things.all)",
    ],
)
def test_a_negation_that_also_holds_where_the_path_is_missing_is_left_alone(body: str) -> None:
    text = (
        "package a\n\nimport data.b.names\nimport data.b.things\n\n"
        f"r if {{\n\t{body}\n}}\n\nholds if input.x\n\nhelper(x) if x == 1\n\ngood(x) if x.y\n"
    )
    assert negations(text) == []


@pytest.mark.parametrize("body", ["input.object.name != `x`", "some card in input.cards\n\tcard.digest != 1"])
def test_a_path_told_from_a_value_is_found(body: str) -> None:
    seen = negations(f"package a\n\nr if {{\n\t{body}\n}}\n")
    assert seen == ["a.rego: r tells a path that may be missing from something"]


@pytest.mark.parametrize("body", ["not input.object.name == `x`", "data.b.c != 1", "count(names.all) != 1"])
def test_a_path_told_from_a_value_safely_is_left_alone(body: str) -> None:
    assert negations(f"package a\n\nimport data.b.names\n\nr if {{\n\t{body}\n}}\n") == []
