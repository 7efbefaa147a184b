"""What a site may add: the rest is named, with line and fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.site import Refusal, check_site, refused_files, refused_packages
from mlgate.policy.syntax import Module

SHIPPED = ("mlgate/main/main.rego", "mlgate/lib/facts/facts.rego", "mlgate/rules/fairness/fairness.rego")
OURS = "mlgate/rules/ours/ours.rego"


def module(package: str, *rules: str) -> Module:
    path = [{"value": part} for part in ("data", *package.split("."))]
    return {
        "package": {"path": path, "location": {"row": 2}},
        "rules": [{"head": {"ref": [{"value": rule}]}, "location": {"row": 7}} for rule in rules],
    }


def test_a_subject_of_its_own_may_be_added_with_data_and_folders() -> None:
    names = (OURS, "mlgate/rules/ours/data.yaml", "mlgate/rules/ours/more/data.json")
    assert list(refused_files(names, SHIPPED)) == []


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("mlgate/main/main.rego", "is a file of the shipped policy"),
        ("mlgate/main/more.rego", "lies in no subject"),
        ("mlgate/rules/more.rego", "lies in no subject"),
        ("mlgate/rules/9x/more.rego", "lies in no subject"),
        ("mlgate/rules/fairness/ours.rego", "belongs to the subject fairness of the shipped policy"),
    ],
)
def test_every_other_place_is_refused(name: str, what: str) -> None:
    assert [(refusal.file, refusal.what) for refusal in refused_files([name], SHIPPED)] == [(name, what)]


def test_a_package_is_that_of_its_folder() -> None:
    modules = {
        OURS: module("mlgate.rules.ours"),
        "mlgate/rules/ours/a_test.rego": module("mlgate.rules.ours_test"),
    }
    assert list(refused_packages(modules, SHIPPED)) == []


@pytest.mark.parametrize(
    ("package", "what"),
    [
        ("mlgate.lib.facts", "is the shipped policy's and would be changed"),
        ("mlgate.main", "is the shipped policy's and would be changed"),
        ("mlgate.rules.fairness", "is the shipped policy's and would be changed"),
        ("mlgate.rules.other", "is not that of its folder"),
        ("mlgate.rules.ours.more", "is not that of its folder"),
        ("mlgate.rules.ours_test", "is not that of its folder"),
    ],
)
def test_every_other_package_is_refused_with_its_line(package: str, what: str) -> None:
    assert list(refused_packages({OURS: module(package)}, SHIPPED)) == [
        Refusal(OURS, 2, f"package {package} {what}", "write package mlgate.rules.ours")
    ]


def test_the_name_of_the_entrypoint_is_refused_with_its_line() -> None:
    refusals = list(refused_packages({OURS: module("mlgate.rules.ours", "deny", "decision")}, SHIPPED))
    assert [refusal.text for refusal in refusals] == [
        f"{OURS}:7: rule decision has the name of the entrypoint; give it another name"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "package mlgate.lib.facts\n",
            r"^mlgate/rules/ours/ours\.rego:1: package mlgate\.lib\.facts is the shipped",
        ),
        ("package mlgate.rules.ours\n\nx := := 1\n", r"^mlgate/rules/ours/ours\.rego:3: unexpected assign"),
        ("package mlgate.rules.ours\n\ndeny contains 1 if true\n", r"ours\.rego:3: deny has no METADATA"),
        (
            "package mlgate.rules.ours\n\n# METADATA\n# title: x\ndeny contains 1 if true\n",
            r"ours\.rego:5: deny has no",
        ),
        (
            "package mlgate.rules.ours\n\n# METADATA\n# custom: {code: ours.x}\ndeny := {1} if input.x\n",
            r"ours\.rego:5: deny is no set",
        ),
        (
            "package mlgate.rules.ours\n\n# METADATA\n# custom: {code: ours.x}\ndeny.x := 1 if input.x\n",
            r"ours\.rego:5: deny is no set",
        ),
    ],
)
def test_the_first_refusal_stops_a_build(tmp_path: Path, opa: Path, text: str, words: str) -> None:
    path = tmp_path / OURS
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(PolicyError, match=words):
        check_site(tmp_path, [OURS, "mlgate/rules/ours/data.yaml"], SHIPPED, opa)


def test_a_rule_with_a_code_is_let_through(tmp_path: Path, opa: Path, demo: str) -> None:
    path = tmp_path / "mlgate" / "rules" / "demo" / "demo.rego"
    path.parent.mkdir(parents=True)
    path.write_text(demo)
    check_site(tmp_path, ["mlgate/rules/demo/demo.rego"], SHIPPED, opa)
