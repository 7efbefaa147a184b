"""METADATA is the only source of what is said about a rule; METADATA that does not serve is refused."""

from __future__ import annotations

import copy
import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import PolicyError
from mlgate.policy import catalog as module
from mlgate.policy import shipped
from mlgate.policy.catalog import build_catalog, main, read_catalog, write_generated
from mlgate.policy.opa_command import inspect


@pytest.fixture
def inspection(tree: Path, opa: Path) -> dict[str, Any]:
    return inspect(tree, opa)


def rule_of(inspection: dict[str, Any]) -> dict[str, Any]:
    """The one annotation with a code."""
    found: dict[str, Any] = next(
        item for item in inspection["annotations"] if item["annotations"].get("custom")
    )
    return found


def test_a_rule_is_an_entry_by_its_code(tree: Path, opa: Path) -> None:
    found = read_catalog(tree, opa)
    assert found.codes == {"demo.refused"}
    assert found.entries["demo.refused"] == {
        "title": "A rule",
        "description": "What it demands.",
        "resources": [{"ref": "https://example.com/standard"}],
        "severity": "high",
        "priority": 1,
        "controls": ["C1"],
        "per": "model",
        "appliesWhen": {"objects": ["serving"]},
        "needs": ["signOffs"],
        "configuredBy": ["fairness.tolerance"],
        "pair": True,
        "enforcement": {"sandbox": "warn", "development": "deny", "staging": "deny", "production": "deny"},
        "raise": [{"tiers": ["high"], "to": {"sandbox": "deny"}}],
        "message": "{model} is {observed}.",
        "fix": "Make it {required}.",
        "placeholders": ["model", "observed", "required"],
    }


def test_indexes_hold_what_every_review_needs(inspection: dict[str, Any]) -> None:
    other = copy.deepcopy(rule_of(inspection))
    other["annotations"]["custom"] |= {"code": "demo.also", "appliesWhen": {"objects": ["any", "training"]}}
    for key in ("needs", "configuredBy", "pair"):
        del other["annotations"]["custom"][key]
    inspection["annotations"].append(other)
    indexes = build_catalog(inspection).indexes()
    assert indexes.pop("settings")["fairness.tolerance"]["type"] == "number"
    assert indexes == {
        "codes": ["demo.also", "demo.refused"],
        "known": {"demo.also": True, "demo.refused": True},
        "subjects": {"any": ["demo"], "serving": ["demo"], "training": ["demo"]},
        "pairs": ["demo.refused"],
        "needs": {"demo.refused": ["signOffs"]},
        "lookups": {"signOffs": ["demo.refused"]},
        "configuredBy": {"demo.refused": ["fairness.tolerance"]},
    }


@pytest.mark.parametrize(
    "inspection", [{}, {"annotations": None}, {"annotations": [{}, {"annotations": None}]}]
)
def test_a_tree_without_rules_is_an_empty_catalogue(inspection: dict[str, Any]) -> None:
    assert build_catalog(inspection).codes == frozenset()


@pytest.mark.parametrize(
    "code", ["demo", "Demo.x", "demo.x.y", "demo.", ".x", "demo.X", "demo.x\n", 7, ["a.b"]]
)
def test_what_is_no_code_is_refused(inspection: dict[str, Any], code: object) -> None:
    rule_of(inspection)["annotations"]["custom"]["code"] = code
    with pytest.raises(PolicyError, match="is no code; a code is <subject>"):
        build_catalog(inspection)


def test_a_code_of_another_subject_than_its_packages_is_refused(inspection: dict[str, Any]) -> None:
    rule_of(inspection)["annotations"]["custom"]["code"] = "other.refused"
    with pytest.raises(PolicyError, match=r"other\.refused stands in package mlgate\.rules\.demo"):
        build_catalog(inspection)


def test_a_code_outside_the_rules_is_refused(inspection: dict[str, Any]) -> None:
    rule_of(inspection)["path"][2]["value"] = "lib"
    with pytest.raises(PolicyError, match=r"mlgate\.lib\.demo, which is not its subject's"):
        build_catalog(inspection)


def test_a_rule_that_is_never_asked_is_refused(inspection: dict[str, Any]) -> None:
    rule_of(inspection)["path"][-1]["value"] = "also"
    with pytest.raises(PolicyError, match=r"stands on rule mlgate\.rules\.demo\.also, which is never asked"):
        build_catalog(inspection)


def test_two_rules_with_one_code_are_refused(inspection: dict[str, Any]) -> None:
    inspection["annotations"].append(rule_of(inspection))
    with pytest.raises(PolicyError, match=r"two rules have the code demo\.refused"):
        build_catalog(inspection)


def test_a_refusal_names_file_and_line_and_what_to_do(inspection: dict[str, Any]) -> None:
    first = rule_of(inspection)
    first["location"] = {"file": "./mlgate/rules/demo/demo.rego", "row": 3}
    second = {**first, "location": {"file": "/mlgate/rules/demo/more.rego", "row": 9}}
    inspection["annotations"].append(second)
    with pytest.raises(PolicyError) as twice:
        build_catalog(inspection)
    assert str(twice.value) == (
        "mlgate/rules/demo/more.rego:9: two rules have the code demo.refused "
        "(mlgate/rules/demo/demo.rego:3 is the other); give each a code of its own"
    )
    inspection["annotations"].remove(second)
    del first["annotations"]["custom"]["severity"]
    with pytest.raises(PolicyError, match=r"^mlgate/rules/demo/demo\.rego:3: demo\.refused has no .*; "):
        build_catalog(inspection)


@pytest.mark.parametrize("key", ["severity", "appliesWhen", "enforcement", "message", "fix"])
def test_a_rule_without_a_key_that_every_review_reads_is_refused(
    inspection: dict[str, Any], key: str
) -> None:
    del rule_of(inspection)["annotations"]["custom"][key]
    with pytest.raises(PolicyError, match=rf"demo\.refused has no {key} in its METADATA"):
        build_catalog(inspection)


def test_metadata_that_cannot_serve_is_refused(inspection: dict[str, Any]) -> None:
    rule_of(inspection)["annotations"]["custom"]["severity"] = "huge"
    with pytest.raises(PolicyError, match=r"demo\.refused: severity: 'huge' in its METADATA is none of"):
        build_catalog(inspection)


def test_what_is_written_is_the_same_each_time(tree: Path, opa: Path, tmp_path: Path) -> None:
    texts = []
    for name in ("one", "other"):
        write_generated(read_catalog(tree, opa), tmp_path / name)
        files = sorted((tmp_path / name).rglob("data.json"))
        texts.append([path.read_text() for path in files])
        assert [path.parent.name for path in files] == ["catalog", "indexes"]
    assert texts[0] == texts[1]
    assert json.loads(texts[0][0])["demo.refused"]["title"] == "A rule"


def test_the_command_brings_the_shipped_catalogue_up_to_date(
    tree: Path, opa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "shipped_rego", lambda: tree)
    main(["--opa", str(opa)])
    assert "demo.refused" in (tree / "mlgate" / "catalog" / "data.json").read_text()


def test_as_a_script_it_takes_the_program_to_use(
    tree: Path, opa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "shipped_rego", lambda: tree)
    monkeypatch.setattr(sys, "argv", ["catalog", "--opa", str(opa)])
    runpy.run_path(str(module.__file__), run_name="__main__")
    assert (tree / "mlgate" / "indexes" / "data.json").is_file()
