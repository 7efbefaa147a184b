"""What `policy lint` finds: nothing in the shipped rules, and each breach by its check."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from rego import CHECKS, OPA, REGO, opa, said

from mlgate.policy.workbench.lint import lint
from mlgate.policy.workbench.problems import Problem

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
#   description: NIST AI RMF MEASURE 2.11
# custom:
#   code: demo.refused
#   controls: [C24]
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
_TEST = """package mlgate.rules.demo_test

codes := ["demo.refused", "demo.also"]
"""
_SECOND = _RULE.replace("demo.refused", "demo.also").replace("contains 1", "contains 2")
_ALONE = _SECOND.replace("#   settings: [fairness.tolerance]\n", "")


def problems(folder: Path, **changed: str) -> tuple[Problem, ...]:
    """What is found in a small policy that keeps every convention, but for what is changed."""
    files = {"head": _HEAD, "main/main": _ENTRYPOINT, "rules/demo/demo": _PACKAGE + _RULE}
    files |= {"rules/demo/demo_test": _TEST} | {
        name.replace("__", "/"): text for name, text in changed.items()
    }
    for name in ("requirements", "settings"):
        shutil.copytree(REGO / "mlgate" / name, folder / "mlgate" / name)
    (folder / ".manifest").write_text('{"roots": ["mlgate"]}')
    for name, text in files.items():
        path = folder / "mlgate" / f"{name}.rego"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return lint(folder, OPA).problems


def with_rule(folder: Path, rule: str) -> tuple[Problem, ...]:
    """What is found when the rule of the small policy is written like this."""
    return problems(folder, rules__demo__demo=_PACKAGE + rule)


def with_body(folder: Path, body: str, helpers: str = "") -> tuple[Problem, ...]:
    """What is found when the small policy has this helper rule as well."""
    return with_rule(folder, f"{_RULE}\nhelper contains 1 if {{\n\t{body}\n}}\n{helpers}")


def told(found: Iterable[Problem]) -> list[str]:
    return [problem.what for problem in found]


def test_the_shipped_policy_is_clean() -> None:
    assert [problem.text for problem in lint(None, OPA).problems] == []


def test_the_small_policy_of_these_tests_is_clean(tmp_path: Path) -> None:
    assert problems(tmp_path) == ()


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("# title: A rule\n", "", ["title is missing in METADATA"]),
        ("# description: What it demands.\n", "", ["description is missing in METADATA"]),
        ("#   per: model\n", "", ["per is missing in METADATA"]),
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
        ("controls: [C24]", "controls: [C24, C999]", ["no requirement C999"]),
    ],
)
def test_a_rule_that_breaks_one_convention_is_named_with_it(
    tmp_path: Path, before: str, after: str, found: list[str]
) -> None:
    assert before in _RULE
    seen = with_rule(tmp_path, _RULE.replace(before, after, 1))
    assert told(seen) == found
    assert [(problem.name, problem.check) for problem in seen] == [
        ("mlgate/rules/demo/demo.rego", "annotations")
    ]
    assert all(problem.line > 1 for problem in seen)


@pytest.mark.parametrize(
    ("before", "after", "frameworks"),
    [
        ("MEASURE 2.11", "MEASURE 2.12", ["NIST AI RMF"]),
        ("https://www.nist.gov/itl", "https://nist.example", ["NIST AI RMF"]),
        ("[C24]", "[C19, C24]", ["NIST AI RMF", "EU AI Act"]),
    ],
)
def test_resources_that_disagree_with_the_requirements_are_named(
    tmp_path: Path, before: str, after: str, frameworks: list[str]
) -> None:
    seen = with_rule(tmp_path, _RULE.replace(before, after, 1))
    assert {problem.check for problem in seen} == {"resources"}
    assert sorted(told(seen)) == sorted(
        f"related_resources and controls disagree about {name}" for name in frameworks
    )


@pytest.mark.parametrize("code", ["other.deny", "Demo.Refused", "demo.refused.twice", "refused"])
def test_a_code_that_is_not_of_its_package_is_named(tmp_path: Path, code: str) -> None:
    seen = with_rule(tmp_path, _RULE.replace("demo.refused", code))
    assert f"{code} is no code of this package" in told(seen)


def test_a_rule_without_any_annotation_of_its_own_is_named(tmp_path: Path) -> None:
    bare = "\n# METADATA\n# title: A rule\ndeny contains 1 if input.object.bad\n"
    assert "code is missing in METADATA" in told(with_rule(tmp_path, bare))


def test_two_rules_with_one_code_are_named(tmp_path: Path) -> None:
    twice = _ALONE.replace("demo.also", "demo.refused")
    seen = told(with_rule(tmp_path, _RULE + twice))
    assert seen == ["demo.refused is used by 2 rules"] * 2


def test_a_setting_belongs_to_one_rule(tmp_path: Path) -> None:
    assert with_rule(tmp_path / "one", _RULE + _ALONE) == ()
    seen = told(with_rule(tmp_path / "two", _RULE + _SECOND))
    assert "setting fairness.tolerance belongs to demo.also as well" in seen


@pytest.mark.parametrize("line", ["# title: demo\n", "# description: Rules of an example.\n"])
def test_a_package_without_title_or_description_is_named(tmp_path: Path, line: str) -> None:
    seen = problems(tmp_path, rules__demo__demo=_PACKAGE.replace(line, "") + _RULE)
    assert told(seen) == ["data.mlgate.rules.demo has no title or no description"]


@pytest.mark.parametrize(("count", "text"), [(0, "# title: x\n"), (2, "# entrypoint: true\n")])
def test_there_is_one_entrypoint(tmp_path: Path, count: int, text: str) -> None:
    main = _ENTRYPOINT.replace("# entrypoint: true\n", text)
    if count:
        main += "\n# METADATA\n# entrypoint: true\nother := true\n"
    assert told(problems(tmp_path, main__main=main)) == [f"there are {count} entrypoints"]


@pytest.mark.parametrize("schemas", ["", "# schemas: []\n"])
def test_the_schema_of_the_input_is_named_over_all_packages(tmp_path: Path, schemas: str) -> None:
    head = _HEAD.replace("# schemas:\n# - input: schema.input\n", schemas)
    seen = problems(tmp_path, head=head)
    assert told(seen) == ["no annotation over all packages names the schema of the input"]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("deny contains 2 if input.object.worse", "deny has no METADATA with a code"),
        (
            "# METADATA\n# custom: {code: demo.also}\nalso contains 1 if input.object.bad",
            "also has a code but",
        ),
        ("decision := true", "decision has the name of the entrypoint"),
        ("long if {\n" + "\tinput.object.bad\n" * 29 + "}", "long is 31 lines long; 30 are the most"),
    ],
)
def test_a_rule_that_is_none_or_too_long_is_named(tmp_path: Path, rule: str, found: str) -> None:
    seen = [problem for problem in with_rule(tmp_path, f"{_RULE}\n{rule}\n") if problem.check == "rules"]
    assert [problem.what[: len(found)] for problem in seen] == [found]


def test_thirty_lines_are_not_too_long(tmp_path: Path) -> None:
    rule = "long if {\n" + "\tinput.object.bad\n" * 28 + "}"
    assert with_rule(tmp_path, f"{_RULE}\n{rule}\n") == ()


@pytest.mark.parametrize(
    "test",
    [
        'package mlgate.rules.demo_test\n\ncodes := ["demo.also"]\n',
        'package mlgate.rules.other_test\n\ncodes := ["demo.refused"]\n',
    ],
)
def test_a_code_without_a_test_of_its_subject_is_named(tmp_path: Path, test: str) -> None:
    seen = problems(tmp_path, rules__demo__demo_test=test)
    assert [problem.check for problem in seen] == ["tested"]
    assert 'names "demo.refused"' in seen[0].what


@pytest.mark.parametrize(
    "body",
    [
        "not startswith(input.object.name, `x`)",
        "not input.object.name in {1}",
        "some card in input.cards\n\tnot f(card.digest)",
        "not f([input.object.name])",
        "every card in input.cards { not f(card.digest) }",
    ],
)
def test_a_negated_call_over_a_path_is_found(tmp_path: Path, body: str) -> None:
    seen = with_body(tmp_path, body, "\nf(x) if x\n")
    assert "helper negates a call over a path that may be missing" in told(seen)


@pytest.mark.parametrize("body", ["input.object.name != `x`", "some card in input.cards\n\tcard.digest != 1"])
def test_a_path_told_from_a_value_is_found(tmp_path: Path, body: str) -> None:
    seen = with_body(tmp_path, body)
    assert told(seen) == ["helper tells a path that may be missing from something"]


def test_a_problem_stands_in_the_line_of_its_condition(tmp_path: Path) -> None:
    seen = with_body(tmp_path, "some card in input.cards\n\tcard.digest != 1")
    text = (tmp_path / "mlgate" / "rules" / "demo" / "demo.rego").read_text().splitlines()
    assert text[seen[0].line - 1] == "\tcard.digest != 1"


def test_a_pattern_that_is_not_anchored_is_found(tmp_path: Path) -> None:
    seen = with_body(tmp_path, "regex.match(`^[a-z]+`, input.object.name)")
    assert told(seen) == ["helper matches the pattern `^[a-z]+`, which is not anchored"]


def test_loops_over_a_cross_product_are_found(tmp_path: Path) -> None:
    seen = with_body(tmp_path, "some one in input.cards\n\tsome other in input.waivers\n\tone\n\tother")
    assert [problem.check for problem in seen] == ["loops"]
    assert "the list of one (line 28) and over the list of other (line 29)" in seen[0].what


@pytest.mark.parametrize(
    "call",
    ["http.send({})", "opa.runtime()", "time.now_ns()", "rand.intn(`a`, 1)", "net.lookup_ip_addr(`a`)"],
)
def test_a_built_in_outside_the_capabilities_is_found(tmp_path: Path, call: str) -> None:
    seen = with_body(tmp_path, f"{call} == 1")
    name = call.split("(", maxsplit=1)[0]
    assert told(seen) == [f"undefined function {name}"]
    assert seen[0].fix == f"{name} is not among the built-ins a policy may use, or is misspelt"


def test_an_exception_with_a_reason_excuses_and_one_that_excuses_nothing_is_named(tmp_path: Path) -> None:
    def excused(rule: str) -> dict[str, str]:
        name = "mlgate/rules/ours/ours.rego"
        return {"check": "patterns", "file": name, "rule": rule, "reason": "It looks for a part."}

    folder = tmp_path / "mlgate" / "rules" / "ours"
    folder.mkdir(parents=True)
    text = _PACKAGE.replace("demo", "ours") + _ALONE.replace("demo.also", "ours.own")
    (folder / "ours.rego").write_text(f"{text}\nhelper if regex.match(`x`, input.origin)\n")
    (folder / "ours_test.rego").write_text('package mlgate.rules.ours_test\n\ncode := "ours.own"\n')
    assert [problem.check for problem in lint(tmp_path, OPA).problems] == ["patterns"]
    (tmp_path / "exceptions.yaml").write_text(
        json.dumps({"exceptions": [excused("helper"), excused("other")]})
    )
    assert told(lint(tmp_path, OPA).problems) == [
        "the exception of patterns for other in mlgate/rules/ours/ours.rego excuses nothing"
    ]


def test_the_checks_have_tests_that_cover_them() -> None:
    done = opa("test", "--coverage", "--timeout", "60s", "--format", "json", CHECKS)
    assert done.returncode == 0, said(done)
    files = json.loads(done.stdout)["files"]
    assert {name: lines["not_covered"] for name, lines in files.items() if lines.get("not_covered")} == {}
